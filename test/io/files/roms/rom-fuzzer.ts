import { gzipSync, zipSync } from "fflate";
import { buildDisk, buildDiskSide } from "../../../support/disk-builder.ts";
import { Prng } from "../../../support/prng.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { buildUnif } from "../../../support/unif-builder.ts";

export interface FuzzCase {
  readonly bytes: Uint8Array;
  readonly inner?: string;
}

/** Values at the limits of sizes and counts. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 0x3f, 0x40, 0x7f, 0x80, 0xef, 0xf0, 0xfe, 0xff];

/** Offsets of the fields in a zip's central header and end record that give positions and sizes. */
const CENTRAL_FIELDS = [8, 10, 16, 20, 22, 24, 26, 28, 30, 32, 42, 44];
const END_FIELDS = [8, 10, 12, 16, 18, 20];

/** An endless, seeded stream of damaged ROMs and archives: valid files with changes, and noise. */
export class RomFuzzer {
  readonly #random: Prng;
  readonly #roms: readonly Uint8Array[];
  readonly #archives: readonly Uint8Array[];
  readonly #bombs: readonly Uint8Array[];

  constructor(seed: number) {
    this.#random = new Prng(seed);
    this.#roms = [
      buildRom(),
      buildRom({ mapper: 4, flags6: 6, prgUnits: 2 }),
      buildRom({ nes2: true, mapper: 0x104, submapper: 3, bytes: { 10: 0x77, 11: 0x07, 12: 1 } }),
      buildRom({ nes2: true, prgUnits: 2, bytes: { 4: 15 << 2, 5: 13 << 2, 9: 0xff } }),
      buildUnif([
        ["MAPR", "NES-NROM"],
        ["MIRR", new Uint8Array([1])],
        ["PRG0", new Uint8Array(2048)],
        ["CHR0", new Uint8Array(1024)],
      ]),
      buildDisk([buildDiskSide({ FILE: new Uint8Array(100) })]),
      buildDisk([buildDiskSide({}), buildDiskSide({ FILE: new Uint8Array(9) }, 1)], false),
      // A side of a .qd file: blocks with checksums, 65,536 bytes in total.
      new Uint8Array([...buildDiskSide({ FILE: new Uint8Array(100) }), ...new Uint8Array(36)]),
      buildRom({ nes2: true, bytes: { 7: 0x4b, 13: 4 } }),
      // A ROM without its header.
      buildRom({ prgUnits: 2 }).slice(16),
    ];
    this.#archives = makeArchives(this.#roms);
    const [rom] = this.#roms;
    this.#bombs = [makeBomb(rom!, 80), makeBomb(rom!, 80, 16 << 20), makeBomb(rom!, 16)];
  }

  /** Returns the next case. */
  next(): FuzzCase {
    switch (this.#random.below(8)) {
      case 0:
        return { bytes: this.#noise() };
      case 1:
      case 2:
        return { bytes: this.#damagedHeader() };
      case 3:
        return { bytes: this.#resized(this.#pick(this.#roms)) };
      case 4:
        return { bytes: this.#damagedFields(this.#pick(this.#archives)) };
      case 5:
        return {
          bytes: this.#splice(this.#pick(this.#archives), this.#pick(this.#archives)),
          inner: "a.nes",
        };
      case 6:
        return { bytes: this.#resized(this.#flipped(this.#archiveOrBomb())) };
      default:
        return { bytes: this.#flipped(this.#archiveOrBomb()) };
    }
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)]!;
  }

  /** Bombs take tens of milliseconds, so they are rare. */
  #archiveOrBomb(): Uint8Array {
    return this.#pick(this.#random.below(64) === 0 ? this.#bombs : this.#archives);
  }

  #value(): number {
    return this.#random.below(2) === 0 ? this.#pick(EDGES) : this.#random.byte();
  }

  /** Noise, mostly after a magic that passes the first check. */
  #noise(): Uint8Array {
    const bytes = this.#random.bytes(this.#random.below(600));
    const magics = [
      "NESM\x1a",
      "7z\xbc\xaf\x27\x1c",
      "<html>",
      "NES\x1a",
      "PK\x03\x04",
      "PK\x05\x06",
      "\x1f\x8b\x08",
      "UNIF",
      "FDS\x1a",
      "",
    ];
    const magic = this.#pick(magics);
    for (let index = 0; index < Math.min(magic.length, bytes.length); index++) {
      bytes[index] = magic.charCodeAt(index);
    }
    return bytes;
  }

  #damagedHeader(): Uint8Array {
    const bytes = this.#pick(this.#roms).slice();
    // iNES headers are 16 bytes; UNIF and disks also have structures further in.
    const span = bytes[0] === 0x4e ? 12 : 90;
    for (let count = 1 + this.#random.below(8); count > 0; count--) {
      bytes[4 + this.#random.below(span)] = this.#value();
    }
    return bytes;
  }

  #flipped(source: Uint8Array): Uint8Array {
    const bytes = source.slice();
    for (let count = 1 + this.#random.below(6); count > 0; count--) {
      bytes[this.#random.below(bytes.length)] = this.#value();
    }
    return bytes;
  }

  #resized(source: Uint8Array): Uint8Array {
    if (this.#random.below(3) > 0) return source.slice(0, this.#random.below(source.length + 1));
    const longer = new Uint8Array(source.length + this.#random.below(300));
    longer.set(source);
    return longer;
  }

  #splice(one: Uint8Array, other: Uint8Array): Uint8Array {
    const head = one.subarray(0, this.#random.below(one.length + 1));
    const tail = other.subarray(this.#random.below(other.length + 1));
    const bytes = new Uint8Array(head.length + tail.length);
    bytes.set(head);
    bytes.set(tail, head.length);
    return bytes;
  }

  /** Changes sizes, offsets and flags of an archive's own structures. */
  #damagedFields(source: Uint8Array): Uint8Array {
    const bytes = source.slice();
    if (bytes[0] !== 0x50) {
      bytes[3 + this.#random.below(12)] = this.#value();
      bytes[bytes.length - 1 - this.#random.below(8)] = this.#value();
      return bytes;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = bytes.length - 22;
    const directory = view.getUint32(end + 16, true);
    for (let count = 1 + this.#random.below(3); count > 0; count--) {
      const inEnd = this.#random.below(4) === 0;
      const at = inEnd ? end + this.#pick(END_FIELDS) : directory + this.#pick(CENTRAL_FIELDS);
      if (at + 1 >= bytes.length) continue;
      bytes[at] = this.#value();
      bytes[at + 1] = this.#value();
    }
    return bytes;
  }
}

/** Unpacks to `mebibytes`, far more than it claims if `claimedBytes` is given. */
function makeBomb(rom: Uint8Array, mebibytes: number, claimedBytes?: number): Uint8Array {
  const contents = new Uint8Array(mebibytes << 20);
  contents.set(rom);
  const zip = zipSync({ "a.nes": contents }, { level: 1 });
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const directory = view.getUint32(zip.length - 22 + 16, true);
  if (claimedBytes !== undefined) view.setUint32(directory + 24, claimedBytes, true);
  return zip;
}

function makeArchives(roms: readonly Uint8Array[]): Uint8Array[] {
  const text = new TextEncoder().encode("read me");
  return [
    zipSync({ "a.nes": roms[0]! }),
    zipSync({ "a.nes": roms[1]!, "read.me": text }, { level: 0 }),
    zipSync({ "read.me": text, x: { "a.nes": roms[2]!, "b.nes": roms[3]! } }),
    zipSync({ "read.me": text }),
    gzipSync(roms[0]!, { filename: "a.nes" }),
    gzipSync(roms[1]!),
  ];
}
