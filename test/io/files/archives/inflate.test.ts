/** Raw deflate streams that claim, cut or damage their contents. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import { MIB } from "../../../../src/emu/units.ts";
import { inflateCapped, inflateStart } from "../../../../src/io/files/archives/inflate.ts";

const bytes = fc.uint8Array({ maxLength: 4000 });

describe("inflateCapped", () => {
  test("returns the contents up to the limit, and nothing beyond it", () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 4000 }), fc.nat({ max: 9 }), (data, limit, level) => {
        const out = inflateCapped(deflateRawSync(data, { level }), limit, "x");
        expect(out === undefined ? undefined : [...out]).toEqual(data.length > limit ? undefined : [...data]);
      }),
    );
  });

  test("ignores what follows the stream", () => {
    const packed = Buffer.concat([deflateRawSync(Buffer.from("game")), Buffer.from("tail")]);
    expect(Buffer.from(inflateCapped(packed, 9, "x") ?? []).toString()).toBe("game");
  });

  test("stops at the limit of a stream that unpacks to 256 MiB", () => {
    const bomb = deflateRawSync(new Uint8Array(256 * MIB), { level: 9 });
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 3; i++) expect(inflateCapped(bomb, MIB, "x")).toBeUndefined();
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
  });

  test("throws InputError with the place for damaged streams", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        try {
          inflateCapped(data, 1000, "entry 3");
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as InputError).where).toBe("entry 3");
        }
      }),
    );
    expect(() => inflateCapped(deflateRawSync(Buffer.from("long text")).subarray(0, 4), 99, "x")).toThrow(
      "compressed data is damaged: unexpected end of file",
    );
  });
});

describe("inflateStart", () => {
  test("returns the first bytes", () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 32 }), (data, count) => {
        expect([...inflateStart(deflateRawSync(data), count)]).toEqual([...data.subarray(0, count)]);
      }),
    );
  });

  test("returns them without the rest of the stream, and none of a stream that is damaged from the start", () => {
    const noise = new Uint8Array(8000).map((_, i) => (i * i * 31) >> 3);
    const packed = deflateRawSync(noise);
    expect([...inflateStart(packed.subarray(0, 4000), 4)]).toEqual([...noise.subarray(0, 4)]);
    expect(inflateStart(Uint8Array.of(7, 1, 2, 3), 4)).toHaveLength(0);
  });

  test("of empty blocks with a bomb after them takes bounded memory", () => {
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const blocks = Buffer.concat(Array<Buffer>(50_000).fill(empty));
    const bomb = Buffer.concat([blocks, deflateRawSync(new Uint8Array(256 * MIB))]);
    expect(inflateStart(bomb, 4).length).toBeLessThanOrEqual(4);
  });
});
