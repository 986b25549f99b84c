/** Karaoke cartridges, whose microphone is Start of controller 3, as on Karaoke Studio (mapper 188). */
import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME, type PadSource } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { hearsSound } from "../bandai/karaoke-studio.ts";
import { CYCLES_PER_SAMPLE } from "../parts/opll.ts";
import { map16 } from "../parts/register-board.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import { Dance2000, MODE, PRG, PRG_32 } from "../unlicensed/dance-2000.ts";
import { YM2413_SOUND_BYTES, Ym2413Sound } from "./ym2413.ts";

/**
 * Mapper 514, Subor Karaoke: mapper 518 in one register at $8000–$FFFF: D0–D5 the 32 KiB bank, D6 horizontal
 * mirroring, D7 CHR switching. Its games need Dendy timing. https://www.nesdev.org/wiki/NES_2.0_Mapper_514
 */
class SuborKaraoke extends Dance2000 {
  override powerOn(): void {
    this.registers[MODE] = PRG_32;
  }

  override reset(): void {
    this.registers[PRG] = 0;
    this.registers[MODE] = PRG_32;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[PRG] = value & 0x3f;
    this.registers[MODE] = PRG_32 | (value >> 6);
    this.updateBanks();
  }
}

const LATCH = 0;
const SAMPLE = 1; // the bits of the sample that are still to be read
const SAMPLE_LOUD = 0x40;

const INTERNAL = 0x80;
const INTERNAL_BANKS = 64;

/** Cycles to the next sample of the sound chip. */
const SOUND_DIVIDER_WORD = 1;

/**
 * Mapper 515, Family Noraebang: the last MiB is the cartridge's own ROM, all before it an expansion
 * cartridge. $C002 takes a sample, whose bits are read at $6003, the highest first. $6000 and $6001 are the
 * ports of a K-663A, a copy of the YM2413, which gives a sample each 36 cycles. The cartridge does not mix
 * the console's sound with it; here both are heard. https://www.nesdev.org/wiki/NES_2.0_Mapper_515
 */
class FamilyNoraebang extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_READS | HOOK_CPU_TIME | HOOK_AUDIO;
  #pads: PadSource | undefined;
  readonly #sound = new Ym2413Sound(
    this.memory.bytes.subarray(this.memory.extraRam.offset, this.memory.extraRam.offset + YM2413_SOUND_BYTES),
  );

  static override chips(): BoardChips {
    return { extraRamBytes: YM2413_SOUND_BYTES };
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override powerOn(): void {
    this.#sound.powerOn();
    this.words[SOUND_DIVIDER_WORD] = CYCLES_PER_SAMPLE;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.soundDivider", this.words, range(1, CYCLES_PER_SAMPLE), SOUND_DIVIDER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number): void {
    const { registers } = this;
    const port = address & 0xe003;
    if ((address & 0xe00f) === 0x8000) registers[LATCH] = value;
    else if (port === 0xc002)
      registers[SAMPLE] = Number(hearsSound(this.#pads?.latchButtons() ?? 0)) * SAMPLE_LOUD;
    else if (port === 0x6000) this.#sound.select(value);
    else if (port === 0x6001) this.#sound.write(value);
  }

  protected override count(cycles: number, first: number): void {
    const { words } = this;
    let left = cycles;
    for (; words[SOUND_DIVIDER_WORD] <= left; words[SOUND_DIVIDER_WORD] = CYCLES_PER_SAMPLE) {
      left -= words[SOUND_DIVIDER_WORD];
      this.#sound.sample(first + cycles - left, this.sound);
    }
    words[SOUND_DIVIDER_WORD] -= left;
  }

  protected override cyclesToIrq(): number {
    return NEVER;
  }

  override readRegister(address: number, openBus: number): number {
    const value = this.peekRegister(address, openBus);
    if ((address & 0xe003) === 0x6003) this.registers[SAMPLE] <<= 1;
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const port = address & 0xe003;
    if (port === 0x6000) return this.#sound.testRegister;
    return port === 0x6003 ? (openBus & 0x7f) | (this.registers[SAMPLE] & 0x80) : openBus;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const banks = memory.prgRom.bytes / (16 * KIB);
    const internal = Math.max(0, banks - INTERNAL_BANKS);
    const isInternal = (registers[LATCH] & INTERNAL) !== 0;
    memory.unmapCpu(0x6000, 8 * KIB);
    if (isInternal) memory.mapPrg(0x8000, 16 * KIB, internal + (registers[LATCH] & 0x3f));
    else if (internal > 0) memory.mapPrg(0x8000, 16 * KIB, (registers[LATCH] & 0x7f) % internal);
    else memory.unmapCpu(0x8000, 16 * KIB);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(memory.mirroring);
  }
}

const STEP = 1; // of the reads of $6000: 0, 1, then the low part
const HIGH = 2;
const LOW = 3;
const LOUDEST = 63;

/**
 * Mapper 517, Kkachi-wa Nolae Chingu: a write to $8000–$8FFF sets the bank and starts a conversion. $6001 is
 * 0 as often as the sample's upper bits say; $6000 is 0, then 1, then 1 as often as the rest of its time
 * says. This follows NintendulatorNRS.
 */
class KkachiNolae extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  #pads: PadSource | undefined;

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override powerOn(): void {
    this.#convert(0);
  }

  override writeRegister(address: number, value: number): void {
    if (address < 0x8000) return;
    this.registers[LATCH] = value;
    if (address < 0x9000) this.#convert(Number(hearsSound(this.#pads?.latchButtons() ?? 0)) * LOUDEST);
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    const { registers } = this;
    const value = this.peekRegister(address, openBus);
    if ((address & 0xe000) !== 0x6000) return value;
    if ((address & 1) !== 0) registers[HIGH] = Math.max(0, registers[HIGH] - 1);
    else if (registers[STEP] < 2) registers[STEP]++;
    else if (registers[LOW] > 0) registers[LOW]--;
    else registers[STEP] = 0;
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if ((address & 0xe000) !== 0x6000) return openBus;
    const isHigh = (address & 1) !== 0;
    const step = registers[STEP];
    const bit = isHigh ? registers[HIGH] === 0 : step === 1 || (step > 1 && registers[LOW] > 0);
    return bit ? 1 : 0;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.unmapCpu(0x6000, 8 * KIB);
    map16(memory, registers[LATCH], -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(memory.mirroring);
  }

  #convert(sample: number): void {
    const { registers } = this;
    registers[STEP] = 0;
    registers[HIGH] = sample >> 2;
    registers[LOW] = 0x40 - (sample >> 2) - ((sample & 3) << 2);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 514,
    name: "Subor Karaoke",
    board: SuborKaraoke,
    wiki: ["NES_2.0_Mapper_514"],
    hasMicrophone: true,
  },
  {
    mapper: 515,
    name: "Family Noraebang",
    board: FamilyNoraebang,
    wiki: ["NES_2.0_Mapper_515"],
    hasMicrophone: true,
  },
  { mapper: 517, name: "Kkachi-wa Nolae Chingu", board: KkachiNolae, hasMicrophone: true },
];
