import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  FDS_BIOS_BYTES,
  FDS_GAP_END,
  FDS_SIDE_BYTES,
  fdsCrc,
  isFds,
  readFds,
  updateFdsCrc,
} from "../../../../src/emu/nes/cartridge/fds-image.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { buildDisk, buildDiskSide } from "../../../support/disk-builder.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";

const side = buildDiskSide({ HELLO: new Uint8Array([1, 2, 3]) });
const bios = new Uint8Array(FDS_BIOS_BYTES).fill(0xea);

/** The blocks of a side as the head finds them: gap, mark, block, checksum. */
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

  test("a blank side is told, bytes behind the last one too", () => {
    const file = new Uint8Array([...buildDisk([side, new Uint8Array(65_500)]), 1, 2]);
    expect(readFds(file, sha1Hex, bios).warnings).toEqual([
      "side 2 of the disk is blank",
      "2 bytes behind the last side ignored",
    ]);
  });

  test("a side that is cut off in the file", () => {
    const error = inputErrorOf(() => readFds(buildDisk([side, side]).subarray(0, 70_000), sha1Hex, bios));
    expect([error.message, error.where]).toEqual([
      "2 sides need 131000 bytes, the file holds 69984",
      "byte 4",
    ]);
  });

  test("a file that is longer than the disk", () => {
    const crowded = side.slice();
    crowded.set([0xff, 0xff], 56 + 2 + 13);
    const error = inputErrorOf(() => readFds(buildDisk([crowded]), sha1Hex, bios));
    expect([error.message, error.where]).toEqual([
      "a block of 65536 bytes does not fit the side of the disk",
      "byte 90",
    ]);
  });

  test("a BIOS of the wrong size", () => {
    const error = inputErrorOf(() => readFds(buildDisk([side]), sha1Hex, bios.subarray(1)));
    expect(error.message).toBe("the disk system's BIOS has 8192 bytes, not 8191");
  });
});
