import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { Nes, NesOptions } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { consoleWith, FRAME_PIXELS } from "../../support/machines.ts";
import { Prng } from "../../support/prng.ts";
import { randomProgram } from "../../support/random-program.ts";
import { SHARED, SOAK } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

type Bytes = Uint8Array | Uint16Array | Int16Array;

const FRAMES = soakSize(60, 1200);
/** Frames of a ROM whose folder has one before it. Such ROMs begin alike. */
const SIBLING_FRAMES = soakSize(20, 1200);

function roms(): string[] {
  if (SHARED === undefined) return [];
  const root = join(SHARED, "roms");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".nes"))
    .sort();
}

/** Buttons that change often, the same for both runs. */
function buttonsAt(frame: number): number {
  if (frame % 60 < 5) return 8;
  return frame % 37 < 9 ? 1 << ((frame >> 5) & 7) : 0;
}

/**
 * Runs both machines and compares everything after each frame. In some frames the batched machine draws no
 * picture. In the second half some frames have no samples either. From then on only the filters behind the
 * sound chip differ.
 */
function compare(batched: Nes, exact: Nes, frames: number, seed = 1): void {
  const random = new Prng(seed);
  let buttons = 0;
  for (const nes of [batched, exact]) nes.setInput({ latchButtons: () => buttons });
  const pictures = [new Uint16Array(FRAME_PIXELS), new Uint16Array(FRAME_PIXELS)];
  const states = [new Uint8Array(batched.stateBytes), new Uint8Array(exact.stateBytes)];
  for (let frame = 0; frame < frames; frame++) {
    buttons = buttonsAt(frame);
    const isSeen = random.below(2) === 0;
    const isSoundComplete = frame < frames / 2;
    batched.runFrame(isSeen ? pictures[0] : undefined, isSoundComplete || random.below(2) === 0);
    exact.runFrame(pictures[1]);
    batched.save(states[0]);
    exact.save(states[1]);
    if (isSeen && !sameBytes(pictures[0], pictures[1])) throw new Error(`picture of frame ${frame} differs`);
    const compared = isSoundComplete ? batched.stateBytes : batched.machineStateBytes;
    if (!sameBytes(states[0].subarray(0, compared), states[1].subarray(0, compared)))
      throw new Error(`state after ${isSeen ? "" : "unseen "}frame ${frame} differs`);
    if (!isSoundComplete) continue;
    expect(batched.sampleCount).toBe(exact.sampleCount);
    const count = batched.sampleCount;
    if (!sameBytes(batched.samples.slice(0, count), exact.samples.slice(0, count)))
      throw new Error(`sound of frame ${frame} differs`);
  }
}

function compareRom(rom: string, options: NesOptions, frames: number): void {
  compare(consoleWith(rom, options), consoleWith(rom, { ...options, exact: true }), frames);
}

describe.skipIf(!SHARED)("batches and single dots give the same bits", () => {
  const all = roms();
  for (const [at, rom] of all.entries()) {
    const isFirst = at === 0 || dirname(all[at - 1]) !== dirname(rom);
    const frames = isFirst ? FRAMES : SIBLING_FRAMES;
    test(`${rom}: pictures, samples and states of ${frames} frames`, () => compareRom(rom, {}, frames));
  }
});

/** Regions and alignments in which reads and dots meet differently than at the default alignment. */
const ELSEWHERE: [string, NesOptions][] = [
  ...[0, 1, 2].map((alignment): [string, NesOptions] => [`at alignment ${alignment}`, { alignment }]),
  ["on PAL", { region: "pal" }],
  ["on PAL at alignment 0", { region: "pal", alignment: 0 }],
  ["on Dendy", { region: "dendy" }],
  ["on an early Famicom", { console: "famicom", cpuRevision: "letterless", ppuRevision: "B" }],
];
const SOME_ROMS = [
  "accuracycoin/AccuracyCoin.nes",
  "games/BladeBuster.nes",
  "nes-test-roms/mmc3_test_2/rom_singles/4-scanline_timing.nes",
];

describe.skipIf(!SHARED)("the same", () => {
  for (const [name, options] of ELSEWHERE) {
    for (const rom of SOME_ROMS) {
      test(`${name}: ${rom}`, () => compareRom(rom, options, SOAK ? 600 : 40));
    }
  }
});

describe("random programs give the same bits", () => {
  /**
   * Boards without interrupts, and boards with interrupts of every kind: by A12, lines, CPU cycles, fetches.
   */
  const mappers = [0, 1, 4, 5, 9, 18, 19, 24, 64, 69, 73, 85];
  const regions = ["ntsc", "pal", "dendy"] as const;
  /** Seeds of programs that once gave different bits, by mapper. */
  const FOUND: Readonly<
    Record<number, [seed: number, region: (typeof regions)[number], alignment: number][]>
  > = {
    // A page copied to OAM at once while the 2C07 refreshes OAM.
    0: [[2013063156, "pal", 0]],
    // A frame that ends within an instruction, after which the PPU was not caught up.
    4: [[3234518568, "dendy", 0]],
    // OAM DMA while the PAL PPU refreshes OAM, which loses the writes.
    24: [[2734261762, "pal", 0]],
    64: [[1402613489, "pal", 0]],
  };
  for (const mapper of mappers) {
    test(`mapper ${mapper}`, () => {
      const property = fc.property(
        fc.nat(0xffff_ffff),
        fc.constantFrom(...regions),
        fc.constantFrom<number>(0, 1, 2, 3),
        (seed, region, alignment) => {
          const { image } = readRom(randomProgram(seed, mapper), "program.nes");
          const options = { region, alignment } as const;
          const exact = createHeadless(image, { ...options, exact: true });
          compare(createHeadless(image, options), exact, 8, seed);
        },
      );
      fc.assert(property, { numRuns: soakSize(6, 400), examples: FOUND[mapper] ?? [] });
    });
  }
});

function sameBytes(a: Bytes, b: Bytes): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf(array: Bytes): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
