import { expect, test } from "bun:test";
import fc from "fast-check";
import { Arena } from "../../../../src/emu/arena.ts";
import { Nes } from "../../../../src/emu/nes/nes.ts";
import type { Ppu } from "../../../../src/emu/nes/ppu/ppu.ts";
import { PPU_FIELDS } from "../../../../src/emu/nes/ppu/state.ts";
import { REGIONS } from "../../../../src/emu/nes/region.ts";
import { testImage } from "../../../support/board-harness.ts";
import { Prng } from "../../../support/prng.ts";

const OAMADDR = 3;
const OAMDATA = 4;
const PPUMASK = 1;
const PAGE = 256;

interface Moment {
  readonly region: "ntsc" | "pal" | "dendy";
  readonly line: number;
  readonly mask: number;
  readonly oamAddress: number;
}

/** A PPU at the start of a line, with PPUMASK and OAMADDR set before; returns it with the CPU cycle. */
function ppuAt({ region, line, mask, oamAddress }: Moment, exact: boolean): { ppu: Ppu; cycle: number } {
  const image = testImage({ mapper: 0, chrKib: 8, prgKib: 32 });
  const nes = new Nes(new Arena(new SharedArrayBuffer(Nes.arenaBytes(image))), image, { region, exact });
  const { ppu } = nes;
  ppu.state.warmingUp = 0;
  ppu.writeRegister(PPUMASK, mask, 10, 0);
  ppu.writeRegister(OAMADDR, oamAddress, 11, 0);
  const timing = REGIONS[region];
  const cycle = Math.ceil((line * 341 * timing.masterClocksPerDot) / timing.masterClocksPerCpuCycle);
  ppu.catchUp(cycle);
  // Rendering has reset OAMADDR.
  ppu.writeRegister(OAMADDR, oamAddress, cycle + 1, 0);
  return { ppu, cycle: cycle + 2 };
}

/** Writes the bytes at once if the PPU accepts it, and otherwise one by one. */
function writeBytes(ppu: Ppu, bytes: Uint8Array, first: number): boolean {
  const isDone = ppu.fillOam(bytes, 0, bytes.length, first);
  for (let at = 0; at < bytes.length && !isDone; at++) {
    ppu.writeRegister(OAMDATA, bytes[at]!, first + 2 * at, bytes[at]!);
  }
  ppu.catchUp(first + 2 * (bytes.length - 1));
  return isDone;
}

test("bytes written to OAM at once leave what single writes leave, on every line of vertical blank", () => {
  let atOnce = 0;
  const property = fc.property(
    fc.constantFrom("ntsc", "pal", "dendy"),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 0x18),
    fc.nat(255),
    fc.oneof(fc.constant(PAGE), fc.integer({ min: 1, max: PAGE })),
    (region, part, mask, oamAddress, count) => {
      const { linesPerFrame } = REGIONS[region];
      const line = 238 + Math.floor(part * (linesPerFrame - 239));
      const bytes = new Prng(oamAddress + line).bytes(count);
      const [fast, exact] = [false, true].map((isExact) => {
        const { ppu, cycle } = ppuAt({ region, line, mask, oamAddress }, isExact);
        const isDone = writeBytes(ppu, bytes, cycle);
        if (isDone) atOnce++;
        const fields = PPU_FIELDS.names.filter((name) => name !== "blankingLatch");
        return { oam: [...ppu.state.oam], fields: fields.map((name) => [name, ppu.state[name]]) };
      });
      expect(fast).toEqual(exact!);
    },
  );
  fc.assert(property, {
    numRuns: 60,
    examples: [
      // The 2C07 refreshes OAM from its line 265 on, if rendering is on: the writes are lost.
      ["pal", 0.4, 0x18, 0, PAGE],
      ["pal", 0.37, 0x18, 0, PAGE],
      ["ntsc", 0.3, 0x18, 0, PAGE],
    ],
  });
  expect(atOnce).toBeGreaterThan(0);
});
