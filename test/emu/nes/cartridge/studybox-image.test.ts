import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import { readStudyBox, STUDYBOX_BIOS_BYTES } from "../../../../src/emu/nes/cartridge/studybox-image.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { buildTape, tapeChunk, tapePage } from "../../../support/tape-builder.ts";

const SOUND = tapeChunk("AUDI", new Uint8Array([0, 0, 0, 0, 0x52]));

test("pages with their numbers and data, after the program", () => {
  const bios = new Uint8Array(STUDYBOX_BIOS_BYTES).fill(7);
  const file = buildTape(tapePage(3, 10, 11), tapePage(4), SOUND);
  const { image, cautions, trailingBytes } = readStudyBox(file, sha1Hex, bios);
  expect(image.tape).toEqual([
    { number: 3, start: STUDYBOX_BIOS_BYTES, length: 8, soundStart: 1 },
    { number: 4, start: STUDYBOX_BIOS_BYTES + 8, length: 6, soundStart: 1 },
  ]);
  const at = STUDYBOX_BIOS_BYTES;
  expect([...image.prgRom.subarray(at - 1, at + 9)]).toEqual([7, 0xc5, 1, 1, 0, 0, 3, 10, 11, 0xc5]);
  expect(image.prgRom.length % 8192).toBe(0);
  expect({ cautions, trailingBytes }).toEqual({
    cautions: ["the sound of the tape is left out"],
    trailingBytes: 0,
  });
});

test("the sound may be missing, or cut off", () => {
  expect(readStudyBox(buildTape(tapePage(0)), sha1Hex).cautions).toEqual([]);
  const cut = buildTape(tapePage(0), tapeChunk("AUDI", new Uint8Array(0), 1_000_000));
  expect(readStudyBox(cut, sha1Hex)).toMatchObject({ trailingBytes: 0 });
});

describe("damaged files", () => {
  test.each<[string, Uint8Array, string, string]>([
    ["no pages", buildTape(), "the tape has no pages", "byte 12"],
    ["only sound", buildTape(SOUND), "the tape has no pages", "byte 12"],
    ["another chunk", buildTape(tapeChunk("DATA", new Uint8Array(9))), "there is no chunk", "byte 12"],
    ["a page that is cut off", buildTape(tapePage(0)).subarray(0, 30), "the file is cut off", "byte 12"],
    ["a long page", buildTape(tapeChunk("PAGE", new Uint8Array(20), 0xffff_ffff)), "cut off", "byte 12"],
    ["a short page", buildTape(tapeChunk("PAGE", new Uint8Array(13))), "a page has no number", "byte 12"],
    ["a later page", buildTape(tapePage(0), tapeChunk("PAGE", new Uint8Array(2))), "no number", "byte 34"],
    ["a version", buildTape(tapePage(0)).with(8, 1), "version 1.00", "byte 8"],
  ])("%s", (_, file, what, where) => {
    const error = inputErrorOf(() => readStudyBox(file, sha1Hex));
    expect(error.message).toContain(what);
    expect(error).toMatchObject({ kind: "data", where });
  });

  test("a program of another size", () => {
    const error = inputErrorOf(() => readStudyBox(buildTape(tapePage(0)), sha1Hex, new Uint8Array(8192)));
    expect(error.message).toContain("262144 bytes, not 8192");
  });

  test("any change gives an image or an InputError", () => {
    const file = buildTape(tapePage(0, 1, 2, 3), tapePage(1, 4), SOUND);
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(file.length), (changes, length) => {
        const bytes = file.slice(0, Math.max(12, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          expect(readStudyBox(bytes, sha1Hex).image.tape!.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
