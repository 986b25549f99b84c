import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { type BoardParts, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips, CartridgeMemory } from "../../memory.ts";
import { FDS_BYTE_THIRDS } from "../nintendo/fds-drive.ts";
import { mirrorBy, mirrorOne } from "../parts/register-board.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import { endsVector, hideVectors, STUB_ADDRESS, trainerStub, vectorByte } from "../parts/trainer-boot.ts";

const MODE = 0; // BBBM..PM: latch mode, mirroring, PRG memory is protected, mirroring
const PRG_MODE = 1; // .p.....L: 562's PRG A17, the latch is used instead of the four PRG registers
const LATCH = 2;
const CHR_8 = 3;
const PRG = 4; // four
const DISK_CONTROL = 8;
const COUNTS = 9;
const BOOTING = 10;
const LAST_PAGE = 11; // 562: of the last pattern that the PPU read
const TURBO = 12; // 562: 41......: four PRG registers with all bits, CHR banks of 1 KiB
const CHR = 16; // eight

const BYTE_WORD = 8; // thirds of cycles since the last byte of the disk system
const COUNTER_WORD = 9;
const TARGET_WORD = 10;

const PROTECTED = 2;

/** A trainer begins with the address where the rest is loaded, and the one to call before the game, or 0. */
const TRAINER_HEAD = 4;

/**
 * What RAM cartridges for games on disk have in common: PRG memory that the game can write, banks by a latch
 * in eight modes, and the IRQ of the disk system at each byte, whether or not a disk is in the drive. The
 * ROMs of the file are the memories' contents, its miscellaneous ROM a trainer. The submapper is the latch
 * mode at power-on.
 */
abstract class GameDoctor extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;

  static override chips({ prgRom, chrRom, chrRamBytes }: CartridgeImage): BoardChips {
    return {
      prgRamBytes: 8 * KIB,
      prgNvramBytes: 0,
      extraRamBytes: prgRom.length,
      chrRamBytes: Math.max(32 * KIB, chrRom.length, chrRamBytes),
    };
  }

  constructor(parts: BoardParts) {
    super(parts);
    this.memory.chr = this.memory.chrRam;
  }

  override powerOn(): void {
    const { registers, memory } = this;
    const { prgRom, chrRom, extraRam, chrRam, bytes } = memory;
    bytes.copyWithin(extraRam.offset, prgRom.offset, prgRom.offset + prgRom.bytes);
    bytes.copyWithin(chrRam.offset, chrRom.offset, chrRom.offset + chrRom.bytes);
    registers[MODE] = (this.image.submapper << 5) | (memory.mirroring === "vertical" ? 3 : 0x13);
    registers[PRG_MODE] = 1;
    registers.set([0x1c, 0x1d, 0x1e, 0x1f], PRG);
    for (let page = 0; page < 8; page++) registers[CHR + page] = page;
    this.#loadTrainer();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.flags", this.registers, FLAG, COUNTS, 2);
    state.slots("board.lastPage", this.registers, range(0, 7), LAST_PAGE, 1);
    state.slots("board.byteThirds", this.words, range(0, FDS_BYTE_THIRDS - 1), BYTE_WORD, 1);
    state.slots("board.counters", this.words, range(0, 0xffff), COUNTER_WORD, 2);
  }

  /** The first reset goes to the trainer. */
  override readRegister(address: number, openBus: number, _cycle: number): number {
    const value = this.peekRegister(address, openBus);
    if (endsVector(address) && this.registers[BOOTING] !== 0) {
      this.registers[BOOTING] = 0;
      this.updateBanks();
    }
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const trainer = trainerOf(this.image);
    if (trainer === undefined) return openBus;
    const stub = trainerStub(trainer[2] | (trainer[3] << 8));
    return vectorByte(address, STUB_ADDRESS) ?? stub[address - STUB_ADDRESS] ?? openBus;
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if (address >= 0x8000) this.#writeLatch(address, value);
    else if (address === 0x4024 || address === 0x4025) {
      if (address === 0x4025) registers[DISK_CONTROL] = value;
      if (address === 0x4025 && (value & 0x42) !== 0) words[BYTE_WORD] = 0;
      this.clearIrq(cycle);
    } else if (address >= 0x42fc && address < 0x4300) registers[MODE] = (value & 0xf0) | (address & 3);
    else if (address >= 0x43fe && address < 0x4400) {
      registers[PRG_MODE] = (value & 0x40) | (address & 1);
      registers[CHR_8] = value & 3;
    } else this.writeOwn(address, value, cycle);
  }

  /** A write to the registers that only one of the cartridges has. */
  protected abstract writeOwn(address: number, value: number, cycle: number): void;

  /** Cycles until the cartridge's own counter asserts IRQ. */
  protected abstract cyclesToOwn(): number;

  /** Runs the cartridge's own counter. */
  protected abstract countOwn(cycles: number): void;

  /** The bank of one of the four PRG registers. */
  protected abstract prgBank(slot: number): number;

  protected override count(cycles: number, first: number): void {
    const toIrq = this.cyclesToIrq();
    this.countOwn(cycles);
    this.words[BYTE_WORD] = (this.words[BYTE_WORD] + 3 * cycles) % FDS_BYTE_THIRDS;
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    const toByte = Math.ceil((FDS_BYTE_THIRDS - this.words[BYTE_WORD]) / 3);
    return Math.min(this.cyclesToOwn(), (this.registers[DISK_CONTROL] & 0x80) !== 0 ? toByte : NEVER);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if (this.usesPrgRegisters) for (let slot = 0; slot < 4; slot++) this.#map8(slot, this.prgBank(slot));
    else this.#mapLatchMode(registers[LATCH]);
    if (registers[BOOTING] !== 0) hideVectors(memory);
    for (let page = 0; page < 8; page++)
      memory.mapPpu(page * KIB, KIB, memory.chrRam, this.chrBank(page), registers[MODE] < 0x80);
    const horizontal = registers[MODE] & 0x10;
    if ((registers[MODE] & 1) !== 0) mirrorBy(memory, horizontal);
    else mirrorOne(memory, horizontal);
  }

  protected get usesPrgRegisters(): boolean {
    return (this.registers[PRG_MODE] & 1) === 0;
  }

  protected chrBank(page: number): number {
    return (this.registers[CHR_8] << 3) | page;
  }

  /** The latch and the four PRG registers are at the same addresses. */
  #writeLatch(address: number, value: number): void {
    const { registers } = this;
    if ((registers[MODE] & PROTECTED) === 0) return;
    registers[LATCH] = value;
    registers[PRG + ((address >> 13) & 3)] = value >> 2;
    const mode = registers[MODE] >> 5;
    if (mode === 3) registers[CHR_8] = (value >> 4) & 3;
    else if (mode < 6) registers[CHR_8] = mode === 0 || mode === 2 ? 0 : value & 3;
  }

  #mapLatchMode(latch: number): void {
    const mode = this.registers[MODE] >> 5;
    const low = latch & 0x0f;
    if (mode === 0) this.#map16(latch & 7, 7);
    else if (mode === 1) this.#map16((latch >> 2) & 0x0f, 7);
    else if (mode === 2) this.#map16(low, 15);
    else if (mode === 3) this.#map16(15, low);
    else if (mode === 4) this.#map16((latch >> 3) & 6, ((latch >> 3) & 6) | 1);
    else this.#map16(6, 7);
    if (mode < 6) return;
    this.#map8(0, mode === 6 ? low : low & 0x0e);
    this.#map8(1, mode === 6 ? latch >> 4 : (latch >> 4) | 1);
  }

  #map16(lower: number, upper: number): void {
    for (let slot = 0; slot < 4; slot++) this.#map8(slot, ((slot < 2 ? lower : upper) << 1) | (slot & 1));
  }

  #map8(slot: number, bank: number): void {
    const isWritable = (this.registers[MODE] & PROTECTED) === 0;
    this.memory.mapCpu(0x8000 + slot * 8 * KIB, 8 * KIB, this.memory.extraRam, bank, true, isWritable);
  }

  #loadTrainer(): void {
    const trainer = trainerOf(this.image);
    if (trainer === undefined) return;
    const start = trainer[0] | (trainer[1] << 8);
    for (let at = TRAINER_HEAD; at < trainer.length; at++) {
      const target = ramByte(this.memory, (start + at - TRAINER_HEAD) & 0xffff);
      if (target !== undefined) this.memory.bytes[target] = trainer[at];
    }
    this.registers[BOOTING] = (trainer[2] | trainer[3]) !== 0 ? 1 : 0;
  }
}

/** The trainer of an image; undefined if there is none or it is cut off. */
function trainerOf({ miscRom }: CartridgeImage): Uint8Array | undefined {
  return miscRom === undefined || miscRom.length < TRAINER_HEAD ? undefined : miscRom;
}

/** Where a byte of work RAM or PRG RAM is in the arena; undefined for addresses of neither. */
function ramByte({ workRam, prgRam }: CartridgeMemory, address: number): number | undefined {
  if (address < 0x2000) return workRam.offset + (address & 0x7ff);
  return address >= 0x6000 && address < 0x8000 ? prgRam.offset + (address & 0x1fff) : undefined;
}

/**
 * Mapper 561, Bung Super Game Doctor 2M and 4M: a counter of cycles at $4100, which counts up and stops at 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_561
 */
class SuperGameDoctor extends GameDoctor {
  protected override writeOwn(address: number, value: number, cycle: number): void {
    const { words } = this;
    if (address === 0x4100) words[COUNTER_WORD] = (words[COUNTER_WORD] & 0xff00) | value;
    else if (address === 0x4101) {
      words[COUNTER_WORD] = (words[COUNTER_WORD] & 0xff) | (value << 8);
      this.registers[COUNTS] = value !== 0 ? 1 : 0;
      if (value === 0) this.clearIrq(cycle);
    }
  }

  protected override cyclesToOwn(): number {
    return this.registers[COUNTS] !== 0 ? 0x10000 - this.words[COUNTER_WORD] : NEVER;
  }

  protected override countOwn(cycles: number): void {
    if (this.registers[COUNTS] === 0) return;
    const count = this.words[COUNTER_WORD] + cycles;
    this.words[COUNTER_WORD] = count > 0xffff ? 0 : count;
    if (count > 0xffff) this.registers[COUNTS] = 0;
  }

  protected override prgBank(slot: number): number {
    return this.registers[PRG + slot];
  }
}

/**
 * Mapper 562, Venus Turbo Game Doctor 4+, 6+ and 6M: CHR banks of 1 KiB, and a counter of cycles from $8000
 * to $FFFF, with a target. https://www.nesdev.org/wiki/NES_2.0_Mapper_562
 */
class TurboGameDoctor extends GameDoctor {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_PPU_FETCH;

  override powerOn(): void {
    super.powerOn();
    this.words[COUNTER_WORD] = 0xffff;
  }

  override ppuFetch(address: number, value: number): number {
    if (address < 0x2000) this.registers[LAST_PAGE] = address >> 10;
    return value;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    return super.readRegister(address, openBus, cycle);
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers, words } = this;
    if (address >= 0x4400 && address < 0x4408) return registers[CHR + (address & 7)];
    if (address === 0x440c) return words[COUNTER_WORD] >> 8;
    if (address === 0x440d) return words[COUNTER_WORD] & 0xff;
    if (address === 0x4411) return registers[TURBO];
    if (address === 0x4420) return registers[CHR + registers[LAST_PAGE]];
    return super.peekRegister(address, openBus);
  }

  protected override writeOwn(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    if (address >= 0x4400 && address < 0x4408) registers[CHR + (address & 7)] = value;
    else if (address === 0x4411) registers[TURBO] = value;
    else if (address === 0x440c || address === 0x440d) {
      const isHigh = address === 0x440c;
      const target = words[TARGET_WORD];
      words[TARGET_WORD] = isHigh ? (target & 0xff) | (value << 8) : (target & 0xff00) | value;
      if (isHigh && value < 0x80) words[COUNTER_WORD] = 0x8000;
      this.clearIrq(cycle);
    }
  }

  protected override cyclesToOwn(): number {
    const toTarget = this.words[TARGET_WORD] - this.words[COUNTER_WORD];
    return toTarget > 0 ? toTarget : NEVER;
  }

  protected override countOwn(cycles: number): void {
    if (this.words[TARGET_WORD] < 0x8000) return;
    this.words[COUNTER_WORD] = Math.min(0xffff, this.words[COUNTER_WORD] + cycles);
  }

  protected override get usesPrgRegisters(): boolean {
    return (this.registers[TURBO] & 0x80) !== 0 || super.usesPrgRegisters;
  }

  protected override prgBank(slot: number): number {
    const bank = this.registers[PRG + slot];
    if ((this.registers[TURBO] & 0x80) !== 0) return bank;
    return ((this.registers[PRG_MODE] >> 2) & 0x10) | (bank & 0x0f);
  }

  protected override chrBank(page: number): number {
    return (this.registers[TURBO] & 0x40) !== 0 ? this.registers[CHR + page] : super.chrBank(page);
  }
}

const KNOWN = { knownSubmappers: [1, 2, 3, 4, 5, 6, 7], ram: { insteadOfRomBytes: 32 * KIB } };

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 561,
    name: "Bung Super Game Doctor",
    board: SuperGameDoctor,
    wiki: ["NES_2.0_Mapper_561"],
    ...KNOWN,
  },
  {
    mapper: 562,
    name: "Venus Turbo Game Doctor",
    board: TurboGameDoctor,
    wiki: ["NES_2.0_Mapper_562"],
    ...KNOWN,
    lacks: ["the BIOS of the cartridge, which some games check, is missing"],
  },
];
