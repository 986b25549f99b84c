import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_AUDIO, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import {
  CYCLES_PER_TICK,
  SUNSOFT_5B_BYTES,
  SUNSOFT_5B_LEVEL,
  SUNSOFT_5B_WORDS,
  Sunsoft5bSound,
} from "./sunsoft-5b-sound.ts";

// Registers 0–15 are those of the chip: CHR 0–7, PRG 8–B, mirroring C, IRQ control D and counter E, F.
const PRG_6000 = 8; // ERBBBBBB: RAM enable, RAM instead of ROM, bank
const MIRRORING = 0x0c;
const IRQ_CONTROL = 0x0d; // C......I: counter enable, IRQ enable
const COMMAND = 16;
const COUNTER_WORD = 8;

const SOUND_DIVIDER_WORD = 9; // cycles until the next tick
const SOUND = 64;
const SOUND_WORDS = 24;

const COUNTS = 0x80;
const IRQ_ENABLED = 0x01;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * Mapper 69, Sunsoft FME-7, and 5B with sound: a 16-bit counter counts cycles down and fires when it wraps.
 * https://www.nesdev.org/wiki/Sunsoft_FME-7
 */
class Fme7 extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_AUDIO;
  readonly #sound = new Sunsoft5bSound(
    this.registers.subarray(SOUND, SOUND + SUNSOFT_5B_BYTES),
    this.words.subarray(SOUND_WORDS, SOUND_WORDS + SUNSOFT_5B_WORDS),
    SUNSOFT_5B_LEVEL,
  );

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    this.#sound.powerOn();
    this.words[SOUND_DIVIDER_WORD] = CYCLES_PER_TICK;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.command", this.registers, range(0, 15), COMMAND, 1);
    state.slots("board.irqCounter", this.words, WORD, COUNTER_WORD, 1);
    state.slots("board.soundDivider", this.words, range(1, CYCLES_PER_TICK), SOUND_DIVIDER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    if (address < 0xa000) this.registers[COMMAND] = value & 0x0f;
    else if (address < 0xc000) this.#writeParameter(this.registers[COMMAND], value, cycle);
    else if (address < 0xe000) this.#sound.select(value);
    else this.#sound.write(value);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[page]);
    const low = registers[PRG_6000];
    const ramOn = (low & 0x80) !== 0;
    if ((low & 0x40) === 0) memory.mapPrg(0x6000, 8 * KIB, low & 0x3f);
    else memory.mapPrgRam(0x6000, 8 * KIB, low & 0x3f, ramOn, ramOn);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG_6000 + 1 + slot] & 0x3f);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    memory.mirror(MIRRORINGS[registers[MIRRORING] & 3]);
  }

  protected override count(cycles: number, first: number): void {
    this.#runSound(cycles, first);
    if ((this.registers[IRQ_CONTROL] & COUNTS) === 0) return;
    const counter = this.words[COUNTER_WORD];
    this.words[COUNTER_WORD] = (counter - cycles) & 0xffff;
    if (cycles > counter && (this.registers[IRQ_CONTROL] & IRQ_ENABLED) !== 0)
      this.assertIrq(first + counter);
  }

  protected override cyclesToIrq(): number {
    const both = COUNTS | IRQ_ENABLED;
    return (this.registers[IRQ_CONTROL] & both) === both ? this.words[COUNTER_WORD] + 1 : NEVER;
  }

  #runSound(cycles: number, first: number): void {
    const { words } = this;
    let left = cycles;
    for (; words[SOUND_DIVIDER_WORD] <= left; words[SOUND_DIVIDER_WORD] = CYCLES_PER_TICK) {
      left -= words[SOUND_DIVIDER_WORD];
      this.#sound.tick(first + cycles - left, this.sound);
    }
    words[SOUND_DIVIDER_WORD] -= left;
  }

  #writeParameter(command: number, value: number, cycle: number): void {
    const counter = this.words[COUNTER_WORD];
    if (command === IRQ_CONTROL) this.clearIrq(cycle);
    if (command === 0x0e) this.words[COUNTER_WORD] = (counter & 0xff00) | value;
    else if (command === 0x0f) this.words[COUNTER_WORD] = (counter & 0x00ff) | (value << 8);
    else this.registers[command] = value;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 69,
    name: "Sunsoft FME-7, 5A, 5B",
    board: Fme7,
    wiki: ["Sunsoft_FME-7"],
    unif: [{ names: "JLROM JSROM BTR SUNSOFT-FME-7" }],
  },
];

/** Names of its registers. */
export const FME7_REGISTERS: RegisterNames = {
  board: Fme7,
  places: {
    chr: [0, 8, 8],
    prg: [PRG_6000, 8, 4],
    mirroring: [MIRRORING, 2],
    irqControl: IRQ_CONTROL,
  },
};
