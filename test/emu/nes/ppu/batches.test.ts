import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Arena } from "../../../../src/emu/arena.ts";
import { Nes, type NesOptions } from "../../../../src/emu/nes/nes.ts";
import { PPU_FIELDS, type PpuState } from "../../../../src/emu/nes/ppu/state.ts";
import { testImage } from "../../../support/board-harness.ts";
import { FRAME_PIXELS } from "../../../support/machines.ts";
import { Prng } from "../../../support/prng.ts";
import { soakSize } from "../../../support/soak.ts";

const RUNS = soakSize(30, 5_000);
/** Runs of polls have three times as many accesses, most of them far from the last. */
const POLL_RUNS = soakSize(10, 5_000);
/** The latch of a circuit that only moves while the data port works, and is set anew whenever it does. */
const UNSEEN = new Set(["blankingLatch"]);
const FIELDS = PPU_FIELDS.names.filter((field) => !UNSEEN.has(field));

/** Boards by what they watch: nothing, A12, every fetch. */
const MAPPERS = [0, 4, 5, 9] as const;

/** Seeds and alignments with rare states. */
const EXAMPLES: [number, number, boolean][] = [
  // The search for sprites begins in the midst of a sprite, and finds a ninth one.
  [566_971_569, 3, false],
  // Rendering begins in a line's last dots: the attribute shifters hold bits of two tiles.
  [649_940_198, 0, false],
  // Nothing renders, and the first stretch of line 0 ends at its dot 2, before its first pixel comes out.
  [11_414_859, 1, false],
];

/** A console whose PPU is driven by hand, as the CPU's bus drives it. */
class DrivenPpu {
  readonly nes: Nes;
  /** Pictures of the frames that are over; undefined where nobody has seen the frame. */
  readonly frames: (Uint8Array | undefined)[] = [];
  #isSeen = true;
  /** Events up to the end of this cycle have passed. */
  #passedCycle = -1;
  readonly #leavesOut: boolean;
  #pixels = new Uint16Array(FRAME_PIXELS);

  /** With `leavesOut` nobody sees the first frame and every other one after it. */
  constructor(mapper: number, seed: number, options: NesOptions, leavesOut = false) {
    this.#leavesOut = leavesOut;
    this.#isSeen = !leavesOut;
    const image = {
      ...testImage({ mapper, chrKib: 128, prgKib: 128 }),
      chrRom: new Prng(seed).bytes(131_072),
    };
    this.nes = new Nes(new Arena(new SharedArrayBuffer(Nes.arenaBytes(image))), image, options);
    const { ppu } = this.nes;
    // The dots of the CPU's reset sequence went to another picture.
    this.nes.catchUp();
    const random = new Prng(seed + 1);
    ppu.state.palette.set(random.bytes(32).map((byte) => byte & 0x3f));
    // Sprites stand close together, so that some lines have more than eight.
    for (let at = 0; at < 256; at++) {
      ppu.pokeOam(at, (at & 3) === 0 ? (seed % 200) + random.below(64) : random.byte());
    }
    for (let at = 0x2000; at < 0x3000; at++) ppu.pokeVideo(at, random.byte());
    ppu.state.warmingUp = 0;
    ppu.beginFrame(this.#pixels, this.#isSeen);
  }

  /** One access in CPU cycle `cycle`; returns what it reads. */
  access(register: number, isWrite: boolean, value: number, cycle: number): number {
    const { ppu } = this.nes;
    this.#passEvents(cycle);
    const read = isWrite ? 0 : ppu.readRegister(register, cycle);
    if (isWrite) ppu.writeRegister(register, value, cycle, value ^ 0x55);
    if (ppu.frameDone === 1) this.#nextFrame();
    return read;
  }

  fields(cycle: number): Record<string, number> {
    const { ppu } = this.nes;
    ppu.catchUp(cycle);
    if (ppu.frameDone === 1) this.#nextFrame();
    return Object.fromEntries(FIELDS.map((field) => [field, ppu.state[field]]));
  }

  /** The picture as far as it is drawn, if somebody sees it. */
  picture(): Uint8Array | undefined {
    return this.#isSeen ? new Uint8Array(this.#pixels.buffer) : undefined;
  }

  /** Passes the events before `cycle`, each at the end of its cycle. */
  #passEvents(cycle: number): void {
    const { ppu } = this.nes;
    let done = Math.max(this.#passedCycle + 1, ppu.nextEventCycle);
    while (done < cycle) {
      ppu.passEvent(done);
      if (ppu.frameDone === 1) this.#nextFrame();
      done = Math.max(done + 1, ppu.nextEventCycle);
    }
    this.#passedCycle = cycle - 1;
  }

  /** The next frame goes to a picture that holds something else everywhere. */
  #nextFrame(): void {
    this.frames.push(this.picture());
    this.#pixels = new Uint16Array(FRAME_PIXELS).fill(0xffff);
    if (this.#leavesOut) this.#isSeen = !this.#isSeen;
    this.nes.ppu.beginFrame(this.#pixels, this.#isSeen);
  }
}

/** Whether what `batched` has drawn, if anything, is what `exact` has. */
function expectSamePicture(batched: Uint8Array | undefined, exact: Uint8Array | undefined): void {
  if (batched !== undefined) expect(Buffer.compare(batched, exact!)).toBe(0);
}

function gap(random: Prng): number {
  switch (random.below(8)) {
    case 0:
      return 1 + random.below(3000);
    case 1:
    case 2:
      return 1 + random.below(200);
    default:
      return 1 + random.below(24);
  }
}

interface Access {
  readonly register: number;
  readonly isWrite: boolean;
  readonly value: number;
}

/** Writes that leave rendering on most of the time. */
function pickAccess(random: Prng): Access {
  const kind = random.below(16);
  if (kind < 7) return { register: 2, isWrite: false, value: 0 };
  if (kind === 7) return { register: 4, isWrite: false, value: 0 };
  if (kind === 8) return { register: 7, isWrite: false, value: 0 };
  if (kind === 9)
    return { register: 1, isWrite: true, value: random.below(4) === 0 ? 0 : random.byte() | 0x18 };
  return { register: [0, 2, 3, 4, 5, 5, 6, 7][random.below(8)]!, isWrite: true, value: random.byte() };
}

/** Few accesses but reads of $2002, so that lines pass without others. */
function pickPoll(random: Prng): Access {
  if (random.below(64) !== 0) return { register: 2, isWrite: false, value: 0 };
  const isMask = random.below(2) === 0;
  return { register: isMask ? 1 : 5, isWrite: true, value: isMask ? 0x18 | random.below(8) : random.byte() };
}

/** Short gaps where the flags of $2002 may change: near the pre-render line, and where sprite 0 is shown. */
function gapOfPolls(random: Prng, { line, preRenderLine, oam, sprite0Hit }: PpuState): number {
  const hitsSoon = sprite0Hit === 0 && line >= oam[0]! - 1 && line <= oam[0]! + 16;
  const isNear = hitsSoon || line >= preRenderLine - 1 || line === 0;
  return 1 + random.below(isNear ? 12 : 2000);
}

/** Sprite 0 alone in some runs, and with others on its lines in others. */
function placeSprites(random: Prng): number[] {
  const y = random.below(4) === 0 ? random.below(8) : random.below(240);
  const count = 1 + random.below(2) * random.below(16);
  return Array.from({ length: 64 }, (_, sprite) => [
    sprite === 0 ? y : sprite < count ? y + random.below(20) : 0xff,
    random.byte(),
    random.byte() & 0xe3,
    random.below(4) === 0 ? 248 + random.below(8) : random.byte(),
  ]).flat();
}

/** How a run accesses the PPU. */
interface Style {
  readonly accesses: number;
  readonly gap: (random: Prng, ppu: PpuState) => number;
  readonly pick: (random: Prng) => Access;
  readonly sprites?: (random: Prng) => readonly number[];
}

const ANY_ACCESS: Style = { accesses: 250, gap, pick: pickAccess };
const POLLS: Style = { accesses: 750, gap: gapOfPolls, pick: pickPoll, sprites: placeSprites };

function compareRuns(
  mapper: number,
  seed: number,
  alignment: number,
  leavesOut: boolean,
  style = ANY_ACCESS,
): void {
  const region = (["ntsc", "ntsc", "pal", "dendy"] as const)[seed & 3];
  const batched = new DrivenPpu(mapper, seed, { alignment, region }, leavesOut);
  const exact = new DrivenPpu(mapper, seed, { alignment, region, exact: true });
  const random = new Prng(seed + 2);
  const sprites = style.sprites?.(random) ?? [];
  let cycle = 10;
  for (const driven of [batched, exact]) {
    for (const [at, byte] of sprites.entries()) driven.nes.ppu.pokeOam(at, byte);
    driven.access(1, true, 0x1e, cycle);
  }
  for (let count = 0; count < style.accesses; count++) {
    cycle += style.gap(random, exact.nes.ppu.state);
    const { register, isWrite, value } = style.pick(random);
    const read = batched.access(register, isWrite, value, cycle);
    expect(read).toBe(exact.access(register, isWrite, value, cycle));
    if (random.below(style === POLLS ? 40 : 6) !== 0) continue;
    cycle += random.below(30);
    expect(batched.fields(cycle)).toEqual(exact.fields(cycle));
    expect(Buffer.compare(batched.nes.ppu.state.oam, exact.nes.ppu.state.oam)).toBe(0);
    expectSamePicture(batched.picture(), exact.picture());
  }
  cycle += 2;
  expect(batched.fields(cycle)).toEqual(exact.fields(cycle));
  expect(Buffer.compare(batched.nes.ppu.state.secondaryOam, exact.nes.ppu.state.secondaryOam)).toBe(0);
  for (const units of ["spriteLow", "spriteHigh", "spriteCounter", "spriteAttributes"] as const) {
    expect(Buffer.compare(batched.nes.ppu.state[units], exact.nes.ppu.state[units])).toBe(0);
  }
  expectSamePicture(batched.picture(), exact.picture());
  expect(batched.frames.length).toBe(exact.frames.length);
  for (const [frame, picture] of batched.frames.entries()) {
    expectSamePicture(picture, exact.frames[frame]);
  }
}

describe("lines, cells and idle spans leave what dots would", () => {
  for (const mapper of MAPPERS) {
    test(`mapper ${mapper}: registers accessed at random dots`, () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(3), fc.boolean(), (seed, alignment, leavesOut) =>
          compareRuns(mapper, seed % 0x7fff_ffff, alignment, leavesOut),
        ),
        { numRuns: RUNS, examples: EXAMPLES },
      );
    });

    test(`mapper ${mapper}: the flags of $2002, where little else is accessed`, () => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(3), fc.boolean(), (seed, alignment, leavesOut) =>
          compareRuns(mapper, seed % 0x7fff_ffff, alignment, leavesOut, POLLS),
        ),
        { numRuns: POLL_RUNS },
      );
    });
  }
});
