import { describe, expect, test } from "bun:test";
import type { Nes } from "../../../../../src/emu/nes/nes.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { type TestCartridge, testImage } from "../../../../support/board-harness.ts";
import type { Write } from "./board-case.ts";
import { boardProgram } from "./board-program.ts";

const SPRITES_HIGH = 0x08;
const NMI_ENABLED = 0x80;
const NMI_HANDLER = 0xf000;
const FRAMES = 4;

interface Counter {
  readonly name: string;
  readonly cartridge: TestCartridge;
  /** Writes that ask for line 40. */
  readonly setUp: readonly Write[];
  /** The register that shows `pending` and `inFrame`. */
  readonly status: number;
  readonly pending: number;
  readonly inFrame: number;
}

const COUNTERS: readonly Counter[] = [
  {
    name: "MMC5",
    cartridge: { mapper: 5, prgKib: 32 },
    setUp: [[0x5203, 40]],
    status: 0x5204,
    pending: 0x80,
    inFrame: 0x40,
  },
  {
    name: "Rainbow",
    cartridge: { mapper: 682, prgKib: 32, chrKib: 32, ramKib: 32, chrRamKib: 32 },
    setUp: [
      [0x4150, 40],
      [0x4153, 100],
    ],
    status: 0x4151,
    pending: 0x01,
    inFrame: 0x40,
  },
];

/** A program that stores the counter's status at $01 in each vertical blank. */
function program({ setUp, status }: Counter, usesNmi: boolean): Uint8Array {
  const store = [0xad, status & 0xff, status >> 8, 0x85, 0x01]; // LDA status, STA $01
  const control = SPRITES_HIGH | (usesNmi ? NMI_ENABLED : 0);
  const poll = [0x2c, 0x02, 0x20, 0x10, 0xfb, ...store]; // BIT $2002, BPL to it
  const prg = boardProgram({ setUp, control, loop: usesNmi ? [] : poll });
  prg.set([...store, 0x40], NMI_HANDLER & 0x7fff); // RTI
  prg.set([NMI_HANDLER & 0xff, NMI_HANDLER >> 8], 0x7ffa);
  return prg;
}

describe("an NMI acknowledges the interrupt of a board that watches for its vector", () => {
  test.each(COUNTERS)("$name", (counter) => {
    for (const usesNmi of [false, true]) {
      const image = { ...testImage(counter.cartridge), prgRom: program(counter, usesNmi) };
      const fast: Nes = createHeadless(image);
      const exact: Nes = createHeadless(image, { exact: true });
      const states = [new Uint8Array(fast.stateBytes), new Uint8Array(exact.stateBytes)] as const;
      for (let frame = 0; frame < FRAMES; frame++) {
        fast.runFrame();
        exact.runFrame();
        fast.save(states[0]);
        exact.save(states[1]);
        expect(Buffer.compare(...states)).toBe(0);
      }
      const status = fast.peek("cpu", 0x01);
      expect(status & counter.pending).toBe(usesNmi ? 0 : counter.pending);
      expect(status & counter.inFrame).toBe(0);
    }
  });
});
