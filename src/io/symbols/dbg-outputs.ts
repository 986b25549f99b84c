import { basename, dirname, join, resolve } from "node:path";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { MIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";

const INES_HEADER_BYTES = 16;
const TRAINER_BYTES = 512;
const MAX_OUTPUT_BYTES = 16 * MIB;
/** Limit on output files, since debug info may name thousands. No ROM has more banks than this. */
const MAX_OUTPUTS = 1024;

/** PRG ROM offset of each output file of the linker, by its name in the debug info. */
export type OutputOffsets = ReadonlyMap<string, number>;

/**
 * Finds the PRG ROM offsets of the linker's output files. A single file with an iNES header is the ROM
 * itself. Some builds link one file per bank and join them later; those files are then searched for in PRG
 * ROM by their contents. A missing file has no entry.
 */
export async function locateOutputs(
  dbgPath: string,
  text: string,
  image: CartridgeImage,
): Promise<OutputOffsets> {
  const names = outputNames(text);
  const offsets = new Map<string, number>();
  const taken: { start: number; end: number }[] = [];
  for (const name of names) {
    const bytes = await readOutput(dbgPath, name);
    if (bytes === undefined) continue;
    if (isInesStart(bytes)) offsets.set(name, -headerBytes(image));
    else {
      const at = find(image.prgRom, bytes, taken);
      if (at === undefined) continue;
      offsets.set(name, at);
      taken.push({ start: at, end: at + bytes.length });
    }
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined && !offsets.has(only)) {
    offsets.set(only, beginsWithCode(text) ? 0 : -headerBytes(image));
  }
  return offsets;
}

/** Number of bytes before PRG ROM in the ROM file. */
function headerBytes(image: CartridgeImage): number {
  return INES_HEADER_BYTES + (image.trainer === undefined ? 0 : TRAINER_BYTES);
}

function outputNames(text: string): string[] {
  const names = new Set<string>();
  for (const [, name = ""] of text.matchAll(/^seg\t.*,oname="([^"]*)"/gm)) {
    names.add(name);
    if (names.size >= MAX_OUTPUTS) break;
  }
  return [...names];
}

/** Returns true if the output starts with code or data in the CPU's ROM, so that it has no header. */
function beginsWithCode(text: string): boolean {
  return /^seg\t.*,start=0x00[89A-F][0-9A-F]{3},size=0x(?!0+,).*,ooffs=0\s*$/m.test(text);
}

/** The linker's file names are relative to its working directory, which is usually a parent folder. */
async function readOutput(dbgPath: string, name: string): Promise<Uint8Array | undefined> {
  const folder = dirname(resolve(dbgPath));
  const places = [folder, dirname(folder), dirname(dirname(folder))].map((each) => resolve(each, name));
  for (const path of new Set([...places, join(folder, basename(name))])) {
    const bytes = await readFileCapped(path, MAX_OUTPUT_BYTES).catch(() => undefined);
    if (bytes !== undefined && bytes.length > 0) return bytes;
  }
  return undefined;
}

function isInesStart(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4e && bytes[1] === 0x45 && bytes[2] === 0x53 && bytes[3] === 0x1a;
}

/** The first offset in `rom` that holds `bytes` and is not used by another output. */
function find(
  rom: Uint8Array,
  bytes: Uint8Array,
  taken: readonly { start: number; end: number }[],
): number | undefined {
  const haystack = Buffer.from(rom.buffer, rom.byteOffset, rom.length);
  for (let at = haystack.indexOf(bytes); at >= 0; at = haystack.indexOf(bytes, at + 1)) {
    const end = at + bytes.length;
    const overlap = taken.find((other) => at < other.end && end > other.start);
    if (overlap === undefined) return at;
    at = overlap.end - 1;
  }
  return undefined;
}
