import { expect, test } from "bun:test";
import { boardNumbers } from "../../../../../src/emu/nes/cartridge/boards/index.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { type BankRom, bankRom, markMemory, resultsOf } from "../../../../support/bank-rom.ts";
import { FRAME_PIXELS } from "../../../../support/machines.ts";
import { CASES } from "./data/index.ts";

const MAX_FRAMES = 8;
const WORK_RAM_BYTES = 0x800;

/** Runs a ROM in a whole machine. Returns the probes whose values are wrong. */
function wrongProbes(rom: BankRom): string[] {
  const nes = createHeadless(rom.image);
  const { memory } = nes;
  const expected = markMemory(memory, rom.probes);
  const pixels = new Uint16Array(FRAME_PIXELS);
  const workRam = memory.bytes.subarray(memory.workRam.offset, memory.workRam.offset + WORK_RAM_BYTES);
  let results: number[] | undefined;
  for (let frame = 0; frame < MAX_FRAMES && results === undefined; frame++) {
    nes.runFrame(pixels);
    results = resultsOf(workRam, rom.probes.length);
  }
  if (results === undefined) return ["the program does not end"];
  return rom.probes.flatMap(({ label }, index) => {
    const want = expected[index];
    return want === undefined || want === results[index] ? [] : [`${label}: ${results[index]}, not ${want}`];
  });
}

/** A register that stores the open bus when it is read, which in the table is $AB. */
const USES_OPEN_BUS = "GTROM's register takes the bus when it is read";

/** The Famicom Disk System has no case. */
const WITHOUT_CASE = [20];

test("programs find every bank of the tables through the CPU and the PPU", () => {
  const wrong: Record<string, string[]> = {};
  const checked = new Set<number>();
  let probes = 0;
  for (const one of CASES) {
    const rom = one.name === USES_OPEN_BUS ? undefined : bankRom(one);
    if (rom === undefined) continue;
    const { mapper, submapper = 0 } = one.cartridge;
    checked.add(mapper);
    probes += rom.probes.length;
    const found = wrongProbes(rom);
    if (found.length > 0) wrong[`${mapper}.${submapper} ${one.name}`] = found;
  }
  expect(wrong).toEqual({});
  expect(boardNumbers().filter((mapper) => !checked.has(mapper))).toEqual(WITHOUT_CASE);
  expect(probes).toBeGreaterThan(10_000);
});
