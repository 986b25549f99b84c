import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { type BoardParts, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import type { BoardChips, Chip } from "../../memory.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { endsVector, hideVectors, STUB_ADDRESS, trainerStub, vectorByte } from "../parts/trainer-boot.ts";

const MODE = 0; // $4500: PMWW ImNC
const BANKING = 1; // $42FC–$42FF: BBB. ..pm: latch mode, PRG protected, two mirroring bits
const PRG_MODE = 2; // the low bits of $43FC–$43FF: 2M registers, latch
const LATCH = 3;
const CHR_8 = 4;
const PRG = 5; // four
const CHR = 16; // eight, and four for nametables
const FETCHED = 32; // MMC4's latches, left and right
const A12 = 34;
const BOOTING = 35;

const SMALL_CHR = 1;
const CIRAM = 2;
const NO_MMC4 = 4;
const COUNTS_A12 = 8;

const MIRRORINGS: readonly Mirroring[] = ["single-0", "single-1", "vertical", "horizontal"];

/**
 * Where trainers are, by the submapper of mapper 17. They are in the same place in others, and a subroutine.
 */
const TRAINERS: readonly number[] = [0x7000, 0x5d00, 0x5e00, 0x5f00];
/** In RAM at $5000. */
const STUB = trainerStub(0x7003);

const SCRATCH_BYTES = 4 * KIB;
/** The PRG memory of the 1M and 2M; the 4M and the Super Magic Card have twice as much. */
const SMALL_PRG_BYTES = 256 * KIB;

/** The memory for programs of a card, at least that of its image, in whole banks of 8 KiB. */
function prgMemoryBytes({ mapper, prgRom }: CartridgeImage): number {
  const bytes = mapper === 12 || mapper === 17 ? 2 * SMALL_PRG_BYTES : SMALL_PRG_BYTES;
  return Math.max(bytes, Math.ceil(prgRom.length / (8 * KIB)) * 8 * KIB);
}

/**
 * Mappers 6, 8, 12.1 and 17, games from the disks of Front Fareast's Magic Cards. The ROMs of the file are
 * the contents of the card's memories at power-on. PRG memory can be written while it is not protected.
 * https://www.nesdev.org/wiki/Super_Magic_Card
 */
class MagicCard extends CycleCounter {
  readonly #isSuper = this.image.mapper === 17;
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | (this.#isSuper ? HOOK_PPU_FETCH : 0);

  /** The first part of `extraRam`; the rest is the scratch RAM at $5000. */
  readonly #prg: Chip;

  static override chips(image: CartridgeImage): BoardChips {
    const { mapper, chrRom } = image;
    const chrBytes = mapper === 17 ? 256 * KIB : 32 * KIB;
    return {
      prgRamBytes: 32 * KIB,
      prgNvramBytes: 0,
      extraRamBytes: prgMemoryBytes(image) + SCRATCH_BYTES,
      chrRamBytes: mapper === 12 ? chrBytes : Math.max(chrBytes, chrRom.length),
      chrNvramBytes: 0,
    };
  }

  constructor(parts: BoardParts) {
    super(parts);
    this.#prg = { ...this.memory.extraRam, bytes: prgMemoryBytes(this.image) };
    this.memory.chr = this.memory.chrRam;
  }

  override powerOn(): void {
    const { registers, memory, image } = this;
    const { mapper, submapper, trainer, exactHeader } = image;
    const isBig = mapper === 12 || this.#isSuper;
    const latchMode = mapper === 8 ? 4 : mapper === 6 && exactHeader ? submapper : 1;
    registers[MODE] = this.#isSuper ? 0x47 : 0x42;
    registers[BANKING] = (latchMode << 5) | (memory.mirroring === "vertical" ? 6 : 7);
    registers[PRG_MODE] = isBig ? 0 : 1;
    for (let slot = 0; slot < 4; slot++) registers[PRG + slot] = memory.prgRom.bytes / (8 * KIB) - 4 + slot;
    this.#fillMemories();
    if (trainer === undefined) return;
    registers[BOOTING] = 1;
    const scratch = this.#prg.offset + this.#prg.bytes;
    memory.bytes.set(STUB, scratch);
    const inRam = this.#trainer - STUB_ADDRESS;
    if (inRam < SCRATCH_BYTES) memory.bytes.set(trainer.subarray(0, SCRATCH_BYTES - inRam), scratch + inRam);
  }

  /** 12.1 has CHR data, which the header calls CHR ROM, in the second half of PRG memory. */
  #fillMemories(): void {
    const { chrRam, chrRom, prgRom } = this.memory;
    this.#fill(this.#prg, 0, prgRom);
    if (this.image.mapper === 12) this.#fill(this.#prg, SMALL_PRG_BYTES, chrRom);
    else this.#fill(chrRam, 0, chrRom);
  }

  /** Fills a memory from `at` on; a smaller ROM is repeated. */
  #fill({ offset, bytes }: Chip, at: number, rom: Chip): void {
    for (let to = at; rom.bytes > 0 && to < bytes; to += rom.bytes) {
      const length = Math.min(rom.bytes, bytes - to);
      this.memory.bytes.copyWithin(offset + to, rom.offset, rom.offset + length);
    }
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.flags", this.registers, FLAG, FETCHED, 4);
  }

  /** The first reset goes to the trainer. */
  override readRegister(address: number, openBus: number): number {
    const value = this.peekRegister(address, openBus);
    if (endsVector(address) && this.registers[BOOTING] !== 0) {
      this.registers[BOOTING] = 0;
      this.updateBanks();
    }
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    return vectorByte(address, this.#isSuper ? this.#trainer : STUB_ADDRESS) ?? openBus;
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const a12 = (address >> 12) & 1;
    const isRise = a12 > registers[A12];
    registers[A12] = a12;
    if (isRise && this.isCounting && (registers[MODE] & COUNTS_A12) !== 0) {
      this.counter = (this.counter + 1) & 0xffff;
      if (this.counter === 0) this.assertIrq(cycle);
    }
    const tile = address & 0xff8;
    if (address < 0x2000 && (tile === 0xfd8 || tile === 0xfe8)) {
      const latch = tile === 0xfe8 ? 1 : 0;
      if (registers[FETCHED + a12] !== latch) {
        registers[FETCHED + a12] = latch;
        this.#mapChr();
      }
    }
    return value;
  }

  override readsUntilIrq(): number {
    const counts = this.isCounting && (this.registers[MODE] & COUNTS_A12) !== 0;
    return counts ? 2 * (0x10000 - this.counter) - 1 : NEVER;
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000) this.#writeLatch(address, value);
    else if (address >= 0x42fc && address < 0x4300)
      registers[BANKING] = (value & 0xe0) | ((address & 2) << 1) | ((address & 1) << 1) | ((value >> 4) & 1);
    else if (address >= 0x43fc && address < 0x4400) {
      registers[PRG_MODE] = address & 3;
      registers[CHR_8] = value & 3;
    } else if (address === 0x4500) registers[MODE] = value;
    else if (address === 0x4501 || address === 0x4502 || address === 0x4503) {
      this.clearIrq(cycle);
      if (address !== 0x4501) this.setCounterByte(address === 0x4503, value);
      if (address !== 0x4502) this.isCounting = address === 0x4503;
    } else if (address >= 0x4504 && address < 0x4508) registers[PRG + (address & 3)] = value & 0x3f;
    else if (address >= 0x4510 && address < 0x451c) registers[CHR + (address & 0x0f)] = value;
  }

  protected override afterIrq(): void {
    this.counter = 0;
  }

  protected override count(cycles: number, first: number): void {
    if ((this.registers[MODE] & COUNTS_A12) === 0) super.count(cycles, first);
  }

  protected override cyclesToIrq(): number {
    return (this.registers[MODE] & COUNTS_A12) === 0 ? super.cyclesToIrq() : NEVER;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, (registers[MODE] >> 4) & 3);
    memory.mapCpu(0x5000, SCRATCH_BYTES, memory.extraRam, this.#prg.bytes / SCRATCH_BYTES);
    this.#mapPrg();
    if (registers[BOOTING] !== 0) hideVectors(memory);
    this.#mapChr();
    memory.mirror(MIRRORINGS[registers[BANKING] & 3]);
    if ((registers[MODE] & CIRAM) !== 0) return;
    for (let nametable = 0; nametable < 4; nametable++)
      memory.mapPpu(0x2000 + nametable * KIB, KIB, memory.chr, registers[CHR + 8 + nametable]);
  }

  get #trainer(): number {
    return TRAINERS[this.#isSuper ? this.image.submapper & 3 : 0];
  }

  /** While PRG memory is protected, writes go to the latch and to the 2M registers. */
  #writeLatch(address: number, value: number): void {
    const { registers } = this;
    if ((registers[BANKING] & 4) === 0) return;
    registers[LATCH] = value;
    registers[CHR_8] = value & 3;
    if ((registers[PRG_MODE] & 1) === 0 && (registers[PRG_MODE] & 2) === 0) return;
    registers[PRG + ((address >> 13) & 3)] = value >> 2;
  }

  #mapPrg(): void {
    const { registers } = this;
    const latch = registers[LATCH];
    if ((registers[PRG_MODE] & 1) === 0) {
      for (let slot = 0; slot < 4; slot++) this.#map(0x8000 + slot * 8 * KIB, 8, registers[PRG + slot]);
      return;
    }
    const mode = registers[BANKING] >> 5;
    if (mode >= 4) {
      this.#map(0x8000, 32, mode === 4 ? (latch >> 4) & 3 : 3);
      return;
    }
    const bank = mode === 1 ? (latch >> 2) & 0x0f : latch & (mode === 0 ? 7 : 0x0f);
    this.#map(mode === 3 ? 0xc000 : 0x8000, 16, bank);
    this.#map(mode === 3 ? 0x8000 : 0xc000, 16, mode < 2 ? 7 : 15);
  }

  #map(address: number, kib: number, bank: number): void {
    const isWritable = (this.registers[BANKING] & 4) === 0;
    this.memory.mapCpu(address, kib * KIB, this.#prg, bank, true, isWritable);
  }

  #mapChr(): void {
    const { memory, registers } = this;
    const chip = memory.chrRam;
    const mode = registers[BANKING] >> 5;
    if ((registers[MODE] & SMALL_CHR) === 0) {
      const latch = [0, registers[CHR_8], 0, (registers[LATCH] >> 4) & 3][mode] ?? registers[CHR_8];
      const bank =
        (registers[PRG_MODE] & 1) === 0 ? registers[CHR_8] : latch & [3, 3, 3, 3, 3, 3, 1, 0][mode];
      memory.mapPpu(0x0000, 8 * KIB, chip, bank, mode < 4);
    } else if ((registers[MODE] & NO_MMC4) === 0) {
      for (const side of [0, 1])
        memory.mapPpu(
          side << 12,
          4 * KIB,
          chip,
          registers[CHR + side * 4 + registers[FETCHED + side] * 2] >> 2,
        );
    } else {
      for (let page = 0; page < 8; page++)
        memory.mapPpu(page * KIB, KIB, chip, registers[CHR + page], mode < 4);
    }
  }
}

const BOARD = {
  board: MagicCard,
  wiki: ["Super_Magic_Card"],
  ram: { prgBytes: 32 * KIB, insteadOfRomBytes: 32 * KIB },
  lacks: ["games cannot use the disk drive behind the card"],
};

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 6, name: "Front Fareast Magic Card 1M/2M", knownSubmappers: [1, 2, 3, 4, 5, 6, 7], ...BOARD },
  { mapper: 8, name: "Front Fareast Magic Card, GNROM mode", ...BOARD },
  { mapper: 12, submappers: [1], name: "Front Fareast Magic Card 4M", ...BOARD },
  { mapper: 17, name: "Front Fareast Super Magic Card", knownSubmappers: [1, 2, 3], ...BOARD },
];
