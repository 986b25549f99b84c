import { KIB } from "../../../../units.ts";
import type { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { ChosenBoard, LACKS_LARGE_FLASH } from "../multicart/chosen-board.ts";
import { CHOSEN_BOARDS } from "../multicart/chosen-boards.ts";
import { partOf, wholeChr } from "../parts/register-board.ts";

const CODE = 0; // L..CCCCC: lock, which also starts the board of the code
const PRG_LOW = 1; // 8 KiB bank, with PRG_HIGH
const PRG_HIGH = 2;
const PRG_MASK = 3; // bits of the bank that the game's board selects: 0, or 1 in submapper 2
const FLAGS = 4; // ..CC.V.M: CHR size, mirroring of Namco 118 games, mirroring (1 = vertical)
const RAM = 5; // .....PRR: CHR RAM is read-only, PRG RAM bank
const CHR_BANK = 6; // 8 KiB bank

const { UXROM, CNROM, MMC1, MMC3, AXROM, BNROM, VRC6A, JALECO_87, TXSROM } = CHOSEN_BOARDS;

/** The code of an MMC1 with 512 KiB of PRG ROM. */
const SUROM_CODE = 7;

/** The boards of the codes of large multicarts. */
const PIXEL_GAMES: Readonly<Record<number, number>> = {
  0: UXROM,
  1: MMC3,
  2: BNROM,
  3: CNROM,
  4: AXROM,
  5: MMC1,
  6: MMC1,
  [SUROM_CODE]: MMC1,
  8: 66 * 16,
  9: 9 * 16,
  10: MMC3 + 1,
  11: 152 * 16,
  14: TXSROM,
  15: 189 * 16,
  16: VRC6A,
  18: 22 * 16,
  21: 25 * 16,
  24: 23 * 16,
  26: 75 * 16,
};

/**
 * The boards by submapper and code, as mapper × 16 + submapper. The wiki names some of them; FCEUmm and
 * NintendulatorNRS, by the author of the page, have the others, and VRC6a where the page has VRC6b.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_446
 */
const CODES: readonly Readonly<Record<number, number>>[] = [
  {
    0: UXROM,
    1: MMC1,
    2: BNROM,
    3: CNROM,
    4: MMC3,
    6: 21 * 16,
    7: 22 * 16,
    8: 23 * 16,
    9: VRC6A,
    10: 25 * 16,
    11: 26 * 16,
    12: 73 * 16,
    13: 85 * 16,
    14: JALECO_87,
  },
  PIXEL_GAMES,
  { ...PIXEL_GAMES, 9: MMC3, 13: MMC3 },
  { 1: 65 * 16 },
];

/** The boards without CHR banks: register 6 alone selects theirs. */
const UNBANKED_CHR: ReadonlySet<number> = new Set([UXROM, BNROM, AXROM, 73 * 16]);

/**
 * Mapper 446, SMD172B_FPGA by Mindkids: the lock bit starts the game with the board of the code. Until then
 * the menu's banks are mapped, and writes reach the flash chip.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_446
 */
class Smd172bFpga extends ChosenBoard {
  protected override readonly initial = [0, 0, 0, 0, 0, 0, 0, 0];

  protected override get isLocked(): boolean {
    return this.own[CODE] >= 0x80;
  }

  protected override get allowsFlashWrites(): boolean {
    return !this.isLocked;
  }

  protected override nameOf(own: Uint8Array): number | undefined {
    return own[CODE] < 0x80 ? undefined : CODES[this.image.submapper]?.[own[CODE] & 0x1f];
  }

  /** Games for a Namco 118 have mirroring that the MMC3 cannot know. FCEUmm has this. */
  protected override prepare(inner: Board, cycle: number): void {
    const isVertical = (this.own[FLAGS] & 4) !== 0;
    if (this.nameOf(this.own) === MMC3) inner.writeRegister(0xa000, isVertical ? 0 : 1, cycle);
  }

  protected override showParts(): void {
    const { memory, own } = this;
    const name = this.nameOf(own);
    const mask = this.image.submapper === 2 ? own[PRG_MASK] : ~own[PRG_MASK] & 0xff;
    // The mask is a row of ones from bit 0 on in all games.
    const prgBanks = Math.min(~mask & (mask + 1), this.#maxPrgBanks(name));
    memory.prg =
      name === undefined
        ? memory.prgRom
        : partOf(memory.prgRom, Math.floor(this.#prgBank / prgBanks), prgBanks * 8 * KIB);
    const chrKib = this.#chrKib(name);
    const chr = partOf(wholeChr(memory), Math.floor((own[CHR_BANK] * 8) / chrKib), chrKib * KIB);
    memory.chr = { ...chr, writable: chr.writable && (own[RAM] & 4) === 0 };
    const ram = partOf(memory.prgRam, own[RAM] & 3, 8 * KIB);
    memory.ram = name === JALECO_87 ? { ...ram, bytes: 0 } : ram; // its register is at $6000
    memory.mirroring = (own[FLAGS] & 1) !== 0 ? "vertical" : "horizontal";
  }

  /** The menu: two banks from the registers, and two that are fixed. */
  protected override mapOwn(): void {
    const { memory } = this;
    const fixed = this.image.submapper === 3 ? 0x0f : 0x1f;
    memory.mapPrg(0x8000, 8 * KIB, this.#prgBank);
    memory.mapPrg(0xa000, 8 * KIB, this.#prgBank + 1);
    memory.mapPrg(0xc000, 16 * KIB, fixed);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }

  get #prgBank(): number {
    return this.own[PRG_LOW] | (this.own[PRG_HIGH] << 8);
  }

  get #isSurom(): boolean {
    return this.image.submapper !== 0 && (this.own[CODE] & 0x1f) === SUROM_CODE;
  }

  /** The number of banks of 8 KiB that the lines of a chip select, where more would show. */
  #maxPrgBanks(name: number | undefined): number {
    if (name === MMC1) return this.#isSurom ? 64 : 32;
    return name === MMC3 || name === TXSROM ? 64 : 256;
  }

  /**
   * The part of CHR that the game's board sees, in KiB. A CNROM has two bits: games write others too. One of
   * SUROM's is PRG A18. Sizes follow the wiki; FCEUmm has a third bit for them.
   */
  #chrKib(name: number | undefined): number {
    const size = (this.own[FLAGS] >> 4) & 3;
    if (name === undefined || UNBANKED_CHR.has(name)) return 8;
    if (name === CNROM) return 32;
    const chrKib = size < 2 ? 256 : size === 2 ? 128 : 32;
    return name === MMC1 && this.#isSurom ? Math.min(chrKib, 64) : chrKib;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 446,
    name: "SMD172B_FPGA",
    board: Smd172bFpga,
    knownSubmappers: [1, 2, 3],
    wiki: ["NES_2.0_Mapper_446"],
    ram: { prgBytes: 32 * KIB, insteadOfRomBytes: 256 * KIB },
    lacks: [LACKS_LARGE_FLASH, "games with a VRC6 or VRC7 play without its sound"],
  },
];
