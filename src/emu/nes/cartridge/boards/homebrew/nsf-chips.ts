import type { ChannelReadings, SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { LEVEL_UNIT, PULSE_LEVELS } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";
import { NSF_5B, NSF_FDS, NSF_MMC5, NSF_N163, NSF_VRC6, NSF_VRC7 } from "../../nsf-program.ts";
import { VRC6_SOUND_BYTES, VRC6_SOUND_UNIT, VRC6_SOUND_WORDS, Vrc6Sound } from "../konami/vrc6-sound.ts";
import { vrc7Sound } from "../konami/vrc7-sound.ts";
import {
  CYCLES_PER_CHANNEL,
  NAMCO_163_LOUDNESS,
  NAMCO_163_SOUND_BYTES,
  Namco163Sound,
} from "../namco/namco-163-sound.ts";
import {
  FDS_CUTOFF_SHARE,
  FDS_FULL_LEVEL,
  FDS_SOUND_BYTES,
  FDS_SOUND_WORDS,
  FdsSound,
} from "../nintendo/fds-sound.ts";
import { MMC5_SOUND_BYTES, MMC5_SOUND_WORDS, Mmc5Sound } from "../nintendo/mmc5-sound.ts";
import { LOW_PASS_WORDS, LowPass } from "../parts/low-pass.ts";
import { CYCLES_PER_SAMPLE, OPLL_BYTES, type Opll } from "../parts/opll.ts";
import {
  CYCLES_PER_TICK,
  SUNSOFT_5B_BYTES,
  SUNSOFT_5B_LEVEL,
  SUNSOFT_5B_WORDS,
  Sunsoft5bSound,
} from "../sunsoft/sunsoft-5b-sound.ts";

/** Bytes of RAM for the state of `NsfChips`. */
export const NSF_CHIPS_BYTES = 1024;

// Words: each chip's level, three dividers, and the words of the chips.
const LEVELS = 0;
const CHIPS = 6;
const DIVIDERS = LEVELS + CHIPS;
const VRC6_WORDS = DIVIDERS + 3;
const MMC5_WORDS = VRC6_WORDS + VRC6_SOUND_WORDS;
const FDS_WORDS = MMC5_WORDS + MMC5_SOUND_WORDS;
const FILTER_WORDS = FDS_WORDS + FDS_SOUND_WORDS;
const SUNSOFT_WORDS = FILTER_WORDS + LOW_PASS_WORDS;
const WORDS = SUNSOFT_WORDS + SUNSOFT_5B_WORDS;

// Bytes behind the words.
const VRC7 = 4 * WORDS;
const VRC6 = VRC7 + OPLL_BYTES;
const MMC5 = VRC6 + VRC6_SOUND_BYTES;
const N163 = MMC5 + MMC5_SOUND_BYTES;
const FDS = N163 + NAMCO_163_SOUND_BYTES;
const SUNSOFT = FDS + FDS_SOUND_BYTES;
const N163_RAM = SUNSOFT + SUNSOFT_5B_BYTES;
const N163_ADDRESS = N163_RAM + 128; // IAAAAAAA: increment, address
const FACTOR_1 = N163_ADDRESS + 1;
const FACTOR_2 = N163_ADDRESS + 2;

// The order of the levels and of the dividers.
const VRC6_LEVEL = 0;
const VRC7_LEVEL = 1;
const FDS_LEVEL = 2;
const MMC5_LEVEL = 3;
const N163_LEVEL = 4;
const SUNSOFT_LEVEL = 5;
const VRC7_DIVIDER = 0;
const N163_DIVIDER = 1;
const SUNSOFT_DIVIDER = 2;

/** Louder than any chip. */
const MAX_LEVEL = 8 * LEVEL_UNIT;

/**
 * The sound chips of an NSF, all at once if it asks for them: their registers at the addresses that NSF gives
 * them, and the sum of their levels. https://www.nesdev.org/wiki/NSF#Sound_Chip_Support
 */
export class NsfChips implements SoundChip {
  readonly #chips: number;
  readonly #state: Uint8Array;
  readonly #levels: Int32Array;
  readonly #dividers: Int32Array;
  readonly #vrc6: Vrc6Sound;
  readonly #vrc7: Opll;
  readonly #fds: FdsSound;
  readonly #filter: LowPass;
  readonly #mmc5: Mmc5Sound;
  readonly #n163: Namco163Sound;
  readonly #sunsoft: Sunsoft5bSound;
  readonly #sinks: readonly ChipSink[];
  /** The chips that are in use. */
  readonly #used: readonly SoundChip[];
  readonly channels: readonly string[];
  #muted = 0;

  /** `state` is NSF_CHIPS_BYTES, aligned to 4; `chips` are NSF_ bits. */
  constructor(state: Uint8Array, chips: number) {
    this.#chips = chips;
    this.#state = state;
    const words = new Int32Array(state.buffer, state.byteOffset, WORDS);
    const bytesAt = (at: number, count: number): Uint8Array => state.subarray(at, at + count);
    const wordsAt = (at: number, count: number): Int32Array => words.subarray(at, at + count);
    this.#levels = wordsAt(LEVELS, CHIPS);
    this.#dividers = wordsAt(DIVIDERS, 3);
    this.#vrc6 = new Vrc6Sound(
      bytesAt(VRC6, VRC6_SOUND_BYTES),
      wordsAt(VRC6_WORDS, VRC6_SOUND_WORDS),
      VRC6_SOUND_UNIT,
    );
    this.#vrc7 = vrc7Sound(bytesAt(VRC7, OPLL_BYTES));
    this.#fds = new FdsSound(
      bytesAt(FDS, FDS_SOUND_BYTES),
      wordsAt(FDS_WORDS, FDS_SOUND_WORDS),
      FDS_FULL_LEVEL,
    );
    this.#filter = new LowPass(wordsAt(FILTER_WORDS, LOW_PASS_WORDS), FDS_CUTOFF_SHARE, this.#fds);
    this.#mmc5 = new Mmc5Sound(bytesAt(MMC5, MMC5_SOUND_BYTES), wordsAt(MMC5_WORDS, MMC5_SOUND_WORDS));
    this.#n163 = new Namco163Sound(
      bytesAt(N163, NAMCO_163_SOUND_BYTES),
      bytesAt(N163_RAM, 128),
      NAMCO_163_LOUDNESS * PULSE_LEVELS[15],
    );
    this.#sunsoft = new Sunsoft5bSound(
      bytesAt(SUNSOFT, SUNSOFT_5B_BYTES),
      wordsAt(SUNSOFT_WORDS, SUNSOFT_5B_WORDS),
      SUNSOFT_5B_LEVEL,
    );
    const muted = new Int32Array(CHIPS);
    this.#sinks = Array.from({ length: CHIPS }, (_, chip) => new ChipSink(this.#levels, muted, chip));
    // In the order of their bits.
    const all = [this.#vrc6, this.#vrc7, this.#fds, this.#mmc5, this.#n163, this.#sunsoft];
    this.#used = all.filter((_, bit) => ((chips >> bit) & 1) !== 0);
    this.channels = this.#used.flatMap((chip) => chip.channels);
  }

  get muted(): number {
    return this.#muted;
  }

  set muted(channels: number) {
    this.#muted = channels;
    let left = channels;
    for (const chip of this.#used) {
      const { length } = chip.channels;
      chip.muted = left & ((1 << length) - 1);
      left >>= length;
    }
  }

  readChannels(into: ChannelReadings, first: number, clockHz: number): void {
    let at = first;
    for (const chip of this.#used) {
      chip.readChannels(into, at, clockHz);
      at += chip.channels.length;
    }
  }

  /** Sets the chips as they are at power-on. */
  powerOn(): void {
    // The levels stay: the mixer still has them, and the next run changes them.
    this.#state.fill(0, 4 * DIVIDERS);
    this.#dividers[VRC7_DIVIDER] = CYCLES_PER_SAMPLE;
    this.#dividers[N163_DIVIDER] = CYCLES_PER_CHANNEL;
    this.#dividers[SUNSOFT_DIVIDER] = CYCLES_PER_TICK;
    this.#vrc6.powerOn();
    this.#vrc7.powerOn();
    this.#fds.powerOn();
    this.#mmc5.powerOn();
    this.#n163.powerOn();
    this.#sunsoft.powerOn();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("sound.levels", this.#levels, range(-MAX_LEVEL, MAX_LEVEL));
    state.slots("sound.vrc7Divider", this.#dividers, range(1, CYCLES_PER_SAMPLE), VRC7_DIVIDER, 1);
    state.slots("sound.n163Divider", this.#dividers, range(1, CYCLES_PER_CHANNEL), N163_DIVIDER, 1);
    state.slots("sound.5bDivider", this.#dividers, range(1, CYCLES_PER_TICK), SUNSOFT_DIVIDER, 1);
    this.#vrc6.declareState(state);
    this.#vrc7.declareState(state);
    this.#fds.declareState(state);
    this.#filter.declareState(state, FDS_FULL_LEVEL);
    this.#mmc5.declareState(state);
    this.#n163.declareState(state);
    this.#sunsoft.declareState(state);
  }

  /** Runs the chips for `cycles`, the first of which is `first`. */
  run(cycles: number, first: number, sink: LevelSink): void {
    const sinks = this.#sinks;
    for (const one of sinks) one.sink = sink;
    if (this.#has(NSF_VRC6)) this.#vrc6.run(cycles, first, sinks[VRC6_LEVEL]);
    if (this.#has(NSF_MMC5)) this.#mmc5.run(cycles, first, sinks[MMC5_LEVEL]);
    if (this.#has(NSF_FDS)) {
      this.#filter.begin(first, sinks[FDS_LEVEL]);
      this.#fds.run(cycles, first, this.#filter);
      this.#filter.end(first + cycles);
    }
    if (this.#has(NSF_VRC7)) this.#runVrc7(cycles, first);
    if (this.#has(NSF_N163)) this.#runN163(cycles, first);
    if (this.#has(NSF_5B)) this.#runSunsoft(cycles, first);
  }

  /** A write to $4020–$FFFF. The chips have run to its cycle. */
  write(address: number, value: number): void {
    if (address < 0x5800) this.#writeLow(address, value);
    else if (this.#has(NSF_VRC6) && isVrc6Register(address))
      this.#vrc6.write((address >> 12) - 9, address & 3, value);
    else if (this.#has(NSF_VRC7) && address === 0x9010) this.#vrc7.select(value);
    else if (this.#has(NSF_VRC7) && address === 0x9030) this.#vrc7.write(value);
    else if (this.#has(NSF_5B) && address === 0xc000) this.#sunsoft.select(value);
    else if (this.#has(NSF_5B) && address === 0xe000) this.#sunsoft.write(value);
    else if (this.#has(NSF_N163) && address === 0xf800) this.#state[N163_ADDRESS] = value;
  }

  /** Reads a register; addresses without one return `openBus`. */
  read(address: number, openBus: number): number {
    if (this.#has(NSF_N163) && (address & 0xf800) === 0x4800) return this.#state[this.#nextN163Byte()];
    return this.peek(address, openBus);
  }

  /** Like `read`, without side effects. */
  peek(address: number, openBus: number): number {
    const state = this.#state;
    if (this.#has(NSF_N163) && (address & 0xf800) === 0x4800)
      return state[N163_RAM + (state[N163_ADDRESS] & 0x7f)];
    if (this.#has(NSF_FDS) && address >= 0x4040 && address < 0x4098) return this.#fds.read(address, openBus);
    if (!this.#has(NSF_MMC5)) return openBus;
    if (address === 0x5010) return this.#mmc5.pcmStatus;
    if (address === 0x5015) return this.#mmc5.status;
    const product = state[FACTOR_1] * state[FACTOR_2];
    if (address === 0x5205) return product & 0xff;
    return address === 0x5206 ? product >> 8 : openBus;
  }

  #has(chip: number): boolean {
    return (this.#chips & chip) !== 0;
  }

  #writeLow(address: number, value: number): void {
    if (this.#has(NSF_FDS) && address >= 0x4040 && address < 0x4098) {
      this.#fds.write(address, value);
      this.#filter.setLevel(this.#fds.level);
    } else if (this.#has(NSF_N163) && (address & 0xf800) === 0x4800) {
      this.#state[this.#nextN163Byte()] = value;
    } else if (this.#has(NSF_MMC5)) {
      // The PCM's read mode is not modelled: NSF players have only its write mode.
      if (address >= 0x5000 && address < 0x5016 && address !== 0x5010) this.#mmc5.write(address, value);
      else if (address === 0x5205) this.#state[FACTOR_1] = value;
      else if (address === 0x5206) this.#state[FACTOR_2] = value;
    }
  }

  #nextN163Byte(): number {
    const state = this.#state;
    const address = state[N163_ADDRESS];
    if ((address & 0x80) !== 0 && address !== 0xff) state[N163_ADDRESS] = address + 1;
    return N163_RAM + (address & 0x7f);
  }

  #runVrc7(cycles: number, first: number): void {
    const dividers = this.#dividers;
    let left = cycles;
    for (; dividers[VRC7_DIVIDER] <= left; dividers[VRC7_DIVIDER] = CYCLES_PER_SAMPLE) {
      left -= dividers[VRC7_DIVIDER];
      this.#vrc7.sample(first + cycles - left, this.#sinks[VRC7_LEVEL]);
    }
    dividers[VRC7_DIVIDER] -= left;
  }

  #runN163(cycles: number, first: number): void {
    const dividers = this.#dividers;
    let left = cycles;
    for (; dividers[N163_DIVIDER] <= left; dividers[N163_DIVIDER] = CYCLES_PER_CHANNEL) {
      left -= dividers[N163_DIVIDER];
      this.#n163.update(first + cycles - left, true, this.#sinks[N163_LEVEL]);
    }
    dividers[N163_DIVIDER] -= left;
  }

  #runSunsoft(cycles: number, first: number): void {
    const dividers = this.#dividers;
    let left = cycles;
    for (; dividers[SUNSOFT_DIVIDER] <= left; dividers[SUNSOFT_DIVIDER] = CYCLES_PER_TICK) {
      left -= dividers[SUNSOFT_DIVIDER];
      this.#sunsoft.tick(first + cycles - left, this.#sinks[SUNSOFT_LEVEL]);
    }
    dividers[SUNSOFT_DIVIDER] -= left;
  }
}

/** Returns true for $9000–$9003, $A000–$A003 and $B000–$B003, as a VRC6a has them. */
function isVrc6Register(address: number): boolean {
  return address >= 0x9000 && address < 0xc000 && (address & 0x0ffc) === 0;
}

/** Adds one chip's level to those of the others. */
class ChipSink implements LevelSink {
  sink: LevelSink | undefined;
  readonly #levels: Int32Array;
  readonly #muted: Int32Array;
  readonly #chip: number;

  /** `levels` are part of the state. `muted` are the parts of them that are not heard: usually 0. */
  constructor(levels: Int32Array, muted: Int32Array, chip: number) {
    this.#levels = levels;
    this.#muted = muted;
    this.#chip = chip;
  }

  setExpansionLevel(cycle: number, level: number, heard: number): void {
    const levels = this.#levels;
    const muted = level - heard;
    if (levels[this.#chip] === level && this.#muted[this.#chip] === muted) return;
    levels[this.#chip] = level;
    this.#muted[this.#chip] = muted;
    let sum = 0;
    let sumMuted = 0;
    for (let chip = 0; chip < CHIPS; chip++) {
      sum += levels[chip];
      sumMuted += this.#muted[chip];
    }
    this.sink?.setExpansionLevel(cycle, sum, sum - sumMuted);
  }
}
