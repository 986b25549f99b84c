import { basename } from "node:path";
import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import {
  boardChips,
  boardName,
  boardNumbers,
  boardOf,
  headerMapper,
  missingBoardReason,
} from "../../emu/nes/cartridge/boards/index.ts";
import { crc32 } from "../../emu/nes/cartridge/crc32.ts";
import { FDS_BIOS_BYTES, fdsSideCount } from "../../emu/nes/cartridge/fds-image.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { sizeText } from "../../emu/nes/cartridge/ines.ts";
import { STUDYBOX_BIOS_BYTES } from "../../emu/nes/cartridge/studybox-image.ts";
import { hasBoard, wiredFacts } from "../../emu/nes/cartridge/support.ts";
import { vsHardware } from "../../emu/nes/cartridge/vs-hardware.ts";
import { defaultDevices } from "../../emu/nes/input/default-devices.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import { findCoreGame } from "../../io/cores/core-game.ts";
import { type LoadedRom, loadRom } from "../../io/files/roms/rom-file.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { printable } from "../../io/files/text.ts";
import { dipTexts } from "../../io/shared/dip-texts.ts";
import { loadSymbolsBeside } from "../../io/symbols/symbol-files.ts";
import { coreGameInfo, describeCoreGame } from "../core-info.ts";
import { addPatchOptions, type DiskOptions, toLoadOptions } from "../machine-options.ts";
import { describeMusic, type MusicInfo, musicInfo } from "../music-info.ts";
import { addExamples, jsonOption } from "../options.ts";
import { type PlayChoiceInfo, playChoiceInfo, playChoiceText } from "../playchoice-info.ts";
import { submapperName } from "../submapper-names.ts";

interface InfoOptions extends Pick<DiskOptions, "patch"> {
  readonly json?: boolean;
  readonly boards?: boolean;
  readonly core?: string;
}

/** `emu info`: describe a ROM, or list the supported boards. */
export function registerInfo(program: Command): void {
  const command = program
    .command("info")
    .description("Describe a ROM: format, board, sizes, hashes, and whether it is supported.")
    .argument("[rom]", "a game of the NES or another console, or music, also in an archive")
    .option("--boards", "list the supported boards instead")
    .option("--core <name>", "describe the game as this libretro core sees it")
    .addOption(jsonOption());
  addPatchOptions(command).action(async (rom: string | undefined, options: InfoOptions) => {
    if (options.boards === true && rom !== undefined) {
      throw new InputError("usage", "--boards takes no ROM: it lists all boards", rom, "give one of the two");
    }
    const text = options.boards === true ? boardsText(options) : await romText(rom, options);
    writeStdout(`${text}\n`);
  });
  addExamples(command, "emu info game.nes", "emu info games.zip#game.gb --json", "emu info --boards");
}

async function romText(rom: string | undefined, options: InfoOptions): Promise<string> {
  if (rom === undefined) throw new InputError("usage", "info needs a ROM", "", "or use --boards");
  const game = await findCoreGame(rom, options.core);
  if (game !== undefined) {
    const info = await coreGameInfo(game);
    return options.json === true ? JSON.stringify(info, null, 2) : describeCoreGame(info);
  }
  const loaded = await loadRom(rom, { ...toLoadOptions(options), describeOnly: true });
  const info = { ...romInfo(loaded), ...(await symbolInfo(rom, loaded)) };
  return options.json === true ? JSON.stringify(info, null, 2) : describe(info, loaded);
}

function boardsText(options: InfoOptions): string {
  const boards = boardNumbers().map((mapper) => ({ mapper: headerMapper(mapper), board: boardName(mapper) }));
  if (options.json === true) return JSON.stringify({ boards }, null, 2);
  return boards.map(({ mapper, board }) => `${String(mapper ?? "UNIF").padStart(4)}  ${board}`).join("\n");
}

/** A summary of the symbol files beside a ROM. */
export interface SymbolInfo {
  /** The files' names without folders. */
  readonly symbolFiles: readonly string[];
  readonly labels: number;
  readonly sourceLines: number;
  readonly symbolWarnings: readonly string[];
}

async function symbolInfo(path: string, { image }: LoadedRom): Promise<SymbolInfo> {
  const { files, symbols } = await loadSymbolsBeside(path, image);
  return {
    symbolFiles: files.map((file) => basename(file)),
    labels: symbols.symbols.filter(({ isLabel }) => isLabel).length,
    sourceLines: symbols.lines.length,
    symbolWarnings: symbols.warnings,
  };
}

/** What `emu info --json` prints; the names are stable. Sizes are bytes, hashes lower-case hex. */
export interface RomInfo {
  readonly file: string;
  readonly container: LoadedRom["container"];
  readonly format: CartridgeImage["format"];
  /** null for boards without a mapper number, which only UNIF files name. */
  readonly mapper: number | null;
  readonly submapper: number;
  readonly board: string;
  readonly supported: boolean;
  readonly prgRomBytes: number;
  readonly chrRomBytes: number;
  readonly prgRamBytes: number;
  readonly prgNvramBytes: number;
  readonly chrRamBytes: number;
  readonly chrNvramBytes: number;
  readonly mirroring: CartridgeImage["mirroring"];
  readonly battery: boolean;
  readonly trainer: boolean;
  /** Sides of a disk image; 0 for cartridges. */
  readonly diskSides: number;
  /** Blocks of data on a tape of the Study Box. */
  readonly tapeBlocks?: number;
  readonly region: CartridgeImage["region"];
  readonly expansionDevice: number;
  /** What is plugged in if no option says otherwise. */
  readonly devices: DeviceSetup;
  readonly vsHardware: number;
  /** For music files. */
  readonly music?: MusicInfo;
  /** The arcade machine that the game is for. */
  readonly arcade?: ArcadeInfo;
  readonly playChoice?: PlayChoiceInfo;
  /** The DIP switches of an arcade board that is not for one of these machines. */
  readonly dips?: readonly string[];
  readonly fileBytes: number;
  readonly trailingBytes: number;
  readonly fileSha1: string;
  readonly fileCrc32: string;
  /** Hashes of PRG ROM followed by CHR ROM, or of a disk's file. Game databases use them. */
  readonly sha1: string;
  readonly crc32: string;
  /** Values that differ from the header's, and patches, with the reason. */
  readonly overrides: readonly string[];
  /** First the hardware of this game that emu does not support, then oddities of the file. */
  readonly warnings: readonly string[];
}

/** A VS. System as the game expects it. */
interface ArcadeInfo {
  readonly title: string | undefined;
  readonly ppu: string;
  readonly protection: string;
  readonly isDual: boolean;
  readonly usesLeftStick: boolean;
  readonly hasGun: boolean;
  readonly dips: readonly string[];
}

function arcadeInfo(image: CartridgeImage): Pick<RomInfo, "arcade" | "dips"> {
  const hardware = vsHardware(image);
  if (hardware === undefined) {
    const own = hasBoard(image) ? boardOf(image).arcade : undefined;
    return own === undefined ? {} : { dips: dipTexts(own.switches, own.defaultDips) };
  }
  const { defaultDips, dips, switchCount: _, ...facts } = hardware;
  return { arcade: { ...facts, dips: dipTexts(dips, defaultDips) } };
}

/** Collects all facts about a loaded ROM. RAM sizes are those that emu gives its board. */
function romInfo(rom: LoadedRom): RomInfo {
  const { image } = rom;
  const isDisk = image.format === "fds";
  const ram = { ...image, ...(hasBoard(image) ? boardChips(image) : {}) };
  return {
    file: rom.fileName,
    container: rom.container,
    format: image.format,
    mapper: headerMapper(image.mapper),
    submapper: image.submapper,
    board: hasBoard(image) ? boardOf(image).name : boardName(image.mapper),
    supported: rom.gaps.length === 0,
    prgRomBytes: isDisk ? FDS_BIOS_BYTES : image.tape ? STUDYBOX_BIOS_BYTES : image.prgRom.length,
    chrRomBytes: image.chrRom.length,
    prgRamBytes: ram.prgRamBytes,
    prgNvramBytes: ram.prgNvramBytes,
    chrRamBytes: ram.chrRamBytes,
    chrNvramBytes: ram.chrNvramBytes,
    ...wiredFacts(image),
    trainer: image.trainer !== undefined,
    diskSides: isDisk ? fdsSideCount(image.prgRom) : 0,
    region: image.region,
    expansionDevice: image.expansionDevice,
    devices: defaultDevices(image),
    vsHardware: image.vsHardware,
    ...arcadeInfo(image),
    ...playChoiceInfo(image),
    ...(image.tape === undefined ? {} : { tapeBlocks: image.tape.length }),
    ...(image.nsf === undefined ? {} : { music: musicInfo(image.nsf) }),
    fileBytes: rom.fileBytes,
    trailingBytes: rom.trailingBytes,
    fileSha1: rom.fileSha1,
    fileCrc32: rom.fileCrc32,
    sha1: image.sha1,
    crc32:
      isDisk || image.tape
        ? rom.fileCrc32
        : crc32([image.prgRom, image.chrRom]).toString(16).padStart(8, "0"),
    overrides: rom.overrides,
    warnings: [...rom.cautions, ...rom.warnings],
  };
}

const FORMATS: Readonly<Record<CartridgeImage["format"], string>> = {
  ines: "iNES 1.0",
  nes2: "NES 2.0",
  unif: "UNIF",
  fds: "Famicom Disk System image",
  nsf: "music",
  studybox: "Study Box tape",
};

const REGIONS: Readonly<Record<CartridgeImage["region"], string>> = {
  ntsc: "NTSC",
  pal: "PAL",
  dendy: "Dendy",
};

function describe(info: RomInfo & SymbolInfo, rom: LoadedRom): string {
  if (info.music !== undefined) return describeMusic(info, info.music, REGIONS[info.region]);
  const submapper = submapperText(info);
  const rows: [string, string][] = [
    ["File", printable(info.file) + (info.container === "none" ? "" : ` (from ${info.container})`)],
    ["Format", FORMATS[info.format]],
    [
      "Board",
      `${info.board}, ${info.mapper === null ? "no mapper number" : `mapper ${info.mapper}`}${submapper}`,
    ],
    ["Supported", supportText(rom)],
    ["PRG", memoryText(info.prgRomBytes, info.prgRamBytes, info.prgNvramBytes)],
    ["CHR", memoryText(info.chrRomBytes, info.chrRamBytes, info.chrNvramBytes)],
    ["Mirroring", info.mirroring],
    ["Battery", info.battery ? "yes" : "no"],
    ["Region", REGIONS[info.region]],
    ["File SHA-1", info.fileSha1],
    ["File CRC-32", info.fileCrc32],
    ["ROM SHA-1", info.sha1],
    ["ROM CRC-32", info.crc32],
  ];
  if (info.diskSides > 0)
    rows.splice(6, 0, ["Disk", `${info.diskSides} side${info.diskSides === 1 ? "" : "s"}`]);
  if (info.arcade !== undefined) {
    const { title, ppu, isDual, dips } = info.arcade;
    const board = isDual ? "VS. DualSystem" : "VS. UniSystem";
    rows.splice(3, 0, ["Arcade", `${board}, PPU ${ppu}${title === undefined ? "" : `, ${title}`}`]);
    for (const text of dips) rows.push(["DIP switch", text]);
  }
  if (info.playChoice !== undefined) {
    rows.splice(3, 0, ["Arcade", playChoiceText(info.playChoice)]);
    for (const text of info.playChoice.dips) rows.push(["DIP switch", text]);
  }
  for (const text of info.dips ?? []) rows.push(["DIP switch", text]);
  if (info.tapeBlocks !== undefined)
    rows.splice(6, 0, ["Tape", `${info.tapeBlocks} block${info.tapeBlocks === 1 ? "" : "s"} of data`]);
  const devices = devicesText(info.devices);
  if (devices !== "") rows.splice(rows.findIndex(([name]) => name === "Region") + 1, 0, ["Devices", devices]);
  if (info.trainer) rows.splice(6, 0, ["Trainer", "512 bytes at $7000"]);
  for (const override of info.overrides) rows.push(["Override", override]);
  if (info.symbolFiles.length > 0) {
    const files = info.symbolFiles.map((file) => printable(file)).join(", ");
    rows.push(["Symbols", `${files}: ${info.labels} labels, ${info.sourceLines} source lines`]);
  }
  const warnings = info.warnings.filter((warning) => !rom.gaps.includes(warning));
  for (const warning of [...warnings, ...info.symbolWarnings]) rows.push(["Warning", warning]);
  return rows.map(([name, value]) => `${name.padEnd(12)} ${value}`).join("\n");
}

/** The devices that are plugged in; empty for two controllers. */
function devicesText({ port1, port2, expansion, fourScore, microphone }: DeviceSetup): string {
  const texts = [
    port1 === undefined ? [] : [`${port1} (port 1)`],
    port2 === undefined ? [] : [`${port2} (port 2)`],
    expansion === undefined ? [] : [`${expansion} (expansion)`],
    fourScore === true ? ["Four Score"] : [],
    microphone === true ? ["microphone"] : [],
  ];
  return texts.flat().join(", ");
}

function submapperText({ mapper, submapper }: RomInfo): string {
  if (submapper === 0) return "";
  const name = mapper === null ? undefined : submapperName(mapper, submapper);
  return ` submapper ${submapper}${name === undefined ? "" : ` (${name})`}`;
}

/** "yes", "in part: " with what the machine lacks, or "no: " with the reason. */
function supportText({ image, gaps }: LoadedRom): string {
  if (gaps.length === 0) return "yes";
  if (hasBoard(image)) return `in part: ${gaps.join("; ")}`;
  const [, ...others] = gaps;
  const reason = missingBoardReason(image.mapper) || "emu has no board of this mapper number";
  return `no: ${[reason, ...others].join("; ")}`;
}

function memoryText(rom: number, ram: number, nvram: number): string {
  const parts: string[] = [];
  if (rom > 0) parts.push(`${sizeText(rom)} ROM`);
  if (ram > 0) parts.push(`${sizeText(ram)} RAM`);
  if (nvram > 0) parts.push(`${sizeText(nvram)} non-volatile RAM`);
  return parts.length === 0 ? "none" : parts.join(", ");
}
