import { describe, expect, test } from "bun:test";
import {
  boardNumbers,
  headerMapper,
  isSubmapperKnown,
} from "../../../../src/emu/nes/cartridge/boards/index.ts";
import { DUPLICATES } from "../../../../src/emu/nes/cartridge/header.ts";
import type { CartridgeImage } from "../../../../src/emu/nes/cartridge/image.ts";
import { readInes } from "../../../../src/emu/nes/cartridge/ines.ts";
import { supportGaps } from "../../../../src/emu/nes/cartridge/support.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { BoardHarness, testImage } from "../../../support/board-harness.ts";
import { Prng } from "../../../support/prng.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import type { BoardCase } from "./boards/board-case.ts";
import { CASES } from "./boards/data/index.ts";

/**
 * The submappers other than 0 that https://www.nesdev.org/wiki/NES_2.0_submappers and the pages of the
 * mappers define, and that emu emulates.
 */
const KNOWN: Readonly<Record<number, readonly number[]>> = {
  1: [1, 2, 4, 5, 6],
  2: [1, 2],
  3: [1, 2],
  4: [1, 2, 3, 4],
  6: [1, 2, 3, 4, 5, 6, 7],
  7: [1, 2],
  12: [1],
  16: [4, 5],
  17: [1, 2, 3],
  19: [1, 2, 3, 4, 5],
  21: [1, 2],
  23: [1, 2, 3],
  25: [1, 2, 3],
  30: [1, 2, 3, 4],
  32: [1],
  34: [1, 2],
  40: [1],
  42: [1, 2, 3],
  49: [1],
  63: [1],
  68: [1],
  71: [1],
  78: [1, 3],
  83: [1, 2],
  85: [1, 2],
  91: [1],
  108: [1, 2, 3, 4],
  114: [1],
  116: [1, 2, 3],
  126: [1, 2],
  176: [1, 2, 3, 4, 5],
  178: [1],
  185: [4, 5, 6, 7],
  197: [1, 2, 3],
  200: [1],
  206: [1],
  210: [1, 2],
  215: [1],
  227: [1, 2, 3],
  232: [1],
  268: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  280: [1],
  285: [1],
  313: [1, 2, 3, 4],
  336: [1, 2],
  339: [1, 2, 3, 4],
  340: [1],
  341: [1],
  343: [1],
  354: [1],
  399: [1],
  406: [1],
  411: [1, 2],
  417: [1],
  422: [1, 2],
  429: [1],
  432: [1, 2, 3],
  435: [1],
  444: [1, 2, 3, 4, 5, 6, 7],
  446: [1, 2, 3],
  449: [1],
  458: [1],
  468: [1, 2, 3, 4, 5],
  478: [1],
  479: [1, 2, 3],
  480: [1, 2],
  534: [1],
  560: [1],
  561: [1, 2, 3, 4, 5, 6, 7],
  562: [1, 2, 3, 4, 5, 6, 7],
};

/** Those that it does not: 2ME, variants of conversions and multicarts. */
const NAMED: Readonly<Record<number, readonly number[]>> = {
  60: [1],
  126: [3],
};

/** Those of boards that have a mapper number of their own. */
const REASSIGNED: readonly (readonly [mapper: number, submapper: number, now: number])[] = [
  [1, 3, 155],
  [4, 5, 249],
  [16, 1, 159],
  [16, 2, 157],
  [16, 3, 153],
];

function pairs(table: Readonly<Record<number, readonly number[]>>): [number, number][] {
  return Object.entries(table).flatMap(([mapper, submappers]) =>
    submappers.map((submapper): [number, number] => [Number(mapper), submapper]),
  );
}

/** Every submapper of every board that has no meaning there. */
function unknownSubmappers(): [number, number][] {
  const all = boardNumbers().flatMap((mapper) =>
    Array.from({ length: 15 }, (_, at): [number, number] => [mapper, at + 1]),
  );
  return all.filter(([mapper, submapper]) => !isSubmapperKnown(mapper, submapper));
}

/** The image of a mapper's first case: its sizes are those of its games. */
function imageOfCase(mapper: number): CartridgeImage {
  return testImage(caseOf(mapper)?.cartridge ?? { mapper });
}

function caseOf(mapper: number): BoardCase | undefined {
  return CASES.find(({ cartridge }) => cartridge.mapper === mapper && (cartridge.submapper ?? 0) === 0);
}

/** The pages of a board after random writes. */
function pagesAfterWrites(image: CartridgeImage): object {
  const harness = new BoardHarness(image);
  const random = new Prng(image.mapper);
  const steps = caseOf(image.mapper)?.steps ?? [];
  const known = steps.flatMap((step) => ("length" in step ? [step[0]] : []));
  for (let count = 0; count < 16; count++) {
    const isKnown = known.length > 0 && random.below(2) === 0;
    const address = isKnown ? known[random.below(known.length)]! : 0x4020 + random.below(0xbfe0);
    harness.write(address, random.byte());
  }
  return harness.derived();
}

function imageOf(mapper: number, submapper: number) {
  return readInes(buildRom({ nes2: true, mapper, submapper }), sha1Hex).image;
}

describe("submappers", () => {
  test.each(pairs(KNOWN))("%i.%i is known", (mapper, submapper) => {
    expect(supportGaps(imageOf(mapper, submapper)).filter((gap) => gap.includes("submapper"))).toEqual([]);
  });

  test.each(pairs(NAMED))("%i.%i is named", (mapper, submapper) => {
    const gap = `submapper ${submapper} of mapper ${mapper} is not known: it runs as submapper 0`;
    expect(supportGaps(imageOf(mapper, submapper))).toEqual([gap]);
  });

  test("all that a board does not know are named", () => {
    const unknown = unknownSubmappers().filter(([mapper]) => headerMapper(mapper) !== null);
    expect(unknown.length).toBeGreaterThan(5000);
    const isReassigned = new Set(REASSIGNED.map(([mapper, submapper]) => mapper * 16 + submapper));
    const wrong = unknown.filter(([mapper, submapper]) => {
      if (isReassigned.has(mapper * 16 + submapper)) return false;
      const text = `submapper ${submapper} of mapper ${mapper} is not known`;
      return !supportGaps(imageOf(mapper, submapper)).some((gap) => gap.startsWith(text));
    });
    expect(wrong).toEqual([]);
  });

  /** `createBoard` replaces them, whatever the board, so that one of each mapper is enough. */
  test("one that a board does not know runs as submapper 0", () => {
    const unknown = new Map(unknownSubmappers());
    unknown.delete(20); // its disk drive needs a BIOS
    expect(unknown.size).toBeGreaterThan(500);
    const wrong = [...unknown].filter(([mapper, submapper]) => {
      const image = imageOfCase(mapper);
      const pages = JSON.stringify(pagesAfterWrites({ ...image, submapper }));
      return pages !== JSON.stringify(pagesAfterWrites(image));
    });
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(DUPLICATES))("mapper %i is a second number", (number, now) => {
    const recipe = { mapper: Number(number) };
    for (const bytes of [buildRom(recipe), buildRom({ ...recipe, nes2: true })]) {
      const { image, overrides } = readInes(bytes, sha1Hex);
      expect(image.mapper * 16 + image.submapper).toBe(now);
      const name = image.submapper === 0 ? `${image.mapper}` : `${image.mapper} submapper ${image.submapper}`;
      expect(overrides).toEqual([`mapper ${name} for ${number}: both are numbers of one board`]);
      expect(supportGaps(image)).toEqual([]);
    }
  });

  test.each(REASSIGNED)("%i.%i is mapper %i", (mapper, submapper, now) => {
    const { image, overrides } = readInes(buildRom({ nes2: true, mapper, submapper }), sha1Hex);
    expect([image.mapper, image.submapper]).toEqual([now, 0]);
    expect(supportGaps(image)).toEqual([]);
    const text = `mapper ${now} for ${mapper} submapper ${submapper}: both are numbers of one board`;
    expect(overrides).toEqual([text]);
  });
});
