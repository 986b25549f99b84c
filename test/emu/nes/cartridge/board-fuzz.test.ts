import { describe, test } from "bun:test";
import { HOOK_A12, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../../../src/emu/nes/cartridge/board.ts";
import { boardNumbers } from "../../../../src/emu/nes/cartridge/boards/index.ts";
import type { Nes } from "../../../../src/emu/nes/nes.ts";
import type { RegionName } from "../../../../src/emu/nes/region.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import type { TestCartridge } from "../../../support/board-harness.ts";
import { FRAME_PIXELS } from "../../../support/machines.ts";
import { programImage } from "../../../support/mutated-states.ts";
import { Prng } from "../../../support/prng.ts";
import { SOAK } from "../../../support/shared.ts";
import { soakSize } from "../../../support/soak.ts";
import { CASES } from "./boards/data/index.ts";

/** Frames of each cartridge. Writes to the board and resets come between them. */
const FRAMES = soakSize(2, 60);
const SEEDS = soakSize(1, 6);
/** `EMU_TEST_SEED` draws other programs and writes. */
const FIRST_SEED = 1 + SEEDS * Number(process.env.EMU_TEST_SEED ?? 0);
const REGION_NAMES: readonly RegionName[] = ["ntsc", "pal", "dendy"];
const TIMED_HOOKS = HOOK_A12 | HOOK_CPU_TIME | HOOK_PPU_FETCH;

/** A cartridge, and the addresses that its table cases write to. */
interface Fuzzed {
  readonly cartridge: TestCartridge;
  readonly addresses: readonly number[];
}

/** All cartridges of a mapper in the table, or one of them. */
function fuzzed(mapper: number, wantsAll = SOAK): Fuzzed[] {
  const cases = CASES.filter(({ cartridge }) => cartridge.mapper === mapper);
  const all = cases.map(({ cartridge, steps }) => ({
    cartridge,
    addresses: steps.flatMap((step) => (isWrite(step) ? [step[0]] : [])),
  }));
  if (all.length === 0) return [{ cartridge: { mapper }, addresses: [] }];
  return wantsAll ? all : [all.at(-1)!];
}

function isWrite(step: object): step is readonly [number, number] {
  return Array.isArray(step);
}

/** The same random writes and resets to every machine. */
function disturb(machines: readonly Nes[], addresses: readonly number[], random: Prng): void {
  for (let count = random.below(12); count > 0; count--) {
    const isKnown = addresses.length > 0 && random.below(3) !== 0;
    const address = isKnown
      ? addresses[random.below(addresses.length)]!
      : 0x4020 + random.below(0x10000 - 0x4020);
    const value = random.byte();
    for (const nes of machines) nes.cpu.write(address, value);
  }
  if (random.below(8) !== 0) return;
  const kind = random.below(2) === 0 ? "reset" : "power";
  for (const nes of machines) nes.reset(kind);
}

/** Compares a batched machine with one of single dots, and with one that continues from its states. */
function fuzz(
  { cartridge, addresses }: Fuzzed,
  seed: number,
  frames = FRAMES,
  region: RegionName = "ntsc",
): void {
  const random = new Prng(seed * 65_537 + cartridge.mapper);
  const image = { ...programImage(cartridge.mapper, seed, cartridge), region };
  const batched = createHeadless(image);
  const resumed = createHeadless(image);
  const isTimed = (batched.board.hooks & TIMED_HOOKS) !== 0;
  const exact = isTimed ? createHeadless(image, { exact: true }) : undefined;
  const machines = exact === undefined ? [batched, resumed] : [batched, resumed, exact];
  const pictures = machines.map(() => new Uint16Array(FRAME_PIXELS));
  const states = machines.map((nes) => new Uint8Array(nes.stateBytes));
  for (let frame = 0; frame < frames; frame++) {
    disturb(machines, addresses, random);
    const resumes = frame % 4 === 1;
    if (resumes) {
      batched.save(states[0]!);
      resumed.load(states[0]!);
    }
    const isDrawing = resumes && batched.ppu.state.line < batched.region.vblankLine;
    for (const [index, nes] of machines.entries()) {
      nes.runFrame(pictures[index]);
      nes.save(states[index]!);
    }
    for (let other = 1; other < machines.length; other++) {
      const kind = other === 1 ? "after loading a state" : "dot by dot";
      // After a reset, a few pixels are drawn before the state is saved, which does not hold them.
      const isPart = isDrawing && other === 1;
      if (!isPart && !sameBytes(pictures[0]!, pictures[other]!))
        throw new Error(`frame ${frame}: other picture ${kind}`);
      if (!sameBytes(states[0]!, states[other]!)) throw new Error(`frame ${frame}: other state ${kind}`);
    }
  }
}

function sameBytes(a: Uint8Array | Uint16Array, b: Uint8Array | Uint16Array): boolean {
  return Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;
}

describe("random programs and writes give the same bits batched, dot by dot, and after loading a state", () => {
  const mappers = boardNumbers();
  for (let start = 0; start < mappers.length; start += 50) {
    const some = mappers.slice(start, start + 50);
    test(`mappers ${some[0]} to ${some.at(-1)}`, () => {
      for (const mapper of some) {
        for (const one of fuzzed(mapper)) {
          for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            const region = REGION_NAMES[(seed - 1) % REGION_NAMES.length]!;
            try {
              fuzz(one, seed, FRAMES, region);
            } catch (error) {
              const what = `${JSON.stringify(one.cartridge)}, seed ${seed}, ${region}`;
              throw new Error(`${what}: ${error}`, { cause: error });
            }
          }
        }
      }
    }, 3_600_000);
  }
});

// An extra rise of A12 at the first tile of line 0, the pixels of the frame after a reset, and reads of the
// PPU that came after a write to $2001, and a write to memory that the PPU had yet to read.
test.each([
  [{ mapper: 4, submapper: 1, prgKib: 128 }, 11, 53],
  [{ mapper: 83, prgKib: 256, chrKib: 256 }, 8, 42],
  [{ mapper: 5, prgKib: 512, chrKib: 128, nvramKib: 32 }, 4, 56],
  [{ mapper: 682, prgKib: 256, chrKib: 512, chrRamKib: 32, ramKib: 32 }, 3, 2],
])(
  "%o, seed %i, which a long run found",
  (cartridge, seed, frames) => {
    const found = fuzzed(cartridge.mapper, true).find(
      (one) => JSON.stringify(one.cartridge) === JSON.stringify(cartridge),
    );
    fuzz(found!, seed, frames);
  },
  60_000,
);
