/**
 * Loads randomly damaged states of every kind of board into machines. Program: `bun mutated-states.ts SEED
 * COUNT [MAPPER…]` prints a line per board. A test runs it twice and compares the output, which shows
 * anything that does not depend only on the state.
 */
import { Arena } from "../../src/emu/arena.ts";
import { InputError } from "../../src/emu/input-error.ts";
import { FDS_SIDE_BYTES } from "../../src/emu/nes/cartridge/fds-image.ts";
import type { CartridgeImage } from "../../src/emu/nes/cartridge/image.ts";
import { Nes } from "../../src/emu/nes/nes.ts";
import { CASES } from "../emu/nes/cartridge/boards/data/index.ts";
import { type TestCartridge, testImage } from "./board-harness.ts";
import { FRAME_PIXELS } from "./machines.ts";
import { Prng } from "./prng.ts";
import { randomProgram } from "./random-program.ts";

const PROGRAM_BYTES = 0x8000;
const INES_HEADER_BYTES = 16;
const FDS_BYTES = 0x2000 + 2 * FDS_SIDE_BYTES;
const GUARD_BYTES = 4096;
const GUARD = 0xa5;
const STATE_HEADER_BYTES = 32;
const FRAMES_AFTER = 3;
/** Programs can put any values into memory, so most changes go to fields instead. */
const MAX_FIELDS = 4;

/** Boards that together have every kind of hook, counter, sound and extra memory. */
export const MUTATED_MAPPERS = [0, 1, 4, 5, 9, 16, 19, 20, 24, 30, 64, 69, 85] as const;

/**
 * A cartridge of a mapper with a random program. Default: the mapper's first cartridge of the board tests.
 */
export function programImage(mapper: number, seed: number, cartridge?: TestCartridge): CartridgeImage {
  const program = randomProgram(seed, mapper).subarray(INES_HEADER_BYTES, INES_HEADER_BYTES + PROGRAM_BYTES);
  const one = CASES.find(({ cartridge }) => cartridge.mapper === mapper);
  const image = testImage(cartridge ?? one?.cartridge ?? { mapper });
  const prgRom = mapper === 20 ? new Uint8Array(FDS_BYTES) : image.prgRom;
  for (let at = 0; at < prgRom.length; at += PROGRAM_BYTES)
    prgRom.set(program.subarray(0, Math.min(PROGRAM_BYTES, prgRom.length - at)), at);
  if (mapper === 20) prgRom.set(program.subarray(PROGRAM_BYTES - 0x2000), 0);
  return { ...image, prgRom };
}

/** A machine between two guard areas that nothing may write. */
class GuardedNes {
  readonly nes: Nes;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #stateStart: number;
  readonly #rom: number;

  constructor(image: CartridgeImage) {
    const bytes = Nes.arenaBytes(image);
    const buffer = new SharedArrayBuffer(bytes + 2 * GUARD_BYTES);
    this.#bytes = new Uint8Array(buffer).fill(GUARD);
    this.#bytes.fill(0, GUARD_BYTES, GUARD_BYTES + bytes);
    const arena = new Arena(buffer, GUARD_BYTES, bytes);
    this.nes = new Nes(arena, image);
    this.#end = arena.position;
    this.#stateStart = this.nes.stateFields.start;
    arena.seal();
    this.#rom = this.#hashOutside();
  }

  /** True if nothing outside the mutable run has changed, except the byte that belongs to nothing. */
  get isIntact(): boolean {
    return this.#hashOutside() === this.#rom;
  }

  #hashOutside(): number {
    const { spareByte } = this.nes.memory;
    const parts = [
      [0, spareByte],
      [spareByte + 1, this.#stateStart],
      [this.#end, this.#bytes.length],
    ] as const;
    return parts.reduce((hash, [from, to]) => Bun.hash.crc32(this.#bytes.subarray(from, to), hash), 0);
  }
}

/**
 * Plays a random program for some frames, with additional writes to the board: most of them to `registers` if
 * there are any, the others anywhere.
 */
export function playRandomly(
  nes: Nes,
  random: Prng,
  frames: number,
  pixels: Uint16Array,
  registers: readonly number[] = [],
): void {
  for (let frame = 0; frame < frames; frame++) {
    nes.runFrame(pixels);
    for (let count = random.below(6); count > 0; count--) {
      const isKnown = registers.length > 0 && random.below(3) !== 0;
      const anywhere = 0x4020 + random.below(0x10000 - 0x4020);
      nes.cpu.write(isKnown ? registers[random.below(registers.length)]! : anywhere, random.byte());
    }
  }
}

const ODD_VALUES = [0, 1, -1, 2, 7, 255, 256, 0x7fff, 0x3fff_ffff, -0x3fff_ffff, 0x7fff_ffff, -0x8000_0000];

/** Damages a state: fields inside and outside their ranges, and sometimes any bytes. */
function mutate(nes: Nes, state: Uint8Array, random: Prng): void {
  const { places } = nes.stateFields;
  const view = new DataView(state.buffer, state.byteOffset + STATE_HEADER_BYTES);
  for (let count = 1 + random.below(MAX_FIELDS); count > 0; count--) {
    const { offset, elementBytes, isDouble, count: elements, range } = places[random.below(places.length)]!;
    const at = offset + random.below(elements) * elementBytes;
    const within = range.min + Math.floor((random.next() / 2 ** 32) * (range.max - range.min + 1));
    const kind = random.below(10);
    if (isDouble) {
      const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e300, 2 ** 53][random.below(6)]!;
      view.setFloat64(at, kind < 8 ? within : odd, true);
    } else if (elementBytes === 1) {
      view.setUint8(at, kind < 6 ? within : random.byte());
    } else {
      const now = view.getInt32(at, true);
      const near = now + random.below(64) - 32;
      const value =
        kind < 4 ? within : kind < 7 ? near : kind < 9 ? ODD_VALUES[random.below(12)]! : random.next();
      view.setInt32(at, value, true);
    }
  }
  if (random.below(3) !== 0) return;
  for (let count = random.below(64); count > 0; count--)
    state[STATE_HEADER_BYTES + random.below(state.length - STATE_HEADER_BYTES)] = random.byte();
}

/** The result of loading a state: "refused", or the hash of the output of some frames. */
function outcome(nes: Nes, state: Uint8Array, pixels: Uint16Array): string {
  try {
    nes.load(state);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return "refused";
  }
  let hash = 0;
  for (let frame = 0; frame < FRAMES_AFTER; frame++) {
    nes.runFrame(pixels);
    hash = Bun.hash.crc32(new Uint8Array(pixels.buffer), hash);
    hash = Bun.hash.crc32(
      new Uint8Array(nes.samples.buffer, nes.samples.byteOffset, nes.sampleCount * 2),
      hash,
    );
  }
  const after = new Uint8Array(nes.stateBytes);
  nes.save(after);
  return Bun.hash.crc32(after, hash).toString(16);
}

/**
 * Loads `count` damaged states into two machines of a board. Throws if they differ or anything else is wrong.
 */
function runBoard(mapper: number, seed: number, count: number): string {
  const image = { ...programImage(mapper, seed), ...(mapper === 69 ? { console: "epsm" as const } : {}) };
  const random = new Prng(seed * 1000 + mapper);
  const one = new GuardedNes(image);
  const other = new GuardedNes(image);
  const pixels = new Uint16Array(FRAME_PIXELS);
  // The previous contents of a buffer must not matter.
  const otherPixels = new Uint16Array(FRAME_PIXELS).fill(0x155);
  const base = new Uint8Array(one.nes.stateBytes);
  const state = new Uint8Array(one.nes.stateBytes);
  let refused = 0;
  let digest = 0;
  for (let made = 0; made < count; made++) {
    if (made % 50 === 0) {
      one.nes.reset("power");
      playRandomly(one.nes, random, random.below(20), pixels);
      for (let steps = random.below(4) === 0 ? random.below(9000) : 0; steps > 0; steps--)
        one.nes.stepInstruction(pixels);
      one.nes.save(base);
    }
    state.set(base);
    mutate(one.nes, state, random);
    const before = state.slice();
    const first = guarded(mapper, made, before, () => outcome(one.nes, state, pixels));
    if (first === "refused") refused++;
    else if (guarded(mapper, made, before, () => outcome(other.nes, state, otherPixels)) !== first)
      throw new Error(`mapper ${mapper}, state ${made}: two machines differ`);
    if (!one.isIntact || !other.isIntact)
      throw new Error(`mapper ${mapper}, state ${made}: something was written outside the state`);
    digest = Bun.hash.crc32(first, digest);
  }
  return `mapper ${mapper}: ${count} states, ${refused} refused, digest ${digest.toString(16)}`;
}

function guarded(mapper: number, made: number, state: Uint8Array, run: () => string): string {
  try {
    return run();
  } catch (error) {
    throw new Error(`mapper ${mapper}, state ${made} (${Bun.hash.crc32(state).toString(16)})`, {
      cause: error,
    });
  }
}

if (import.meta.main) {
  const [seed = 1, count = 100, ...mappers] = process.argv.slice(2).map(Number);
  for (const mapper of mappers.length > 0 ? mappers : MUTATED_MAPPERS)
    process.stdout.write(`${runBoard(mapper, seed, count)}\n`);
}
