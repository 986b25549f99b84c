import { InputError } from "../../input-error.ts";
import { KIB } from "../../units.ts";
import type { RegionName } from "../region.ts";
import type { CartridgeImage, ParsedImage, Sha1 } from "./image.ts";
import { latin1, type NsfMetadata, readNsfChunks, wordAt } from "./nsf-chunks.ts";
import { NSF_CHIPS, NSF_FDS, type NsfProgram, type NsfTrack } from "./nsf-program.ts";

const HEADER_BYTES = 0x80;
const BANK_BYTES = 4 * KIB;
const MAX_BANKS = 256;
const MAX_TRACKS = 256;
const FIRST_WINDOW_ADDRESS = 0x6000;
const WINDOWS = 10;
/** The frame rates of the consoles, for headers that give none. */
const USUAL_PERIODS_US: Readonly<Record<RegionName, number>> = { ntsc: 16_639, pal: 19_997, dendy: 19_997 };

const FLAG_IRQ = 0x10;
const FLAG_INIT_KEEPS_RUNNING = 0x20;
const FLAG_NO_PLAY = 0x40;
const FLAG_MANDATORY_CHUNKS = 0x80;

/** Returns true if `bytes` begin like an NSF, NSF2 or NSFe file. */
export function isNsf(bytes: Uint8Array): boolean {
  return isNsfe(bytes) || (bytes[4] === 0x1a && latin1(bytes.subarray(0, 4)) === "NESM");
}

function isNsfe(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && latin1(bytes.subarray(0, 4)) === "NSFE";
}

/**
 * Reads an NSF, NSF2 or NSFe file. The image's `prgRom` is the program in banks of 4 KiB, and its `nsf` holds
 * everything else. Throws `InputError` ("data") with a byte offset.
 * https://www.nesdev.org/wiki/NSF, https://www.nesdev.org/wiki/NSF2, https://www.nesdev.org/wiki/NSFe
 */
export function readNsf(bytes: Uint8Array, sha1: Sha1): ParsedImage {
  const warnings: string[] = [];
  const file = isNsfe(bytes) ? readNsfeFile(bytes, warnings) : readNsfFile(bytes, warnings);
  const layout = layOut(file, warnings);
  const program = programOf(file, layout, warnings);
  const image: CartridgeImage = {
    format: "nsf",
    mapper: 31,
    submapper: 0,
    mirroring: "horizontal",
    battery: false,
    region: regionOf(file),
    prgRom: layout.prgRom,
    chrRom: new Uint8Array(0),
    prgRamBytes: 8 * KIB,
    prgNvramBytes: 0,
    chrRamBytes: 8 * KIB,
    chrNvramBytes: 0,
    exactHeader: true,
    sha1: sha1([bytes]),
    expansionDevice: 0,
    vsHardware: 0,
    nsf: program,
  };
  return { image, trailingBytes: 0, overrides: [], cautions: cautionsOf(file), warnings };
}

/** The contents of a file, in the terms that all formats share. */
interface NsfFile {
  readonly kind: NsfProgram["kind"];
  /** The 10 bytes of NSFe's INFO chunk: load, init and play address, region, chips, songs, first song. */
  readonly info: Uint8Array;
  readonly data: Uint8Array;
  readonly banks: Uint8Array;
  readonly flags: number;
  readonly periodsUs: { readonly ntsc: number; readonly pal: number };
  readonly texts: { readonly title: string; readonly artist: string; readonly copyright: string };
  readonly metadata: NsfMetadata;
}

function readNsfFile(bytes: Uint8Array, warnings: string[]): NsfFile {
  if (bytes.length < HEADER_BYTES) {
    const what = `the header is cut off: ${bytes.length} of ${HEADER_BYTES} bytes`;
    throw new InputError("data", what, `byte ${bytes.length}`, "get a good copy");
  }
  const version = bytes[5]!;
  const flags = version >= 2 ? bytes[0x7c]! : 0;
  let dataBytes = wordAt(bytes, 0x7d) | (bytes[0x7f]! << 16);
  if (HEADER_BYTES + dataBytes > bytes.length && version < 2) {
    // Version 1 had no length here at first, and files with other bytes exist.
    warnings.push(`the length of the program, ${dataBytes} bytes, exceeds the file's: ignored`);
    dataBytes = 0;
  }
  if (HEADER_BYTES + dataBytes > bytes.length) {
    const what = `the program is cut off: ${bytes.length - HEADER_BYTES} of ${dataBytes} bytes`;
    throw new InputError("data", what, `byte ${bytes.length}`, "get a good copy");
  }
  if (version === 0 || version > 2)
    warnings.push(`version ${version} of NSF is not known: read as version 2`);
  const end = dataBytes === 0 ? bytes.length : HEADER_BYTES + dataBytes;
  const start = bytes[7] === 0 ? 0 : bytes[7]! - 1;
  return {
    kind: version >= 2 ? "NSF2" : "NSF",
    info: new Uint8Array([...bytes.subarray(8, 14), bytes[0x7a]!, bytes[0x7b]!, bytes[6]!, start]),
    data: bytes.subarray(HEADER_BYTES, end),
    banks: bytes.subarray(0x70, 0x78),
    flags,
    periodsUs: { ntsc: wordAt(bytes, 0x6e), pal: wordAt(bytes, 0x78) },
    texts: {
      title: headerText(bytes, 0x0e),
      artist: headerText(bytes, 0x2e),
      copyright: headerText(bytes, 0x4e),
    },
    metadata: appendedMetadata(bytes, end, (flags & FLAG_MANDATORY_CHUNKS) !== 0, warnings),
  };
}

/** The chunks behind the program. Faults in them are fatal only if the header says that they are needed. */
function appendedMetadata(bytes: Uint8Array, at: number, isNeeded: boolean, warnings: string[]): NsfMetadata {
  try {
    return readNsfChunks(bytes, at, warnings);
  } catch (error) {
    if (isNeeded || !(error instanceof InputError)) throw error;
    warnings.push(`the track names and times are ignored: ${error.message} (${error.where})`);
    return {};
  }
}

function readNsfeFile(bytes: Uint8Array, warnings: string[]): NsfFile {
  const metadata = readNsfChunks(bytes, 4, warnings, true);
  const { info, data, banks = new Uint8Array(0) } = metadata;
  if (info === undefined || data === undefined) {
    const missing = info === undefined ? "INFO" : "DATA";
    const what = `the NSFe has no ${missing} chunk`;
    throw new InputError("data", what, `byte ${bytes.length}`, "get a good copy");
  }
  return {
    kind: "NSFe",
    info,
    data,
    banks,
    flags: metadata.flags ?? 0,
    periodsUs: { ntsc: 0, pal: 0 },
    texts: { title: "", artist: "", copyright: "" },
    metadata,
  };
}

/** A text of the header: up to 32 bytes, ended by 0. "<?>" means that it is unknown. */
function headerText(bytes: Uint8Array, at: number): string {
  const field = bytes.subarray(at, at + 32);
  const end = field.indexOf(0);
  const text = latin1(end < 0 ? field : field.subarray(0, end)).trim();
  return text === "<?>" ? "" : text;
}

interface Layout {
  readonly prgRom: Uint8Array;
  readonly banks: readonly number[];
  readonly ramData: Uint8Array;
}

/** Divides the program into banks: as the header says, or as it lies in the ten windows from $6000 on. */
function layOut({ info, data, banks }: NsfFile, warnings: string[]): Layout {
  if (data.length === 0) throw new InputError("data", "the file has no program", "", "get a good copy");
  const load = wordAt(info, 0);
  const usesFds = (info[7]! & NSF_FDS) !== 0;
  if (banks.some((bank) => bank !== 0)) {
    const padding = load % BANK_BYTES;
    const count = Math.ceil((padding + data.length) / BANK_BYTES);
    if (count > MAX_BANKS)
      warnings.push(`the program has ${count} banks: those after ${MAX_BANKS} are ignored`);
    const prgRom = new Uint8Array(Math.min(count, MAX_BANKS) * BANK_BYTES);
    prgRom.set(data.subarray(0, prgRom.length - padding), padding);
    // The adapter's RAM at $6000 begins like $E000. https://www.nesdev.org/wiki/NSF
    const all = Array.from({ length: 8 }, (_, window) => banks[window] ?? 0);
    return { prgRom, banks: [all[6]!, all[7]!, ...all], ramData: new Uint8Array(0) };
  }
  if (load < FIRST_WINDOW_ADDRESS) {
    const what = `the program's address $${hex(load)} is below $6000`;
    throw new InputError("data", what, "header", "get a good copy");
  }
  const prgRom = new Uint8Array(WINDOWS * BANK_BYTES);
  const at = load - FIRST_WINDOW_ADDRESS;
  const room = prgRom.length - at;
  if (data.length > room)
    warnings.push(`${data.length - room} bytes of the program are beyond $FFFF: ignored`);
  prgRom.set(data.subarray(0, room), at);
  const ramData = !usesFds && load < 0x8000 ? prgRom.slice(0, 8 * KIB) : new Uint8Array(0);
  return { prgRom, banks: Array.from({ length: WINDOWS }, (_, window) => window), ramData };
}

function programOf(file: NsfFile, { banks, ramData }: Layout, warnings: string[]): NsfProgram {
  const { info, flags, metadata, texts } = file;
  const [title = "", artist = "", copyright = "", ripper = ""] = metadata.authors ?? [];
  const { tracks, firstTrack } = tracksOf(file, warnings);
  const dendyCode = (metadata.regions ?? 0) & 4 ? 2 : 1;
  return {
    kind: file.kind,
    title: title === "" ? texts.title : title,
    artist: artist === "" ? texts.artist : artist,
    copyright: copyright === "" ? texts.copyright : copyright,
    ripper,
    text: metadata.text ?? "",
    loadAddress: wordAt(info, 0),
    initAddress: wordAt(info, 2),
    playAddress: wordAt(info, 4),
    banks,
    ramData,
    chips: info[7]! & NSF_CHIPS,
    usesIrq: (flags & FLAG_IRQ) !== 0,
    initKeepsRunning: (flags & FLAG_INIT_KEEPS_RUNNING) !== 0,
    hasNoPlay: (flags & FLAG_NO_PLAY) !== 0,
    playPeriodUs: periodsOf(file),
    regionCodes: { ntsc: 0, pal: 1, dendy: dendyCode },
    tracks,
    firstTrack,
  };
}

function periodsOf({ periodsUs, metadata }: NsfFile): Record<RegionName, number> {
  const [ntsc = 0, pal = 0, dendy = 0] = metadata.ratesUs ?? [];
  const first = (...candidates: readonly number[]): number => candidates.find((period) => period > 0)!;
  return {
    ntsc: first(ntsc, periodsUs.ntsc, USUAL_PERIODS_US.ntsc),
    pal: first(pal, periodsUs.pal, USUAL_PERIODS_US.pal),
    dendy: first(dendy, pal, periodsUs.pal, USUAL_PERIODS_US.dendy),
  };
}

function tracksOf(
  { info, metadata }: NsfFile,
  warnings: string[],
): { readonly tracks: readonly NsfTrack[]; readonly firstTrack: number } {
  const songs = Math.max(1, info[8]!);
  if (info[8] === 0) warnings.push("the file says that it has no songs: read as 1");
  const { names = [], trackAuthors = [], timesMs = [], fadesMs = [], playList = [] } = metadata;
  const listed = playList.filter((song) => song < songs);
  if (listed.length < playList.length)
    warnings.push(`${playList.length - listed.length} entries of the play list name no song: ignored`);
  if (listed.length > MAX_TRACKS)
    warnings.push(`the play list has ${listed.length} entries: those after ${MAX_TRACKS} are ignored`);
  const order = listed.length > 0 ? listed.slice(0, MAX_TRACKS) : Array.from({ length: songs }, (_, i) => i);
  const tracks = order.map((song) => ({
    song,
    name: names[song] ?? "",
    author: trackAuthors[song] ?? "",
    ...notNegative("timeMs", timesMs[song]),
    ...notNegative("fadeMs", fadesMs[song]),
  }));
  // A play list begins with its first entry, whatever the header says.
  const start = info[9]! < songs ? info[9]! : 0;
  return { tracks, firstTrack: listed.length > 0 ? 0 : start };
}

/** Negative times mean that the player chooses. */
function notNegative<Key extends string>(key: Key, value: number | undefined): { [K in Key]?: number } {
  return value === undefined || value < 0 ? {} : ({ [key]: value } as { [K in Key]: number });
}

/** The region that the music is for; NTSC if it is for several. */
function regionOf({ info, metadata }: NsfFile): RegionName {
  const { regions = 0, preferredRegion } = metadata;
  const names: readonly RegionName[] = ["ntsc", "pal", "dendy"];
  const preferred = names[preferredRegion ?? -1];
  if (preferred !== undefined) return preferred;
  if (regions !== 0) return names.find((_, bit) => ((regions >> bit) & 1) !== 0) ?? "ntsc";
  return (info[6]! & 3) === 1 ? "pal" : "ntsc";
}

function cautionsOf({ info, metadata }: NsfFile): string[] {
  const cautions: string[] = [];
  const unknown = info[7]! & ~NSF_CHIPS;
  if (unknown !== 0) cautions.push(`uses an unknown sound chip (bits $${hex(unknown)}), which is not heard`);
  if (metadata.hasOtherVrc7 === true)
    cautions.push("made for a YM2413 in place of the VRC7, whose instruments sound different");
  return cautions;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}
