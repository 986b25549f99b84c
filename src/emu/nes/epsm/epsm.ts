import type { MachineArena } from "../../arena.ts";
import type { ChannelReadings, SoundChip } from "../../sound-channels.ts";
import type { StateCheck } from "../../state-check.ts";
import { BYTE, FLAG, range } from "../../state-fields.ts";
import { LEVEL_UNIT, PULSE_LEVELS } from "../apu/levels.ts";
import type { LevelSink } from "../cartridge/board.ts";
import {
  CYCLES_PER_TICK,
  SUNSOFT_5B_BYTES,
  SUNSOFT_5B_WORDS,
  Sunsoft5bSound,
} from "../cartridge/boards/sunsoft/sunsoft-5b-sound.ts";
import type { CartridgeImage } from "../cartridge/image.ts";
import { NSF_EPSM } from "../cartridge/nsf-program.ts";
import { type InterruptLines, IRQ_EXPANSION, NEVER } from "../interrupts.ts";
import { MAX_CYCLES, type RegionTiming } from "../region.ts";
import { FM_BYTES, FM_WORDS, OpnFm } from "./opn-fm.ts";
import { BANK_BYTES, FM_CHANNELS } from "./opn-operators.ts";
import { OpnRhythm, RHYTHM_WORDS } from "./opn-rhythm.ts";
import { OpnTimers, TIMER_WORDS } from "./opn-timers.ts";

const CLOCK_HZ = 8_000_000;
/** What the SSG's ticks and the FM part's samples have in common. */
const CLOCKS_PER_UNIT = 16;
const UNITS_PER_TICK = 2;
const UNITS_PER_SAMPLE = 9;
const UNITS_PER_ROUND = UNITS_PER_TICK * UNITS_PER_SAMPLE;
const SAMPLES_HZ = CLOCK_HZ / (CLOCKS_PER_UNIT * UNITS_PER_SAMPLE);
const TICKS_HZ = CLOCK_HZ / (CLOCKS_PER_UNIT * UNITS_PER_TICK);

/**
 * The loudness is Mesen's, because no measurement is published: a single operator at its loudest has 2.74
 * times the amplitude of the APU's pulse, a tone of the SSG 0.914 times.
 */
const FM_UNIT = (2.74 * PULSE_LEVELS[15]) / 8168;
const SSG_LEVEL = 0.914 * PULSE_LEVELS[15];

// Words: time and ports, then the chips.
const TIME = 0; // the last CPU cycle that has been run
const FRACTION = 1; // of a unit since the last one, × the CPU's clock rate
const POSITION = 2; // units in this round of 18
const LEVELS = 3; // of the cartridge, the FM part and the SSG
const PARTS = 3;
const ADDRESS = LEVELS + PARTS; // the selected register
const OUT1 = ADDRESS + 1;
const DATA = OUT1 + 1; // what $4016 has transmitted: the high half of a value, and the port
const PORT = DATA + 1;
const SSG_WORDS = PORT + 1;
const FM_WORDS_AT = SSG_WORDS + SUNSOFT_5B_WORDS;
const RHYTHM_WORDS_AT = FM_WORDS_AT + FM_WORDS;
const TIMER_WORDS_AT = RHYTHM_WORDS_AT + RHYTHM_WORDS;
const WORDS = TIMER_WORDS_AT + TIMER_WORDS;

const CONTROL = 0x27;
/** The drums can only be muted together. */
const DRUMS_CHANNEL = FM_CHANNELS + 3;

const CARTRIDGE = 0;
const FM = 1;
const SSG = 2;
/** Louder than all channels of a part. */
const MAX_LEVEL = 32 * LEVEL_UNIT;

/** What an EPSM is connected to, and the ROM inside its chip. */
interface EpsmParts {
  readonly region: RegionTiming;
  readonly sink: LevelSink;
  readonly lines: InterruptLines;
  readonly drumRom?: Uint8Array | undefined;
}

/** Returns true if a game or a music file is for a console with an EPSM. */
export function isForEpsm({ console, nsf }: CartridgeImage): boolean {
  return console === "epsm" || (nsf !== undefined && (nsf.chips & NSF_EPSM) !== 0);
}

/**
 * The Expansion Port Sound Module: a YMF288 (OPN3) in the NES's expansion port, with six FM channels, six
 * drums, and an SSG, which is a YM2149. Programs write it at $401C–$401F or through OUT1 of $4016. The chip
 * runs when it is written, when a timer interrupts, and at the end of a frame. Its IRQ pin is connected to
 * the CPU's, its RD pin to +5 V, so nothing can be read.
 * https://www.nesdev.org/wiki/Expansion_Port_Sound_Module
 * https://github.com/Perkka2/EPSM (Nes Sound Expansion YMF288)
 *
 * A console sees the value of $4016 only in get cycles: in other cycles, the module latches what is on the
 * bus one cycle later. Here it sees the value in both.
 */
export class Epsm implements SoundChip {
  /** The cycle after which the chip must run, because a timer interrupts in it; NEVER if none does. */
  nextEventCycle = NEVER;
  readonly channels: readonly string[];
  /** Gets the levels of the cartridge's sound, which are added to those of the module. */
  readonly cartridge: LevelSink;

  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #sink: LevelSink;
  readonly #ssg: Sunsoft5bSound;
  readonly #fm: OpnFm;
  readonly #rhythm: OpnRhythm;
  readonly #timers: OpnTimers;
  readonly #lines: InterruptLines;
  readonly #ssgSink: LevelSink;
  /** The parts of `LEVELS` that are muted: usually 0. */
  readonly #mutedLevels = new Int32Array(PARTS);
  /** Units per CPU cycle as a fraction. */
  readonly #numerator: number;
  readonly #denominator: number;

  /**
   * Allocates its state in the mutable run of `arena`. Its level and the cartridge's go to `sink`. Without
   * `drumRom` the drums are silent.
   */
  constructor(arena: MachineArena, { region, sink, lines, drumRom }: EpsmParts) {
    const { numerator, denominator } = region.masterClockHz;
    this.#numerator = (CLOCK_HZ / CLOCKS_PER_UNIT) * region.masterClocksPerCpuCycle * denominator;
    this.#denominator = numerator;
    this.#sink = sink;
    this.#lines = lines;
    this.#words = arena.int32("epsmWords", WORDS);
    this.#bytes = arena.uint8("epsm", SUNSOFT_5B_BYTES + FM_BYTES);
    this.#ssg = new Sunsoft5bSound(
      this.#bytes.subarray(0, SUNSOFT_5B_BYTES),
      this.#words.subarray(SSG_WORDS, FM_WORDS_AT),
      SSG_LEVEL,
      "EPSM",
    );
    const registers = this.#bytes.subarray(SUNSOFT_5B_BYTES);
    const words = this.#words;
    this.#rhythm = new OpnRhythm(words.subarray(RHYTHM_WORDS_AT, TIMER_WORDS_AT), registers, drumRom);
    this.#timers = new OpnTimers(words.subarray(TIMER_WORDS_AT), registers);
    this.#fm = new OpnFm(words.subarray(FM_WORDS_AT, RHYTHM_WORDS_AT), registers, this.#rhythm);
    const fmNames = Array.from({ length: FM_CHANNELS }, (_, channel) => `EPSM FM ${channel + 1}`);
    this.channels = [...fmNames, ...this.#ssg.channels, "EPSM drums"];
    const sinkOf = (part: number): LevelSink => ({
      setExpansionLevel: (cycle, level, heard) => this.#setLevel(part, cycle, level, heard),
    });
    this.cartridge = sinkOf(CARTRIDGE);
    this.#ssgSink = sinkOf(SSG);
  }

  get muted(): number {
    const drums = this.#fm.mutesDrums ? 1 << DRUMS_CHANNEL : 0;
    return this.#fm.muted | (this.#ssg.muted << FM_CHANNELS) | drums;
  }

  set muted(channels: number) {
    this.#fm.muted = channels & ((1 << FM_CHANNELS) - 1);
    this.#fm.mutesDrums = ((channels >> DRUMS_CHANNEL) & 1) !== 0;
    this.#ssg.muted = (channels >> FM_CHANNELS) & 7;
  }

  /** Power-on, after the mutable run has been cleared. */
  powerOn(): void {
    this.#words[TIME] = -1;
    this.#mutedLevels.fill(0);
    this.#resetChip();
  }

  /** Silences the module and clears its registers, for the next track of a music file. */
  restart(cycle: number): void {
    this.runTo(cycle);
    this.#words.fill(0, ADDRESS);
    this.#bytes.fill(0);
    this.#resetChip();
    this.#lines.clearIrq(IRQ_EXPANSION, cycle);
  }

  #resetChip(): void {
    this.#ssg.powerOn();
    this.#fm.powerOn();
    this.#rhythm.powerOn();
    this.#timers.powerOn();
    this.nextEventCycle = NEVER;
  }

  /** Computes everything that a state does not hold. */
  stateLoaded(): void {
    this.#fm.stateLoaded();
    this.#rhythm.update();
    this.#schedule();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    const words = this.#words;
    state.slots("epsm.time", words, range(-MAX_CYCLES, MAX_CYCLES), TIME, 1);
    state.slots("epsm.fraction", words, range(0, this.#denominator - 1), FRACTION, 1);
    state.slots("epsm.position", words, range(0, UNITS_PER_ROUND - 1), POSITION, 1);
    state.slots("epsm.partLevels", words, range(-MAX_LEVEL, MAX_LEVEL), LEVELS, PARTS);
    state.slots("epsm.address", words, range(0, 2 * BANK_BYTES - 1), ADDRESS, 1);
    state.slots("epsm.out1", words, FLAG, OUT1, 1);
    state.slots("epsm.data", words, BYTE, DATA, 1);
    state.slots("epsm.port", words, range(0, 3), PORT, 1);
    this.#ssg.declareState(state);
    this.#fm.declareState(state);
    this.#rhythm.declareState(state);
    this.#timers.declareState(state);
  }

  /** Checks that its time and its IRQ fit the CPU's; throws through `state.require`. */
  checkState(state: StateCheck): void {
    const time = state.value("epsm.time");
    const cycle = state.value("cpu.cycle");
    state.require(time >= -1 && time <= cycle, `epsm.time is ${time} at CPU cycle ${cycle}`);
    const isLow = (state.value("interrupts.irqSources") & IRQ_EXPANSION) !== 0;
    const agrees = isLow === this.#timers.irqIn(state);
    state.require(agrees, "interrupts.irqSources does not agree with epsm.timerFlags");
  }

  /** The program writes `value` to $4016: edges of OUT1 transmit a port and a value. */
  writeOut(value: number, cycle: number): void {
    const words = this.#words;
    const out1 = (value >> 1) & 1;
    if (words[OUT1] === out1) return;
    words[OUT1] = out1;
    if (out1 === 1) {
      words[DATA] = value & 0xf0;
      words[PORT] = ((value >> 3) & 1) | ((value >> 1) & 2); // the bits are in reverse order
    } else this.write(words[PORT], words[DATA] | (value >> 4), cycle);
  }

  /**
   * Writes a port: 0 selects a register of the first bank and 1 writes it; 2 and 3 do the same for the
   * second.
   */
  write(port: number, value: number, cycle: number): void {
    const words = this.#words;
    if ((port & 1) === 0) {
      words[ADDRESS] = (port === 0 ? 0 : BANK_BYTES) | value;
      return;
    }
    const register = words[ADDRESS];
    // The bank of data must be that of the selected register.
    if (register >= BANK_BYTES !== (port === 3)) return;
    this.runTo(cycle);
    if (register < 0x0e) {
      this.#ssg.select(register);
      this.#ssg.write(value);
    } else if (register >= 0x10) {
      this.#fm.write(register, value);
      if (register < 0x20) this.#rhythm.write(register, value);
      if (register === CONTROL) this.#timers.control(value);
      this.#updateIrq(cycle);
      this.#schedule();
    }
  }

  /** Runs the chip up to and including `cycle`. */
  runTo(cycle: number): void {
    const words = this.#words;
    const numerator = this.#numerator;
    const denominator = this.#denominator;
    let time = words[TIME];
    if (cycle <= time) return;
    let fraction = words[FRACTION];
    for (;;) {
      const wait = Math.ceil((denominator - fraction) / numerator);
      if (time + wait > cycle) break;
      time += wait;
      fraction += wait * numerator - denominator;
      this.#runUnit(time);
    }
    words[FRACTION] = fraction + (cycle - time) * numerator;
    words[TIME] = cycle;
    this.#schedule();
  }

  /** The frame has ended before cycle `cycles`, which becomes cycle 0. */
  rebase(cycles: number): void {
    this.#words[TIME] -= cycles;
    if (this.nextEventCycle !== NEVER) this.nextEventCycle -= cycles;
  }

  readChannels(into: ChannelReadings, first: number): void {
    this.#fm.readChannels(into, first, SAMPLES_HZ);
    this.#ssg.readChannels(into, first + FM_CHANNELS, TICKS_HZ * CYCLES_PER_TICK);
    into.set(first + DRUMS_CHANNEL, 0, this.#rhythm.loudness());
    into.flatten(first + DRUMS_CHANNEL);
  }

  #runUnit(cycle: number): void {
    const words = this.#words;
    const position = words[POSITION] + 1;
    words[POSITION] = position === UNITS_PER_ROUND ? 0 : position;
    if (position % UNITS_PER_TICK === 0) this.#ssg.tick(cycle, this.#ssgSink);
    if (position % UNITS_PER_SAMPLE !== 0) return;
    const fm = this.#fm;
    fm.sample();
    this.#timers.clock();
    this.#updateIrq(cycle);
    this.#setLevel(FM, cycle, Math.round(fm.output * FM_UNIT), Math.round(fm.heard * FM_UNIT));
  }

  #updateIrq(cycle: number): void {
    if (this.#timers.irq !== 0) this.#lines.assertIrq(IRQ_EXPANSION, cycle);
    else this.#lines.clearIrq(IRQ_EXPANSION, cycle);
  }

  #schedule(): void {
    const samples = this.#timers.samplesToIrq();
    if (samples === NEVER) {
      this.nextEventCycle = NEVER;
      return;
    }
    const words = this.#words;
    const units = samples * UNITS_PER_SAMPLE - (words[POSITION] % UNITS_PER_SAMPLE);
    const wait = Math.ceil((units * this.#denominator - words[FRACTION]) / this.#numerator);
    this.nextEventCycle = words[TIME] + wait;
  }

  /** Sets the level of a part and sends the sum of all. */
  #setLevel(part: number, cycle: number, level: number, heard: number): void {
    const words = this.#words;
    const muted = this.#mutedLevels;
    if (words[LEVELS + part] === level && muted[part] === level - heard) return;
    words[LEVELS + part] = level;
    muted[part] = level - heard;
    const sum = words[LEVELS + CARTRIDGE] + words[LEVELS + FM] + words[LEVELS + SSG];
    const silent = muted[CARTRIDGE] + muted[FM] + muted[SSG];
    this.#sink.setExpansionLevel(cycle, sum, sum - silent);
  }
}
