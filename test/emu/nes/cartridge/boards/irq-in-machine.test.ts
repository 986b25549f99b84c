import { describe, expect, test } from "bun:test";
import type { Nes, NesOptions } from "../../../../../src/emu/nes/nes.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { type TestCartridge, testImage } from "../../../../support/board-harness.ts";
import { FRAME_PIXELS, frameHash } from "../../../../support/machines.ts";
import { type BoardProgram, boardProgram, HANDLER } from "./board-program.ts";

const FRAMES = 6;

/** A board whose interrupt a program uses: how to set it up, and how its handler acknowledges it. */
interface IrqCase extends BoardProgram {
  readonly name: string;
  readonly cartridge: TestCartridge;
  /** Lines in which the handler must be entered, if known. */
  readonly lines?: readonly [first: number, last: number];
  /** Number of interrupts per frame, if known. */
  readonly perFrame?: number;
}

const SPRITES_HIGH = 0x08;
const BACKGROUND_HIGH = 0x10;
const TALL_SPRITES = 0x20;

const MMC3_EACH_40_LINES: Omit<IrqCase, "name" | "cartridge"> = {
  setUp: [
    [0xc000, 39],
    [0xc001, 0],
    [0xe001, 0],
  ],
  acknowledge: [
    [0xe000, 0],
    [0xe001, 0],
  ],
  control: SPRITES_HIGH,
  perFrame: 6,
};

const CASES: readonly IrqCase[] = [
  { name: "MMC3 each 40 lines", cartridge: { mapper: 4, prgKib: 32 }, ...MMC3_EACH_40_LINES },
  { name: "MC-ACC each 40 lines", cartridge: { mapper: 4, submapper: 3, prgKib: 32 }, ...MMC3_EACH_40_LINES },
  {
    name: "MMC5 at line 100",
    cartridge: { mapper: 5, prgKib: 32 },
    setUp: [
      [0x5203, 100],
      [0x5204, 0x80],
    ],
    reads: [0x5204],
    acknowledge: [],
    control: TALL_SPRITES,
    lines: [100, 100],
    perFrame: 1,
  },
  {
    name: "MMC5 at line 1",
    cartridge: { mapper: 5, prgKib: 32 },
    setUp: [
      [0x5203, 1],
      [0x5204, 0x80],
    ],
    reads: [0x5204],
    acknowledge: [],
    control: 0,
    lines: [1, 1],
    perFrame: 1,
  },
  {
    name: "MMC5 at the last line",
    cartridge: { mapper: 5, prgKib: 32 },
    setUp: [
      [0x5203, 239],
      [0x5204, 0x80],
    ],
    reads: [0x5204],
    acknowledge: [],
    control: BACKGROUND_HIGH,
    lines: [239, 239],
    perFrame: 1,
  },
  {
    name: "TC0690",
    cartridge: { mapper: 48, prgKib: 32 },
    setUp: [
      [0xc000, 0xff - 30],
      [0xc001, 0],
      [0xc002, 0],
    ],
    acknowledge: [
      [0xc003, 0],
      [0xc002, 0],
    ],
    control: SPRITES_HIGH,
  },
  {
    name: "RAMBO-1 by A12",
    cartridge: { mapper: 64, prgKib: 32 },
    setUp: [
      [0xc000, 20],
      [0xc001, 0],
      [0xe001, 0],
    ],
    acknowledge: [
      [0xe000, 0],
      [0xe001, 0],
    ],
    control: BACKGROUND_HIGH,
  },
  {
    name: "RAMBO-1 by cycles",
    cartridge: { mapper: 64, prgKib: 32 },
    setUp: [
      [0xc000, 200],
      [0xc001, 1],
      [0xe001, 0],
    ],
    acknowledge: [
      [0xe000, 0],
      [0xe001, 0],
    ],
    control: SPRITES_HIGH,
  },
  ...[
    { source: "cycles", control: 0x80, counter: 7 },
    { source: "rises of A12", control: 0x85, counter: 30 },
    { source: "PPU reads", control: 0x86, counter: 100 },
  ].map(
    ({ source, control, counter }): IrqCase => ({
      name: `the J.Y. ASIC by ${source}`,
      cartridge: { mapper: 90, prgKib: 32 },
      setUp: [
        [0xc001, control],
        [0xc005, counter],
        [0xc003, 0],
      ],
      acknowledge: [
        [0xc002, 0],
        [0xc005, counter],
        [0xc003, 0],
      ],
      control: SPRITES_HIGH,
    }),
  ),
  {
    name: "Street Fighter III",
    cartridge: { mapper: 91, prgKib: 32 },
    setUp: [[0x7003, 0]],
    acknowledge: [
      [0x7002, 0],
      [0x7003, 0],
    ],
    control: SPRITES_HIGH,
    perFrame: 30,
  },
  {
    name: "VRC6 each eight lines",
    cartridge: { mapper: 24, prgKib: 32 },
    setUp: [
      [0xf000, 0x100 - 8],
      [0xf001, 0x03],
    ],
    acknowledge: [[0xf002, 0]],
    control: 0,
  },
  {
    name: "FME-7 each 3,000 cycles",
    cartridge: { mapper: 69, prgKib: 32 },
    setUp: [
      [0x8000, 0x0e],
      [0xa000, 3000 & 0xff],
      [0x8000, 0x0f],
      [0xa000, 3000 >> 8],
      [0x8000, 0x0d],
      [0xa000, 0x81],
    ],
    acknowledge: [
      [0x8000, 0x0f],
      [0xa000, 3000 >> 8],
      [0x8000, 0x0d],
      [0xa000, 0x81],
    ],
    control: 0,
  },
];

interface Entry {
  readonly frame: number;
  readonly cycle: number;
  readonly line: number;
}

/**
 * Runs the program and records each entry of its handler. With `eager`, the PPU catches up with the CPU in
 * every cycle.
 */
function run(one: IrqCase, eager: boolean): { entries: Entry[]; picture: string } {
  const image = { ...testImage({ chrRamKib: 8, ...one.cartridge }), prgRom: boardProgram(one) };
  const nes: Nes = createHeadless(image);
  if (eager) {
    Object.defineProperty(nes.board, "readsUntilIrq", { value: () => 1 });
    Object.defineProperty(nes.board, "risesUntilIrq", { get: () => 1 });
  }
  const entries: Entry[] = [];
  const step = nes.fastCpu.step.bind(nes.fastCpu);
  nes.fastCpu.step = () => {
    step();
    const { pc, line } = nes.registers();
    if (pc === HANDLER) entries.push({ frame: nes.frame, cycle: nes.totalCycles, line });
  };
  const pixels = new Uint16Array(FRAME_PIXELS);
  for (let frame = 0; frame < FRAMES; frame++) nes.runFrame(pixels);
  return { entries, picture: frameHash(pixels) };
}

describe("interrupts of boards in the machine", () => {
  for (const one of CASES) {
    test(one.name, () => {
      const lazy = run(one, false);
      expect(lazy.entries.length).toBeGreaterThan(2);
      const eager = run(one, true);
      expect(lazy.picture).toBe(eager.picture);
      expect(lazy.entries.map(({ cycle }) => cycle)).toEqual(eager.entries.map(({ cycle }) => cycle));
      if (one.lines !== undefined) {
        // The first frame is incomplete, because rendering is switched on in the middle of it.
        for (const { line } of eager.entries.slice(1)) {
          expect(line).toBeGreaterThanOrEqual(one.lines[0]);
          expect(line).toBeLessThanOrEqual(one.lines[1]);
        }
      }
      if (one.perFrame !== undefined) {
        const last = lazy.entries.filter(({ frame }) => frame === FRAMES - 1);
        expect(last.length).toBe(one.perFrame);
      }
    });
  }
});

/** Accesses of v while the PPU renders, after which the same nametable byte is read again. */
const ACCESSES_OF_V: readonly (readonly [name: string, loop: readonly number[]])[] = [
  ["increments $2007", [0xee, 0x07, 0x20]],
  ["points v at attributes", [0xa9, 0x23, 0x8d, 0x06, 0x20, 0xa9, 0xc0, 0x8d, 0x06, 0x20, 0xad, 0x07, 0x20]],
];
const LINE_COUNTERS: readonly IrqCase[] = [
  {
    name: "MMC5",
    cartridge: { mapper: 5, prgKib: 32 },
    setUp: [
      [0x5203, 40],
      [0x5204, 0x80],
    ],
    reads: [0x5204],
    control: SPRITES_HIGH,
  },
  {
    name: "Rainbow",
    cartridge: { mapper: 682, prgKib: 32, chrKib: 32, ramKib: 32, chrRamKib: 32 },
    setUp: [
      [0x4150, 40],
      [0x4153, 100],
      [0x4151, 0],
    ],
    reads: [0x4151],
    control: SPRITES_HIGH,
  },
];
const REGIONS: readonly NesOptions[] = [{}, { region: "pal" }];

describe("an interrupt by lines that seem to begin anywhere, because the program", () => {
  for (const [name, loop] of ACCESSES_OF_V) {
    test(`${name}`, () => {
      let interrupts = 0;
      for (const counter of LINE_COUNTERS) {
        for (const options of REGIONS) interrupts += compareWithDefinition({ ...counter, loop }, options);
      }
      expect(interrupts).toBeGreaterThan(4);
    });
  }
});

/** Runs a program beside the definition, with equal states. Returns the number of interrupts. */
function compareWithDefinition(one: IrqCase, options: NesOptions): number {
  const image = { ...testImage(one.cartridge), prgRom: boardProgram(one) };
  const fast: Nes = createHeadless(image, options);
  const exact: Nes = createHeadless(image, { ...options, exact: true });
  const states = [new Uint8Array(fast.stateBytes), new Uint8Array(exact.stateBytes)] as const;
  for (let frame = 0; frame < FRAMES; frame++) {
    fast.runFrame();
    exact.runFrame();
    fast.save(states[0]);
    exact.save(states[1]);
    if (Buffer.compare(...states) !== 0) throw new Error(`${one.name}: the state of frame ${frame} differs`);
  }
  return fast.peek("cpu", 0);
}
