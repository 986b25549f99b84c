import type { ChannelReadings, SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { HOOK_A12, HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { FREE, Mmc3 } from "../nintendo/mmc3.ts";

const EXTRA_BANK = FREE; // of four registers: $9000, $9001, $B000, $B001
const MODE = FREE + 2; // BB......
const RATE = FREE + 4;
const LOW_NIBBLE_NEXT = FREE + 5;
const DATA = FREE + 6;
const STEP = FREE + 7;
// Words.
const FIFO_FIRST = 12;
const FIFO_COUNT = 13;
const SIGNAL = 14;
const PHASE = 15; // in hertz of the sample rate, up to the clock's
const TIME = 16;

const FIFO_BYTES = 1024;
const HALF_FULL = FIFO_BYTES / 2;
const CLOCK_HZ = 1_789_773;
const LOWEST_RATE_HZ = 4000;
const MAX_SIGNAL = 2047;

/** Step sizes of OKI's ADPCM, and how a code changes the place in them. Data sheet of the MSM6585. */
const STEPS: readonly number[] = [
  16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157,
  173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166,
  1282, 1411, 1552,
];
const STEP_CHANGES: readonly number[] = [-1, -1, -1, -1, 2, 4, 6, 8];
/** The loudest speech is as loud as two pulses of the APU. The hardware's level is not known. */
const UNIT = PULSE_LEVELS[15] / (MAX_SIGNAL + 1);

/**
 * Mapper 594, the Talkman 3-in-1 in its console: an MMC3 in blocks, ROM at $6000, and speech: a FIFO of 1 KiB
 * feeds an MSM6585. An empty FIFO leaves the output as it is.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_594
 */
class Talkman extends Mmc3 implements SoundChip {
  override readonly hooks: number = HOOK_A12 | HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO;
  readonly channels = ["MSM6585"];
  muted = 0;
  readonly #words = new Int32Array(this.registers.buffer, this.registers.byteOffset, TIME + 1);

  static override chips(_image: CartridgeImage): BoardChips {
    return { extraRamBytes: FIFO_BYTES };
  }

  override get soundChip(): SoundChip {
    return this;
  }

  protected override initialize(): void {
    this.registers.fill(0, FREE, STEP + 1);
    this.#words.fill(0, FIFO_FIRST, TIME);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    const words = this.#words;
    state.slots("board.fifoFirst", words, range(0, FIFO_BYTES - 1), FIFO_FIRST, 1);
    state.slots("board.fifoCount", words, range(0, FIFO_BYTES), FIFO_COUNT, 1);
    state.slots("board.signal", words, range(-MAX_SIGNAL - 1, MAX_SIGNAL), SIGNAL, 1);
    state.slots("board.phase", words, range(0, CLOCK_HZ), PHASE, 1);
    state.slots("board.speechTime", words, range(-MAX_CYCLES, MAX_CYCLES), TIME, 1);
    state.slots("board.rate", this.registers, range(0, 3), RATE, 1);
    state.slots("board.lowNibbleNext", this.registers, FLAG, LOW_NIBBLE_NEXT, 1);
    state.slots("board.step", this.registers, range(0, STEPS.length - 1), STEP, 1);
  }

  override runTo(cycle: number): void {
    const words = this.#words;
    const cycles = cycle - words[TIME];
    if (cycles <= 0) return;
    const first = words[TIME];
    words[TIME] = cycle;
    const rate = LOWEST_RATE_HZ << this.registers[RATE];
    const before = words[PHASE];
    const phase = before + cycles * rate;
    for (let sample = CLOCK_HZ; sample <= phase; sample += CLOCK_HZ)
      this.#sample(first + Math.ceil((sample - before) / rate));
    words[PHASE] = phase % CLOCK_HZ;
  }

  override rebase(cycles: number): void {
    this.#words[TIME] = Math.max(this.#words[TIME] - cycles, -cycles);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const page = address & 0xf000;
    if (page === 0x5000) this.#writeSpeech(address & 1, value, cycle);
    else if (page === 0x9000 || page === 0xb000) {
      this.registers[EXTRA_BANK + (page === 0xb000 ? 2 : 0) + (address & 1)] = value;
      this.updateBanks();
    } else if (address >= 0x8000) this.writeMmc3(address, value, cycle);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf000) !== 0x5000) return openBus;
    return this.#words[FIFO_COUNT] > HALF_FULL ? 0 : 0x40;
  }

  readChannels(into: ChannelReadings, first: number): void {
    into.set(first, 0, Math.abs(this.#words[SIGNAL]) / MAX_SIGNAL);
    into.flatten(first);
  }

  protected override mapRam(): void {
    this.memory.mapPrg(0x6000, 8 * KIB, this.registers[EXTRA_BANK] | this.#prgBlock);
  }

  protected override mapPrgBank(slot: number, bank: number): void {
    super.mapPrgBank(slot, (bank & 0x3f) | this.#prgBlock);
  }

  /** Without a block, the right pattern table is in the second half of 512 KiB, as on mapper 187. */
  protected override mapChrBank(slot: number, bank: number): void {
    const mode = this.registers[MODE] >> 6;
    super.mapChrBank(slot, mode === 0 ? bank | ((slot & 4) << 6) : bank | (mode === 1 ? 0x200 : 0x300));
  }

  get #prgBlock(): number {
    const mode = this.registers[MODE];
    return ((mode & 0x40) !== 0 ? 0xc0 : 0) | ((mode & 0x80) !== 0 ? 0x100 : 0);
  }

  /** $5001 sets the rate and empties the FIFO, $5000 adds a byte to it. */
  #writeSpeech(register: number, value: number, cycle: number): void {
    const words = this.#words;
    this.runTo(cycle);
    if (register === 1) {
      this.registers[RATE] = value >> 6;
      words[FIFO_COUNT] = 0;
    } else if (words[FIFO_COUNT] < FIFO_BYTES) {
      this.memory.bytes[this.#fifoAt(words[FIFO_COUNT])] = value;
      words[FIFO_COUNT]++;
    }
  }

  /** Where the byte `index` after the first one of the FIFO is. */
  #fifoAt(index: number): number {
    return this.memory.extraRam.offset + ((this.#words[FIFO_FIRST] + index) % FIFO_BYTES);
  }

  #sample(cycle: number): void {
    const { registers } = this;
    const words = this.#words;
    if (registers[LOW_NIBBLE_NEXT] === 0) {
      if (words[FIFO_COUNT] === 0) return;
      registers[DATA] = this.memory.bytes[this.#fifoAt(0)];
      words[FIFO_FIRST] = (words[FIFO_FIRST] + 1) % FIFO_BYTES;
      words[FIFO_COUNT]--;
    }
    const code = registers[LOW_NIBBLE_NEXT] === 0 ? registers[DATA] >> 4 : registers[DATA] & 0x0f;
    registers[LOW_NIBBLE_NEXT] ^= 1;
    const size = STEPS[registers[STEP]];
    const change =
      (size >> 3) +
      ((code & 4) !== 0 ? size : 0) +
      ((code & 2) !== 0 ? size >> 1 : 0) +
      ((code & 1) !== 0 ? size >> 2 : 0);
    const signal = words[SIGNAL] + ((code & 8) !== 0 ? -change : change);
    words[SIGNAL] = Math.max(-MAX_SIGNAL - 1, Math.min(MAX_SIGNAL, signal));
    const step = registers[STEP] + STEP_CHANGES[code & 7];
    registers[STEP] = Math.max(0, Math.min(STEPS.length - 1, step));
    const level = Math.round(words[SIGNAL] * UNIT);
    this.sound.setExpansionLevel(cycle, level, this.muted === 0 ? level : 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 594,
    name: "Rinco Talkman 3-in-1 (FSG2)",
    board: Talkman,
    wiki: ["NES_2.0_Mapper_594"],
  },
];
