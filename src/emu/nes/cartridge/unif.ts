import { InputError } from "../../input-error.ts";
import type { RegionName } from "../region.ts";
import { MISSING_BOARD_REMEDY } from "./boards/all.ts";
import type { CartridgeImage, ParsedImage, Sha1 } from "./image.ts";
import { ramDefaults } from "./ram-defaults.ts";
import { findUnifBoard, UNIF_MIRRORING, unifRejection } from "./unif-boards.ts";

const HEADER_BYTES = 32;
const CHUNK_HEADER_BYTES = 8;
/** PRG and CHR can each be split into up to 16 chips. */
const MAX_CHIPS = 16;
const REGIONS: readonly RegionName[] = ["ntsc", "pal", "ntsc"];

interface Chunk {
  readonly data: Uint8Array;
  /** Where its data begins in the file. */
  readonly at: number;
}

/** Returns true if `bytes` begin like a UNIF file. */
export function isUnif(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === "UNIF";
}

/**
 * Reads a UNIF file: chunks with a four-letter name, a length and data, in any order. Chunks that do not
 * describe the hardware are ignored. Throws `InputError` ("data") with a byte offset if a chunk is cut off,
 * or if the board's name is missing or unknown. https://www.nesdev.org/wiki/UNIF
 */
export function readUnif(bytes: Uint8Array, sha1: Sha1): ParsedImage {
  const chunks = readChunks(bytes);
  const name = chunks.get("MAPR");
  if (name === undefined) throw new InputError("data", "the UNIF file names no board (MAPR)");
  const boardName = textOf(name.data);
  const board = findUnifBoard(boardName);
  if (board === undefined) {
    const reason = unifRejection(boardName);
    const why = reason === undefined ? "" : `: ${reason}`;
    const what = `the UNIF board ${JSON.stringify(boardName)} is not supported${why}`;
    throw new InputError("data", what, `byte ${name.at}`, MISSING_BOARD_REMEDY);
  }
  const prgRom = joinChips(chunks, "PRG");
  if (prgRom.length === 0) throw new InputError("data", "the UNIF file has no PRG ROM (PRG0)");
  const chrRom = joinChips(chunks, "CHR");
  requirePages(prgRom, 0x800, chunks.get("PRG0"), "PRG ROM");
  requirePages(chrRom, 0x400, chunks.get("CHR0"), "CHR ROM");
  const battery = (chunks.get("BATR")?.data[0] ?? 0) !== 0;
  const mirroring = UNIF_MIRRORING[chunks.get("MIRR")?.data[0] ?? 0];
  const image: CartridgeImage = {
    format: "unif",
    mapper: board.mapper,
    submapper: board.submapper,
    mirroring: board.mirroring ?? mirroring ?? "horizontal",
    battery,
    region: REGIONS[chunks.get("TVCI")?.data[0] ?? 0] ?? "ntsc",
    prgRom,
    chrRom,
    ...ramDefaults(board.mapper, battery, chrRom.length, undefined),
    exactHeader: false,
    sha1: sha1([prgRom, chrRom]),
    expansionDevice: deviceOf(chunks.get("CTRL")?.data[0] ?? 0),
    vsHardware: 0,
  };
  const warnings = chunks.has("VROR") ? ["CHR ROM that can be written (VROR) is taken for plain ROM"] : [];
  return { image, trailingBytes: 0, overrides: [], cautions: [], warnings };
}

/** Numbers of NES 2.0 byte 15 by the bits of the CTRL chunk. Bit 0 is controllers. */
const CTRL_DEVICES: Readonly<Record<number, number>> = { 1: 0x08, 2: 0x1f, 3: 0x0f, 4: 0x0b, 5: 0x02 };

/** The device that a game names besides controllers. If it names several, the header does not say which. */
function deviceOf(controllers: number): number {
  const devices = Object.entries(CTRL_DEVICES).filter(([bit]) => ((controllers >> Number(bit)) & 1) !== 0);
  return devices.length === 1 ? devices[0][1] : 0;
}

function readChunks(bytes: Uint8Array): Map<string, Chunk> {
  if (bytes.length < HEADER_BYTES) {
    const what = `the header is cut off: ${bytes.length} of ${HEADER_BYTES} bytes`;
    throw new InputError("data", what, `byte ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Chunk>();
  let at = HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= bytes.length) {
    const id = textOf(bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + length > bytes.length) {
      const what = `chunk ${JSON.stringify(id)} says ${length} bytes, the file holds ${bytes.length - start}`;
      throw new InputError("data", what, `byte ${at}`, "the file is cut off or damaged: get a good copy");
    }
    if (!chunks.has(id)) chunks.set(id, { data: bytes.subarray(start, start + length), at: start });
    at = start + length;
  }
  return chunks;
}

/** Joins the chunks PRG0 to PRGF, or CHR0 to CHRF, in order. A single chunk is a view of the file. */
function joinChips(chunks: ReadonlyMap<string, Chunk>, kind: "PRG" | "CHR"): Uint8Array {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let chip = 0; chip < MAX_CHIPS; chip++) {
    const chunk = chunks.get(kind + chip.toString(16).toUpperCase());
    if (chunk === undefined) continue;
    parts.push(chunk.data);
    bytes += chunk.data.length;
  }
  if (parts.length === 1) return parts[0];
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function requirePages(rom: Uint8Array, pageBytes: number, first: Chunk | undefined, what: string): void {
  if (rom.length % pageBytes === 0) return;
  const message = `${what} of ${rom.length} bytes is not whole pages of ${pageBytes / 1024} KiB`;
  throw new InputError("data", message, `byte ${first?.at ?? 0}`);
}

/** Returns the ASCII text up to the first zero. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes.subarray(0, 64)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
