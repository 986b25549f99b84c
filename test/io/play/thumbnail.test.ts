import { describe, expect, test } from "bun:test";
import { encode } from "fast-png";
import { zlibSync } from "fflate";
import { MIB } from "../../../src/emu/units.ts";
import { readThumbnail } from "../../../src/io/play/thumbnail.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function chunk(name: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(name), data]);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, data.length);
  ends.setUint32(4, Bun.hash.crc32(named));
  return Buffer.concat([new Uint8Array(ends.buffer, 0, 4), named, new Uint8Array(ends.buffer, 4, 4)]);
}

/** A PNG of 8-bit colours whose IDAT unpacks to this many zero bytes, with further chunks before it. */
function png(width: number, height: number, unfolded: number, ...chunks: Uint8Array[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, 0x0802);
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunks,
    chunk("IDAT", zlibSync(new Uint8Array(unfolded), { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

describe("readThumbnail", () => {
  test("reads screenshots with and without a palette", () => {
    const data = new Uint8Array(256 * 240 * 3).fill(0x40);
    expect(readThumbnail(encode({ width: 256, height: 240, data, channels: 3 }))?.colors[0]).toBe(0x404040);
    expect(readThumbnail(png(256, 240, 240 * (1 + 256 * 3)))?.colors[0]).toBe(0);
  });

  const text = chunk("iCCP", Buffer.concat([Buffer.from("x\0\0"), zlibSync(new Uint8Array(64 * MIB))]));
  test.each([
    ["a size of gigabytes", png(65_535, 65_535, MIB)],
    ["the largest size", png(0x7fffffff, 0x7fffffff, 16)],
    ["no size", png(0, 240, 16)],
    ["more pixels than its size says", png(256, 240, 256 * MIB)],
    ["fewer pixels than its size says", png(256, 240, 1000)],
    ["too small a picture", png(8, 8, 8 * 25)],
    ["nothing", new Uint8Array(0)],
    ["a text", Buffer.from("not a picture")],
  ])("quickly rejects %s", (_, file) => {
    const before = process.memoryUsage.rss();
    expect(readThumbnail(file)).toBeUndefined();
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  });

  test("does not inflate more than the pixels need", () => {
    const before = process.memoryUsage.rss();
    expect(readThumbnail(png(256, 240, 240 * (1 + 256 * 3), text))?.width).toBe(256);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * MIB);
  });
});
