import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  FDS_BIOS_BYTES,
  FDS_GAP_END,
  FDS_SIDE_BYTES,
  fdsCrc,
  fdsSideCount,
  isFds,
  readFds,
  updateFdsCrc,
} from "../../../../src/emu/nes/cartridge/fds-image.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { buildDisk, buildDiskSide } from "../../../support/disk-builder.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";

const side = buildDiskSide({ HELLO: new Uint8Array([1, 2, 3]) });
const bios = new Uint8Array(FDS_BIOS_BYTES).fill(0xea);

/** Reads the blocks of a side as the head does: gap, mark, block, checksum. */
function blocksOf(
  disk: Uint8Array,
  lengths: readonly number[],
): { gap: number; block: Uint8Array; crc: number }[] {
  let at = 0;
  return lengths.map((length) => {
    const start = at;
    while (disk[at] === 0) at++;
    const gap = at - start;
    expect(disk[at]).toBe(FDS_GAP_END);
    let crc = 0;
    for (const byte of disk.subarray(at, at + length + 3)) crc = updateFdsCrc(crc, byte);
    const block = disk.subarray(at + 1, at + 1 + length);
    at += length + 3;
    return { gap, block, crc };
  });
}

/** A side in the form of .qd files: each block with its checksum, 65,536 bytes in total. */
function buildQdSide(blocks: Uint8Array, lengths: readonly number[]): Uint8Array {
  const qd = new Uint8Array(65_536);
  let from = 0;
  let at = 0;
  for (const length of lengths) {
    const block = blocks.subarray(from, from + length);
    const crc = fdsCrc(new Uint8Array([FDS_GAP_END, ...block]));
    qd.set([...block, crc & 0xff, crc >> 8], at);
    from += length;
    at += length + 2;
  }
  return qd;
}

describe("disk images", () => {
  test.each([true, false])("with header %p, BIOS and sides make up the ROM", (header) => {
    const file = buildDisk([side, buildDiskSide({}, 1)], header);
    expect(isFds(file)).toBe(true);
    const { image, warnings } = readFds(file, sha1Hex, bios);
    expect(image).toMatchObject({ format: "fds", mapper: 20, prgRamBytes: 32768, chrRamBytes: 8192 });
    expect(image.prgRom.length).toBe(FDS_BIOS_BYTES + 2 * FDS_SIDE_BYTES);
    expect(image.prgRom.subarray(0, FDS_BIOS_BYTES)).toEqual(bios);
    expect(image.sha1).toBe(sha1Hex([file.subarray(header ? 16 : 0)]));
    expect(warnings).toEqual([]);
  });

  test("blocks lie between gaps, marked and checked", () => {
    const { image } = readFds(buildDisk([side]), sha1Hex, bios);
    const disk = image.prgRom.subarray(FDS_BIOS_BYTES);
    const blocks = blocksOf(disk, [56, 2, 16, 4]);
    expect(blocks.map(({ gap }) => gap)).toEqual([3537, 122, 122, 122]);
    expect(blocks.map(({ crc }) => crc)).toEqual([0, 0, 0, 0]);
    expect([...blocks[1]!.block]).toEqual([2, 1]);
    expect([...blocks[3]!.block]).toEqual([4, 1, 2, 3]);
    expect(disk.subarray(-60_000).every((byte) => byte === 0)).toBe(true);
  });

  test("a checksum finds any single wrong bit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), (block, position) => {
        const crc = fdsCrc(block);
        const whole = new Uint8Array([...block, crc & 0xff, crc >> 8]);
        const residue = (bytes: Uint8Array) => bytes.reduce(updateFdsCrc, 0);
        expect(residue(whole)).toBe(0);
        whole[(position >> 3) % whole.length]! ^= 1 << (position & 7);
        expect(residue(whole)).not.toBe(0);
      }),
    );
  });

  test("a blank side and bytes after the last side are reported", () => {
    const file = new Uint8Array([...buildDisk([side, new Uint8Array(65_500)]), 1, 2]);
    expect(readFds(file, sha1Hex, bios).warnings).toEqual([
      "side 2 of the disk is blank",
      "2 bytes after the last side are ignored",
    ]);
  });

  test("a side that is cut off in the file is padded", () => {
    const { image, cautions } = readFds(buildDisk([side, side]).subarray(0, 70_000), sha1Hex, bios);
    expect(cautions).toEqual(["the file is 61016 bytes short: zeros added"]);
    const sideAt = (n: number) =>
      image.prgRom
        .subarray(FDS_BIOS_BYTES)
        .subarray(n * FDS_SIDE_BYTES)
        .subarray(0, FDS_SIDE_BYTES);
    expect(sideAt(1)).toEqual(sideAt(0));
  });

  test.each<[string, number, number, number, string[]]>([
    ["one too few", 1, 2, 2, ["the header says 1 side, the file holds 2"]],
    ["one too many", 3, 2, 2, ["the header says 3 sides, the file holds 2"]],
    ["none", 0, 2, 2, []],
    ["absurd", 255, 1, 1, ["the header says 255 sides, the file holds 1"]],
  ])("a header with a wrong side count: %s", (_name, claimed, held, expected, warnings) => {
    const file = buildDisk(Array(held).fill(side));
    file[4] = claimed;
    const disk = readFds(file, sha1Hex, bios);
    expect(fdsSideCount(disk.image.prgRom)).toBe(expected);
    expect(disk.warnings).toEqual(warnings);
  });

  test("a header alone", () => {
    const error = inputErrorOf(() => readFds(buildDisk([side]).subarray(0, 16), sha1Hex, bios));
    expect([error.message, error.where]).toEqual(["the .fds file holds no side of a disk", "byte 16"]);
  });

  test("data after the last block is preserved after a mark", () => {
    const hiding = side.slice();
    const end = 56 + 2 + 16 + 4;
    hiding.set([0x90, 1, 2, 3], end);
    hiding[65_499] = 0x77;
    const { image, warnings } = readFds(buildDisk([hiding]), sha1Hex, bios);
    expect(warnings).toEqual([]);
    const disk = image.prgRom.subarray(FDS_BIOS_BYTES);
    const at = 3537 + end + 4 * (3 + 122);
    expect([...disk.subarray(at - 1, at + 5)]).toEqual([0, FDS_GAP_END, 0x90, 1, 2, 3]);
    expect(disk[at + 1 + 65_499 - end]).toBe(0x77);
  });

  test("a .qd image has the checksums of its blocks, right or wrong", () => {
    const qd = buildQdSide(side, [56, 2, 16, 4]);
    qd[56 + 2 + 2]! ^= 0xff; // the checksum of the second block
    const file = new Uint8Array([...qd, ...buildQdSide(buildDiskSide({}, 1), [56, 2])]);
    expect(isFds(file)).toBe(true);
    const { image, warnings } = readFds(file, sha1Hex, bios);
    expect(fdsSideCount(image.prgRom)).toBe(2);
    expect(warnings).toEqual([]);
    const blocks = blocksOf(image.prgRom.subarray(FDS_BIOS_BYTES), [56, 2, 16, 4]);
    expect(blocks.map(({ crc }) => crc === 0)).toEqual([true, false, true, true]);
    expect([...blocks[3]!.block]).toEqual([4, 1, 2, 3]);
  });

  test("a block that is longer than the side is not changed", () => {
    const crowded = side.slice();
    crowded.set([0xff, 0xff], 56 + 2 + 13);
    const { image, warnings } = readFds(buildDisk([crowded]), sha1Hex, bios);
    expect(warnings).toEqual([
      "side 1 of the disk has a block of 65536 bytes that does not fit: the rest of the side is kept as it is",
    ]);
    const disk = image.prgRom.subarray(FDS_BIOS_BYTES);
    const at = 3537 + 56 + 2 + 16 + 3 * (3 + 122);
    expect([...disk.subarray(at, at + 5)]).toEqual([FDS_GAP_END, 4, 1, 2, 3]);
  });

  test("a BIOS of the wrong size", () => {
    const error = inputErrorOf(() => readFds(buildDisk([side]), sha1Hex, bios.subarray(1)));
    expect(error.message).toBe("the disk system's BIOS has 8192 bytes, not 8191");
  });
});
