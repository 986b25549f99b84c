import { KIB } from "../../../../units.ts";
import type { BoardClass } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { ChosenBoard } from "../multicart/chosen-board.ts";
import { CHOSEN_BOARDS } from "../multicart/chosen-boards.ts";
import { MMC3_MIRRORING } from "../nintendo/mmc3.ts";
import { mmc3ChrBank } from "../parts/outer-mmc3.ts";
import {
  mapNrom,
  mirrorBy,
  mirrorOne,
  partOf,
  type RegisterBoard,
  registerBoard,
  wholeChr,
} from "../parts/register-board.ts";
import { clockSerialLatch, SERIAL_CLOCK, SERIAL_LINES, SERIAL_OUTPUT } from "../parts/serial-latch.ts";

const CODE = 0; // $5700, CCCCFFFF: code of the board, flags
const BLOCK = 1; // $5701: 256 KiB of PRG
const EXTRA = 2; // $5702
const CONTROL = 3; // $5601, L..H....: lock, the highest bit of the block
/** The bytes of the serial latch. */
const SERIAL = 4;

/** The registers at power-on, where the menu is in the last block. FCEUmm has these values. */
const INITIAL: readonly number[] = [0x0f, 0xff, 0, 0, 0, 0, SERIAL_CLOCK | SERIAL_OUTPUT];

const { MMC1, UXROM, MMC3, AXROM, MMC2, VRC6A, BNROM, NTDEC_2722, FME7, VRC3, VRC1, VRC7, NANJING } =
  CHOSEN_BOARDS;
/** Boards of this multicart alone. Their submapper is the flags. */
const DISCRETE = -1 * 16;
const IF_12 = -2 * 16;
const UNROM_512 = -3 * 16;
const COLOR_DREAMS = -4 * 16;
const GNROM = -5 * 16;

type Choice = number | readonly [without: number, having: number];
const AX_OR_BN: Choice = [AXROM, BNROM];
const IF_12_OR_UX: Choice = [IF_12, UXROM];
const GN_OR_DREAMS: Choice = [GNROM, COLOR_DREAMS];

/** The boards by submapper and code. Flag 3 chooses from a pair. */
const CODES: readonly Readonly<Record<number, Choice>>[] = [
  {
    0: MMC1,
    1: MMC1,
    4: AX_OR_BN,
    5: DISCRETE,
    6: AX_OR_BN,
    7: NTDEC_2722,
    8: 10 * 16,
    9: IF_12_OR_UX,
    10: MMC2,
    11: UNROM_512,
    12: COLOR_DREAMS,
    13: COLOR_DREAMS,
    14: NANJING,
  },
  {
    0: MMC3,
    1: MMC3,
    2: MMC3,
    4: AX_OR_BN,
    5: DISCRETE,
    6: AX_OR_BN,
    7: IF_12_OR_UX,
    12: GN_OR_DREAMS,
    13: GN_OR_DREAMS,
    14: NANJING,
  },
  { 0: 23 * 16 + 3, 1: 23 * 16, 2: 25 * 16 + 3, 3: 25 * 16 },
  { 0: VRC6A, 1: VRC6A, 2: MMC1, 7: IF_12_OR_UX },
  { 0: VRC1, 1: VRC7, 4: VRC3 },
  { 0: FME7 },
];
/** The code of an MMC1 with 512 KiB of PRG, of an MMC3 with 256 KiB of CHR. */
const LARGE = 1;
/** The code of an MMC3 whose CHR A17 can select nametables. */
const ONE_SCREEN = 2;

/**
 * NROM, CNROM and BF9097 at once: CHR at $8000–$BFFF, the page of the nametables at $9000 if flag 3 is clear,
 * PRG at $E000. With flag 1, 16 KiB of PRG and 32 of CHR.
 */
const Discrete = registerBoard({
  write(registers, address, value, _memory, { submapper: flags }) {
    if (address < 0x8000 || (address & 0xe000) === 0xc000) return false;
    const isPage = (address & 0xf000) === 0x9000 && (flags & 8) === 0;
    registers[address >= 0xe000 ? 2 : isPage ? 1 : 0] = value;
    return true;
  },
  banks(memory, [chr, page, prg], { submapper: flags }) {
    const is16 = (flags & 2) !== 0;
    mapNrom(memory, (prg << 1) | (is16 ? flags & 1 : 0), !is16);
    memory.mapChr(0x0000, 8 * KIB, chr & (is16 ? 3 : 15));
    if ((flags & 8) === 0) mirrorOne(memory, page & 0x10);
  },
});

/** A board of registers at $8000–$FFFF: as many as `count`, 1 or 2. */
function latch(count: number, banks: RegisterBoard["banks"]): BoardClass {
  return registerBoard({
    write(registers, address, value) {
      if (address < 0x8000) return false;
      registers[(address >> 14) & (count - 1)] = value;
      return true;
    },
    banks,
  });
}

const OWN_BOARDS: Readonly<Record<number, BoardClass>> = {
  [DISCRETE]: Discrete,
  // Holy Diver, on a board that is not Irem's.
  [IF_12]: latch(2, (memory, [chr, prg]) => {
    memory.mapPrg(0x8000, 16 * KIB, prg);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, (chr >> 1) & 0x0f);
    mirrorBy(memory, chr & 1);
  }),
  [UNROM_512]: latch(1, (memory, [data]) => {
    memory.mapPrg(0x8000, 16 * KIB, data & 0x1f);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 8 * KIB, data >> 5);
  }),
  [COLOR_DREAMS]: latch(1, (memory, [data]) => {
    memory.mapPrg(0x8000, 32 * KIB, data);
    memory.mapChr(0x0000, 8 * KIB, data >> 4);
  }),
  [GNROM]: latch(1, (memory, [data]) => {
    memory.mapPrg(0x8000, 32 * KIB, data >> 4);
    memory.mapChr(0x0000, 8 * KIB, data & 0x0f);
  }),
};

/** The number of 8 KiB banks of an MMC3 or VRC, by flags 3, 2 and 1: each that is set halves it. */
function halvedBanks(flags: number): number {
  if ((flags & 8) === 0) return 128;
  if ((flags & 4) === 0) return 64;
  return (flags & 2) === 0 ? 32 : 16;
}

/**
 * Mapper 468, multicarts by BlazePro with a CPLD: $5700 starts the board of the code. The submapper says
 * which boards the CPLD has, which the wiki lists. Their sizes and flags follow FCEUmm; NintendulatorNRS, by
 * the author of that page, locks all registers with the lock bit and not only $5601, and has other sizes of
 * UxROM in submapper 1. https://www.nesdev.org/wiki/NES_2.0_Mapper_468
 */
class BlazeProCpld extends ChosenBoard {
  protected override readonly initial = this.image.submapper === 1 ? INITIAL.with(EXTRA, 0x10) : INITIAL;
  protected override readonly allowsFlashWrites = false;
  /** `writeRegister` takes the registers' writes: all others are for the game's board. */
  protected override readonly isLocked = true;

  override writeRegister(address: number, value: number, cycle: number): void {
    const { own } = this;
    const { submapper } = this.image;
    switch (address) {
      case 0x5700:
        this.#start(value, cycle);
        return;
      case 0x5701:
      case 0x5702:
        this.setOwn(address & 3, value, cycle);
        return;
      case 0x5601:
        if (submapper === 1)
          clockSerialLatch(own.subarray(SERIAL), (value & 0x10) === 0, value & 2, value & 1);
        if (own[CONTROL] < 0x80) this.setOwn(CONTROL, value, cycle);
        return;
      case 0x5301:
        if (submapper === 0) clockSerialLatch(own.subarray(SERIAL), (value & 4) === 0, value & 2, value & 1);
    }
    super.writeRegister(address, value, cycle);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (address === 0x5301 || address === 0x5601) return this.peekRegister(address, openBus);
    return super.readRegister(address, openBus, cycle);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address !== 0x5301 && address !== 0x5601) return super.peekRegister(address, openBus);
    return (openBus & 0x7f) | ((this.own[SERIAL + SERIAL_LINES] & SERIAL_OUTPUT) << 7);
  }

  /** Starts the board of a code, even if it is the same. An MMC3 after an MMC3 keeps its mirroring. */
  #start(code: number, cycle: number): void {
    const mirroring = this.#kind === MMC3 ? this.registers[MMC3_MIRRORING] : 0;
    this.setOwn(CODE, code, cycle, true);
    if (this.#kind !== MMC3) return;
    this.registers[MMC3_MIRRORING] = mirroring;
    this.updateBanks();
  }

  protected override nameOf(own: Uint8Array): number | undefined {
    const choice = CODES[this.image.submapper]?.[own[CODE] >> 4];
    const name = typeof choice === "object" ? choice[(own[CODE] >> 3) & 1] : choice;
    return name !== undefined && name < 0 ? name | (own[CODE] & 0x0f) : name;
  }

  protected override boardClass(mapper: number, submapper: number): BoardClass {
    return OWN_BOARDS[mapper * 16] ?? super.boardClass(mapper, submapper);
  }

  protected override showParts(): void {
    const { memory, own } = this;
    const { prgRom } = memory;
    const kind = this.#kind;
    const first = this.#firstBank(kind);
    const start = (first * 8 * KIB) % prgRom.bytes;
    const banks = this.#prgBanks(kind);
    memory.prg =
      kind === NANJING
        ? { ...prgRom, offset: prgRom.offset + start, bytes: Math.min(prgRom.bytes - start, 2048 * KIB) }
        : partOf(prgRom, Math.floor(first / banks), banks * 8 * KIB);
    memory.chr = partOf(wholeChr(memory), 0, this.#chrKib() * KIB);
    memory.ram = partOf(memory.prgRam, 0, 8 * KIB);
    const horizontal = kind === COLOR_DREAMS || kind === GNROM ? 0x10 : 4;
    memory.mirroring = (own[CODE] & horizontal) !== 0 ? "horizontal" : "vertical";
  }

  protected override mapOwn(): void {
    this.memory.mapPrg(0x8000, 32 * KIB, -1);
    this.memory.mapChr(0x0000, 8 * KIB, 0);
  }

  /** All games but those on an FME-7 have RAM that is always on. One code of the MMC3 has more mirrorings. */
  protected override mapOver(): void {
    const { memory, own, registers } = this;
    const kind = this.#kind;
    if (kind !== FME7) memory.mapPrgRam(0x6000, 8 * KIB, 0);
    const mirroring = registers[MMC3_MIRRORING] & 3;
    if (kind !== MMC3 || own[CODE] >> 4 !== ONE_SCREEN || mirroring < 2) return;
    for (let slot = 0; slot < 4; slot++) {
      const page = mirroring === 3 ? 1 : mmc3ChrBank(slot, registers) >> 7;
      memory.mapPpu(0x2000 + slot * KIB, KIB, memory.ciram, page);
    }
  }

  /** The name of the game's board without flags; 0 if there is none. */
  get #kind(): number {
    const name = this.nameOf(this.own) ?? 0;
    return name < 0 ? name & ~0x0f : name;
  }

  /** The first 8 KiB bank of the game. The bits of those that its board selects do not count. */
  #firstBank(kind: number): number {
    const { own } = this;
    const highest = own[this.image.submapper === 1 ? EXTRA : CONTROL] & 0x10;
    const bank = (highest << 9) | (own[BLOCK] << 5) | ((own[CODE] & 1) << 4);
    switch (kind) {
      case MMC1:
        return bank | ((own[CODE] & 6) << 1);
      case MMC3:
        return bank | ((own[EXTRA] & 1) * 12);
      case NTDEC_2722:
        return bank | (own[CODE] & 8);
      case COLOR_DREAMS:
      case GNROM:
        return bank | ((own[CODE] & 4) << 1);
      default:
        return bank;
    }
  }

  /** The number of 8 KiB banks that the game's board selects. */
  #prgBanks(kind: number): number {
    const { own } = this;
    const code = own[CODE] >> 4;
    const flags = own[CODE] & 0x0f;
    const isSmall = (flags & 2) !== 0;
    switch (kind) {
      case MMC1:
        if (code === LARGE) return 64;
        return isSmall && (flags & 8) !== 0 ? 8 : isSmall ? 16 : 32;
      case MMC3:
        return (flags & 14) === 14 && (own[EXTRA] & 2) !== 0 ? 8 : halvedBanks(flags);
      case VRC1:
      case VRC7:
        return halvedBanks(flags);
      case AXROM:
      case BNROM:
        return code === 6 ? 64 : isSmall ? 16 : 32;
      case UXROM:
      case IF_12:
        return !isSmall && this.image.submapper === 1 && (flags & 4) === 0 ? 64 : isSmall ? 16 : 32;
      case UNROM_512:
        return 64;
      case DISCRETE:
        return 32;
      case COLOR_DREAMS:
      case GNROM:
        return (flags & 8) !== 0 ? 8 : 16;
      case NTDEC_2722:
        return 8;
      case MMC2:
      case VRC3:
        return 16;
      default:
        return isSmall ? 16 : 32;
    }
  }

  /** The part of CHR that the game's board sees, in KiB. */
  #chrKib(): number {
    const { submapper } = this.image;
    const isLarge = this.own[CODE] >> 4 === LARGE;
    if (submapper === 0) return isLarge ? 8 : 128;
    if (submapper === 1) return isLarge ? 256 : 128;
    return submapper === 5 && (this.own[CODE] & 8) === 0 ? 128 : 256;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 468,
    name: "BlazePro CPLD",
    board: BlazeProCpld,
    knownSubmappers: [1, 2, 3, 4, 5],
    wiki: ["NES_2.0_Mapper_468"],
    ram: { insteadOfRomBytes: 256 * KIB },
    lacks: ["games with a VRC6, VRC7 or FME-7 play without its sound"],
  },
];
