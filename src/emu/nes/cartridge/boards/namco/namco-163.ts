import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { PULSE_LEVELS } from "../../../apu/levels.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import { type BoardChips, CPU_PAGE_BYTES } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import {
  CYCLES_PER_CHANNEL,
  NAMCO_163_LOUDNESS,
  NAMCO_163_SOUND_BYTES,
  Namco163Sound,
} from "./namco-163-sound.ts";

// Registers 0–15 are those at $8000–$FFFF, one for each $800.
const NAMETABLES = 8;
const PRG = 12; // $E000, $E800, $F000
const CHR_MODE = 13; // $E800 bits 6 and 7 disable CIRAM in the lower and the upper pattern table
const RAM_PROTECT = 15;
const SOUND_ADDRESS = 16; // IAAAAAAA: increment, address
/** The chip that an iNES 1.0 header does not tell from others. */
const CHIP = 17;
const COUNTER_WORD = 8; // bit 15 enables

const NAMCO_163 = 1;
const NAMCO_175 = 2;
const NAMCO_340 = 3;
const N340_MIRRORINGS: readonly Mirroring[] = ["single-0", "vertical", "single-1", "horizontal"];

const SOUND = 64;
const SOUND_DIVIDER_WORD = 9; // cycles until the next channel update
const SOUND_OFF = 0x40; // of $E000

/**
 * How much louder one channel is than the APU's pulse, by submapper: 12, 16.5 and 18.75 dB as measured from
 * submapper 3 on; submappers 1 and 2 have no sound. https://www.nesdev.org/wiki/INES_Mapper_019
 */
const LOUDNESS = [NAMCO_163_LOUDNESS, 0, 0, 4, 6.7, 8.7];

const SOUND_RAM_BYTES = 128;
/** CHR bank numbers from here on mean CIRAM. */
const FIRST_CIRAM_BANK = 0xe0;
const COUNTER_END = 0x7fff;

/**
 * Mapper 19, Namco 129 and 163: nametables and patterns can both come from CHR ROM or CIRAM. A 15-bit counter
 * counts cycles up. The chip has 128 bytes of RAM for sound or saves. Headers in iNES 1.0 can mean a Namco
 * 175 or 340, as which a program is treated until it writes to a register that only the 163 has.
 * https://www.nesdev.org/wiki/INES_Mapper_019
 */
class Namco163 extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO;

  readonly #sound = new Namco163Sound(
    this.registers.subarray(SOUND, SOUND + NAMCO_163_SOUND_BYTES),
    this.memory.bytes.subarray(this.memory.extraRam.offset, this.memory.extraRam.offset + SOUND_RAM_BYTES),
    (LOUDNESS[this.image.submapper] ?? NAMCO_163_LOUDNESS) * PULSE_LEVELS[15],
  );

  static override chips(image: CartridgeImage): BoardChips {
    return { extraRamBytes: SOUND_RAM_BYTES, extraRamBattery: image.battery };
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    if (this.image.exactHeader) this.registers[CHIP] = NAMCO_163;
    this.#sound.powerOn();
    this.words[SOUND_DIVIDER_WORD] = CYCLES_PER_CHANNEL;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.chip", this.registers, range(0, NAMCO_340), CHIP, 1);
    state.slots("board.irqCounter", this.words, WORD, COUNTER_WORD, 1);
    state.slots("board.soundDivider", this.words, range(1, CYCLES_PER_CHANNEL), SOUND_DIVIDER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if (registers[CHIP] !== NAMCO_163) this.#detectChip(address, value);
    if (address >= 0x8000) {
      registers[(address >> 11) & 0x0f] = value;
      if (address >= 0xf800) registers[SOUND_ADDRESS] = value;
      return;
    }
    switch (address & 0xf800) {
      case 0x4800:
        this.memory.bytes[this.#nextSoundByte()] = value;
        break;
      case 0x5000:
        words[COUNTER_WORD] = (words[COUNTER_WORD] & 0xff00) | value;
        this.clearIrq(cycle);
        break;
      case 0x5800:
        words[COUNTER_WORD] = (words[COUNTER_WORD] & 0x00ff) | (value << 8);
        this.clearIrq(cycle);
        break;
      default:
    }
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    if ((address & 0xf800) === 0x4800) return this.memory.bytes[this.#nextSoundByte()];
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    switch (address & 0xf800) {
      case 0x4800:
        return this.memory.bytes[this.memory.extraRam.offset + (this.registers[SOUND_ADDRESS] & 0x7f)];
      case 0x5000:
        return this.words[COUNTER_WORD] & 0xff;
      case 0x5800:
        return this.words[COUNTER_WORD] >> 8;
      default:
        return openBus;
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const protect = registers[RAM_PROTECT];
    const is163 = registers[CHIP] === NAMCO_163;
    for (let part = 0; part < 4; part++) {
      const writable = (protect & 0xf0) === 0x40 && (protect & (1 << part)) === 0;
      memory.mapPrgRam(0x6000 + part * 2 * KIB, 2 * KIB, part, true, is163 ? writable : this.#is175RamOn);
    }
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot] & 0x3f);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) {
      const romOnly = !is163 || (registers[CHR_MODE] & (page < 4 ? 0x40 : 0x80)) !== 0;
      this.#mapPage(page * KIB, registers[page], romOnly);
    }
    if (registers[CHIP] === NAMCO_340) memory.mirror(N340_MIRRORINGS[registers[PRG] >> 6]);
    else if (!is163) memory.mirror(memory.mirroring);
    for (let nametable = 0; is163 && nametable < 4; nametable++)
      this.#mapPage(0x2000 + nametable * KIB, registers[NAMETABLES + nametable], false);
  }

  /** Only the 163 has registers at $4800–$5FFF, $C800–$DFFF and $F800; only the 340 uses bit 7 of $E000. */
  #detectChip(address: number, value: number): void {
    const { registers } = this;
    const isOf163 = (address >= 0xc800 && address < 0xe000) || address >= 0xf800;
    if (isOf163 || (address >= 0x4800 && address < 0x6000)) registers[CHIP] = NAMCO_163;
    else if (address >> 11 === 0xe000 >> 11 && value >= 0x80) registers[CHIP] = NAMCO_340;
    else if (address >> 11 === 0xc000 >> 11) registers[CHIP] = NAMCO_175;
  }

  get #is175RamOn(): boolean {
    return this.registers[CHIP] === NAMCO_175 && (this.registers[NAMETABLES] & 1) !== 0;
  }

  protected override count(cycles: number, first: number): void {
    this.#runSound(cycles, first);
    const toIrq = this.cyclesToIrq();
    if (toIrq === NEVER) return;
    this.words[COUNTER_WORD] += Math.min(cycles, toIrq);
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
  }

  /** The counter stops at its end. */
  protected override cyclesToIrq(): number {
    const counter = this.words[COUNTER_WORD];
    const left = COUNTER_END - (counter & COUNTER_END);
    return (counter & 0x8000) === 0 || left === 0 ? NEVER : left;
  }

  #runSound(cycles: number, first: number): void {
    const { words } = this;
    const enabled = (this.registers[PRG] & SOUND_OFF) === 0;
    let left = cycles;
    for (; words[SOUND_DIVIDER_WORD] <= left; words[SOUND_DIVIDER_WORD] = CYCLES_PER_CHANNEL) {
      left -= words[SOUND_DIVIDER_WORD];
      this.#sound.update(first + cycles - left, enabled, this.sound);
    }
    words[SOUND_DIVIDER_WORD] -= left;
  }

  #mapPage(address: number, bank: number, romOnly: boolean): void {
    const { memory } = this;
    if (bank >= FIRST_CIRAM_BANK && !romOnly) memory.mapPpu(address, KIB, memory.ciram, bank & 1);
    else memory.mapPpu(address, KIB, memory.chr, bank);
  }

  /**
   * The address that the data port accesses. With auto-increment, each access increments it up to $7F, as
   * measured on four chips (https://github.com/nesdev-org/MesenCE/pull/102).
   */
  #nextSoundByte(): number {
    const { registers } = this;
    const address = registers[SOUND_ADDRESS];
    if ((address & 0x80) !== 0 && address !== 0xff) registers[SOUND_ADDRESS] = address + 1;
    return this.memory.extraRam.offset + (address & 0x7f);
  }
}

/** The chip detected for a header without a submapper. */
const VARIANT = 20;
const UNKNOWN = 0;
/** The program has written to PRG RAM, which a Namco 340 does not have. */
const HAS_RAM = 1;

/**
 * Mapper 210, Namco 175 (submapper 1, PRG RAM enabled at $C000) and 340 (submapper 2, mirroring in bits 6
 * and 7 of $E000, no RAM). Without a submapper the program shows which: one that sets bit 6 or 7 of $E000
 * and never writes to PRG RAM is on a Namco 340; until then the header's mirroring holds and RAM is on.
 * https://www.nesdev.org/wiki/INES_Mapper_210
 */
class Namco175And340 extends Board {
  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if (address >= 0x8000) {
      registers[(address >> 11) & 0x0f] = value;
      const choosesMirroring = address >> 11 === 0xe000 >> 11 && value >= 0x40;
      if (choosesMirroring && registers[VARIANT] === UNKNOWN) registers[VARIANT] = NAMCO_340;
    } else if (this.image.submapper === 0 && address >= 0x6000) {
      // The first write to RAM comes here, since RAM is mapped read-only before it.
      registers[VARIANT] = HAS_RAM;
      this.updateBanks();
      const page = this.memory.cpuWritePages[address >> 11];
      if (page >= 0) this.memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))] = value;
    }
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const { submapper } = this.image;
    const variant = registers[VARIANT];
    const ramIsEnabled = (registers[NAMETABLES] & 1) !== 0;
    const canRead = submapper === 0 ? variant !== NAMCO_340 : submapper === 1 && ramIsEnabled;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, canRead, submapper === 0 ? variant === HAS_RAM : canRead);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot] & 0x3f);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[page]);
    if (submapper === 2 || variant === NAMCO_340) memory.mirror(N340_MIRRORINGS[registers[PRG] >> 6]);
    else memory.mirror(memory.mirroring);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 19,
    name: "Namco 129/163",
    board: Namco163,
    wiki: ["INES_Mapper_019"],
    knownSubmappers: [1, 2, 3, 4, 5],
  },
  {
    mapper: 210,
    name: "Namco 175, 340",
    board: Namco175And340,
    wiki: ["INES_Mapper_210"],
    knownSubmappers: [1, 2],
  },
];

/** Names of its registers. */
export const NAMCO163_REGISTERS: RegisterNames = {
  board: Namco163,
  places: {
    chr: [0, 8, 8],
    nametables: [NAMETABLES, 8, 4],
    prg: [PRG, 8, 3],
    ramProtect: RAM_PROTECT,
    soundAddress: SOUND_ADDRESS,
  },
};

/** Names of its registers. */
export const NAMCO175_REGISTERS: RegisterNames = {
  board: Namco175And340,
  places: {
    chr: [0, 8, 8],
    ramEnable: [NAMETABLES, 1],
    prg: [PRG, 8, 3],
  },
};
