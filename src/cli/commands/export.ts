import { type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { gamePage, itchZip, type WrittenFile } from "../../io/export/export-game.ts";
import { keysWith } from "../../io/export/key-names.ts";
import type { Filter, PageScale } from "../../io/export/page/config.ts";
import { checkOutputs, writeOutput } from "../../io/files/outputs.ts";
import { loadRomFile } from "../../io/files/roms/rom-file.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { printable } from "../../io/files/text.ts";
import { loadPalette } from "../../io/render/colors/palette-file.ts";
import {
  addDiskOptions,
  addMmc3Option,
  type HardwareOptions,
  toLoadOptions,
  toNesOptions,
} from "../machine-options.ts";
import { addExamples, collect, jsonOption, regionOption } from "../options.ts";
import { type PaletteOption, paletteOption } from "../palette-option.ts";
import { warn, warnOfGame } from "../warnings.ts";

interface ExportCommandOptions
  extends PaletteOption,
    Pick<HardwareOptions, "region" | "mmc3Revision" | "controlRoms" | "fdsBios" | "diskSide"> {
  readonly out?: string;
  readonly itch?: string;
  readonly title?: string;
  readonly cover?: string;
  readonly key?: readonly string[];
  readonly scale: PageScale;
  readonly filter: Filter;
  readonly json?: true;
}

/**
 * NES 2.0's numbers for devices by which a game can be played with the page's two controllers: unspecified,
 * controllers, adapters for four of them, and those of the VS. System, in either order.
 * https://www.nesdev.org/wiki/NES_2.0#Default_Expansion_Device
 */
const CONTROLLERS: readonly number[] = [0, 1, 2, 3, 4, 5];

/** `emu export`: a game as a web page. */
export function registerExport(program: Command): void {
  const command = program
    .command("export")
    .description(
      "Write one HTML file that plays the game in any browser, also offline and without a server, or a zip for itch.io. Existing files are replaced.",
    )
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option("--out <file>", "the page, or - for standard output")
    .option("--itch <file>", "a zip for itch.io, with the page as index.html")
    .option("--title <text>", "the game's title (default: the ROM's name)")
    .option("--cover <file>", "a picture for the start: PNG, JPEG, GIF or WebP (default: the game's own)")
    .option("--key <button=keys>", "other keys for a button, such as a=space,k; repeatable", collect)
    .addOption(
      new Option("--scale <mode>", "size of the picture").choices(["smooth", "integer"]).default("smooth"),
    )
    .addOption(new Option("--filter <name>", "picture filter").choices(["none", "crt"]).default("none"))
    .addOption(paletteOption())
    .addOption(regionOption())
    .addOption(jsonOption());
  addDiskOptions(addMmc3Option(command)).action(runExport);
  addExamples(
    command,
    "emu export game.nes --out game.html",
    'emu export game.nes --itch game.zip --title "My Game" --cover cover.png',
    "emu export game.nes --out game.html --key a=k --key b=j --filter crt",
  );
}

async function runExport(path: string, options: ExportCommandOptions): Promise<void> {
  const { out, itch, cover, title } = options;
  const outputs = [out, itch].filter((output) => output !== undefined);
  if (outputs.length === 0) {
    throw new InputError("usage", "no output is named", "export", "--out FILE or --itch FILE");
  }
  if (out === "-" && options.json === true) {
    throw new InputError("usage", "the page and the report cannot both be standard output", "--out");
  }
  const keys = keysWith(options.key ?? []);
  checkOutputs(
    [path, cover, options.fdsBios, options.palette].filter((input) => input !== undefined),
    outputs.filter((output) => output !== "-"),
  );
  const file = await loadRomFile(path, { ...toLoadOptions(options), controlRoms: "none" });
  const { image, fileSha1 } = file.rom;
  warnOfGame(file.rom, path, options);
  if (!CONTROLLERS.includes(image.expansionDevice))
    warn(["the page has two controllers, and the header asks for another device"], path);
  const { scale, filter } = options;
  const page = await gamePage(file, {
    keys,
    scale,
    filter,
    console: toNesOptions(options),
    ...(title === undefined ? {} : { title }),
    ...(cover === undefined ? {} : { cover }),
    ...(options.palette === undefined ? {} : { palette: await loadPalette(options.palette) }),
  });
  const written: WrittenFile[] = [];
  const write = (target: string | undefined, kind: WrittenFile["kind"], contents: () => Uint8Array): void => {
    if (target === undefined) return;
    const bytes = contents();
    writeOutput(target, bytes);
    written.push({ path: target, kind, bytes: bytes.length });
  };
  write(out, "html", () => new TextEncoder().encode(page));
  write(itch, "itch", () => itchZip(page));
  if (options.json === true) writeStdout(`${JSON.stringify({ rom: path, sha1: fileSha1, written })}\n`);
  else if (out !== "-") writeStdout(written.map(describe).join(""));
}

function describe({ path, bytes }: WrittenFile): string {
  return `wrote ${printable(path)}, ${Math.ceil(bytes / 1024)} KiB\n`;
}
