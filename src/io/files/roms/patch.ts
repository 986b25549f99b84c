import { InputError } from "../../../emu/input-error.ts";
import { crc32Hex } from "../hashes.ts";
import { MAX_ROM_BYTES } from "../limits.ts";

/** File names of patches end with one of these; a patch's format is detected from its contents. */
export const PATCH_EXTENSIONS: readonly string[] = [".bps", ".ups", ".ips"];

/** The place of a patch's extension in `PATCH_EXTENSIONS`, -1 for other files. */
export function patchRank(name: string): number {
  return PATCH_EXTENSIONS.findIndex((extension) => name.toLowerCase().endsWith(extension));
}

/** Returns true for the beginning of a patch that `applyPatch` reads. */
export function isPatch(start: Uint8Array): boolean {
  return /^(PATCH|IPS32|BPS1|UPS1)/.test(String.fromCharCode(...start.subarray(0, 5)));
}

/**
 * Applies a patch in the IPS, BPS or UPS format to a ROM file and returns the new file. The formats are
 * small; a library would have neither the limits nor the places of errors. Throws `InputError` ("data") with
 * the offset in the patch if the patch is damaged, is for another ROM, or makes a file larger than ROMs may
 * be.
 */
export function applyPatch(rom: Uint8Array, patch: Uint8Array): Uint8Array {
  const magic = String.fromCharCode(...patch.subarray(0, 5));
  if (magic === "PATCH") return applyIps(rom, patch, 3);
  if (magic === "IPS32") return applyIps(rom, patch, 4);
  if (magic.startsWith("BPS1")) return new BeatPatch(rom, patch).apply();
  if (magic.startsWith("UPS1")) return applyUps(rom, patch);
  throw new InputError("data", "not a patch: IPS, BPS and UPS patches are read", "byte 0");
}

/** Reads a patch from start to end. Every read checks that the bytes exist. */
class PatchReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;

  constructor(bytes: Uint8Array, at: number, end = bytes.length) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = at;
  }

  get left(): number {
    return this.#end - this.at;
  }

  byte(): number {
    if (this.at >= this.#end) throw this.error("the patch is cut off");
    return this.#bytes[this.at++]!;
  }

  /** A number of `count` bytes, the highest first. */
  big(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 256 + this.byte();
    return value;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw this.error("the patch is cut off");
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  /** A number in BPS and UPS: seven bits per byte, the lowest first; each further byte adds one. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if ((byte & 0x80) !== 0) return value;
      value += scale * 128;
      if (value > Number.MAX_SAFE_INTEGER / 256) throw this.error("a number in the patch is too large");
    }
  }

  error(what: string): InputError {
    return new InputError("data", what, `byte ${this.at}`);
  }
}

const IPS_EOF = { 3: 0x45_4f46, 4: 0x4545_4f46 } as const;

/** https://zerosoft.zophar.net/ips.php, with records that repeat a byte and a file that may end shorter. */
function applyIps(rom: Uint8Array, patch: Uint8Array, offsetBytes: 3 | 4): Uint8Array {
  const reader = new PatchReader(patch, 5);
  const out = new GrowingFile(rom);
  for (;;) {
    const offset = reader.big(offsetBytes);
    if (offset === IPS_EOF[offsetBytes] && (reader.left === 0 || reader.left === offsetBytes)) break;
    const size = reader.big(2);
    if (size > 0) out.write(offset, reader.take(size), reader);
    else {
      const count = reader.big(2);
      out.write(offset, new Uint8Array(count).fill(reader.byte()), reader);
    }
  }
  const length = reader.left === 0 ? out.length : reader.big(offsetBytes);
  return out.bytes.slice(0, Math.min(length, out.length));
}

/**
 * Limit on the bytes written. A few bytes of an IPS patch can write 64 KiB again and again, which could take
 * hours.
 */
const MAX_WRITTEN_BYTES = 8 * MAX_ROM_BYTES;

/** A file that grows when it is written past its end. */
class GrowingFile {
  bytes: Uint8Array;
  length: number;
  #written = 0;

  constructor(start: Uint8Array) {
    this.bytes = start.slice();
    this.length = start.length;
  }

  write(offset: number, data: Uint8Array, reader: PatchReader): void {
    const end = offset + data.length;
    if (end > MAX_ROM_BYTES) throw reader.error(tooLarge(end));
    this.#written += data.length;
    if (this.#written > MAX_WRITTEN_BYTES)
      throw reader.error("the patch writes the same bytes again and again");
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.min(MAX_ROM_BYTES, Math.max(end, 2 * this.bytes.length)));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(data, offset);
    this.length = Math.max(this.length, end);
  }
}

function tooLarge(bytes: number): string {
  return `the patched file would have ${bytes} bytes, the limit is ${MAX_ROM_BYTES}`;
}

/** BPS and UPS end with three CRC-32s: of the source, of the target, and of the rest of the patch. */
const CHECKSUM_BYTES = 12;

interface Checksums {
  readonly source: string;
  readonly target: string;
}

function checksumsOf(patch: Uint8Array): Checksums {
  if (patch.length < 4 + CHECKSUM_BYTES)
    throw new InputError("data", "the patch is cut off", `byte ${patch.length}`);
  const view = new DataView(patch.buffer, patch.byteOffset, patch.byteLength);
  const at = (fromEnd: number) =>
    view
      .getUint32(patch.length - fromEnd, true)
      .toString(16)
      .padStart(8, "0");
  if (at(4) !== crc32Hex(patch.subarray(0, -4)))
    throw new InputError("data", "the patch is damaged: its checksum is wrong", `byte ${patch.length - 4}`);
  return { source: at(12), target: at(8) };
}

function otherRom(wanted: string, found: string): InputError {
  return new InputError(
    "data",
    `the patch is for a ROM with CRC-32 ${wanted}, this one has ${found}`,
    "",
    "get the version of the game that the patch names",
  );
}

/** http://individual.utoronto.ca/dmeunier/ups-spec.pdf */
function applyUps(rom: Uint8Array, patch: Uint8Array): Uint8Array {
  const { source, target } = checksumsOf(patch);
  const found = crc32Hex(rom);
  // A UPS patch is its own reverse.
  const isReverse = found === target && found !== source;
  if (found !== source && !isReverse) throw otherRom(source, found);
  const reader = new PatchReader(patch, 4, patch.length - CHECKSUM_BYTES);
  const [sourceSize, targetSize] = [reader.number(), reader.number()];
  const [size, other] = isReverse ? [sourceSize, targetSize] : [targetSize, sourceSize];
  if (size > MAX_ROM_BYTES) throw reader.error(tooLarge(size));
  if (other !== rom.length) throw reader.error(`the patch is for a ROM of ${other} bytes, not ${rom.length}`);
  const out = new Uint8Array(size);
  out.set(rom.subarray(0, size));
  for (let at = 0; reader.left > 0; ) {
    at += reader.number();
    for (let change = reader.byte(); ; change = reader.byte()) {
      if (change === 0) break;
      if (at < size) out[at]! ^= change;
      at++;
    }
    at++;
  }
  return checked(out, isReverse ? source : target);
}

function checked(out: Uint8Array, wanted: string): Uint8Array {
  const found = crc32Hex(out);
  if (found === wanted) return out;
  throw new InputError("data", `the patched file has CRC-32 ${found}, the patch says ${wanted}`);
}

const SOURCE_READ = 0;
const TARGET_READ = 1;
const SOURCE_COPY = 2;

/** https://github.com/blakesmith/rombp/blob/master/docs/bps_spec.md */
class BeatPatch {
  readonly #rom: Uint8Array;
  readonly #reader: PatchReader;
  readonly #target: string;
  readonly #out: Uint8Array;
  #length = 0;
  #sourceAt = 0;
  #targetAt = 0;

  constructor(rom: Uint8Array, patch: Uint8Array) {
    const { source, target } = checksumsOf(patch);
    const found = crc32Hex(rom);
    if (found !== source) throw otherRom(source, found);
    this.#rom = rom;
    this.#target = target;
    this.#reader = new PatchReader(patch, 4, patch.length - CHECKSUM_BYTES);
    const sourceSize = this.#reader.number();
    const size = this.#reader.number();
    if (sourceSize !== rom.length)
      throw this.#reader.error(`the patch is for a ROM of ${sourceSize} bytes, not ${rom.length}`);
    if (size > MAX_ROM_BYTES) throw this.#reader.error(tooLarge(size));
    this.#reader.take(this.#reader.number());
    this.#out = new Uint8Array(size);
  }

  apply(): Uint8Array {
    const reader = this.#reader;
    while (reader.left > 0) {
      const action = reader.number();
      const count = Math.floor(action / 4) + 1;
      if (this.#length + count > this.#out.length) throw reader.error("the patch writes past the file's end");
      this.#act(action % 4, count);
    }
    if (this.#length !== this.#out.length) throw reader.error("the patch ends before the file does");
    return checked(this.#out, this.#target);
  }

  #act(action: number, count: number): void {
    switch (action) {
      case SOURCE_READ:
        this.#copy(this.#rom, this.#length, count);
        break;
      case TARGET_READ:
        this.#copy(this.#reader.take(count), 0, count);
        break;
      case SOURCE_COPY:
        this.#sourceAt = this.#moved(this.#sourceAt);
        this.#copy(this.#rom, this.#sourceAt, count);
        this.#sourceAt += count;
        break;
      default:
        this.#targetAt = this.#moved(this.#targetAt);
        if (this.#targetAt < 0 || this.#targetAt >= this.#length) throw this.#outside();
        // Byte by byte: it may read what it has just written, to repeat a pattern.
        for (let index = 0; index < count; index++) this.#out[this.#length++] = this.#out[this.#targetAt++]!;
    }
  }

  #copy(from: Uint8Array, at: number, count: number): void {
    if (at < 0 || at + count > from.length) throw this.#outside();
    this.#out.set(from.subarray(at, at + count), this.#length);
    this.#length += count;
  }

  /** A relative offset, with its sign in the lowest bit. */
  #moved(from: number): number {
    const move = this.#reader.number();
    const distance = Math.floor(move / 2);
    return move % 2 === 0 ? from + distance : from - distance;
  }

  #outside(): InputError {
    return this.#reader.error("the patch copies from outside the file");
  }
}
