import type { StateCheck } from "../../../../state-check.ts";
import { WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { map16, mirrorBy } from "../parts/register-board.ts";

/** The bank at $C000 of mapper 43, by the value written at $4022. */
const BANKS_43 = [4, 3, 5, 3, 6, 3, 7, 3];

/**
 * Mapper 43, TONY-I and YS-612: Super Mario Bros. 2 from disk. https://www.nesdev.org/wiki/INES_Mapper_043
 */
class Ys612 extends CycleCounter {
  protected override readonly limit: number = 4096;
  /** The bank at $E000 unless it is exchanged. */
  protected readonly lastBank: number = 9;

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const register = address & 0xf1ff;
    if (register === 0x4022) this.registers[0] = value & 7;
    else if (register === 0x4120) this.registers[1] = value & 1;
    else if (register === 0x4122 || register === 0x8122) {
      this.isCounting = (value & 1) !== 0;
      this.counter = 0;
      this.clearIrq(cycle);
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const isSwapped = registers[1] !== 0;
    memory.mapCpu(0x5000, 4 * KIB, memory.prgRom, 16);
    memory.mapPrg(0x6000, 8 * KIB, isSwapped ? 0 : 2);
    memory.mapPrg(0x8000, 8 * KIB, 1);
    memory.mapPrg(0xa000, 8 * KIB, 0);
    memory.mapPrg(0xc000, 8 * KIB, BANKS_43[registers[0]]);
    memory.mapPrg(0xe000, 8 * KIB, isSwapped ? 8 : this.lastBank);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }
}

const LATCH_357 = 2;
const GAME_357 = 3;

/**
 * Mapper 357, Bit Corp. 4602: mapper 43 and three UNROM games. A DIP switch selects the game; here each press
 * of the reset button sets its next position. https://www.nesdev.org/wiki/NES_2.0_Mapper_357
 */
class BitCorp4602 extends Ys612 {
  protected override readonly lastBank: number = 10;

  override reset(): void {
    const { registers } = this;
    registers[GAME_357] = (registers[GAME_357] + 1) & 3;
    this.isCounting = false;
    this.counter = 0;
    this.updateBanks();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) super.writeBoard(address, value, cycle);
    else this.registers[LATCH_357] = value & 7;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const game = registers[GAME_357];
    super.mapBanks();
    mirrorBy(memory, game === 3 ? 1 : 0);
    if (game === 0) return;
    memory.unmapCpu(0x5000, 12 * KIB);
    map16(memory, (game << 3) | registers[LATCH_357], (game << 3) | 7);
  }
}

/**
 * Mapper 106, a pirate copy of Super Mario Bros. 3: registers by A0–A3.
 * https://www.nesdev.org/wiki/INES_Mapper_106
 */
class Mapper106 extends CycleCounter {
  override powerOn(): void {
    this.registers.set([0xff, 0xff, 0xff, 0xff], 8);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const register = address & 0x0f;
    if (register < 0x0d) this.registers[register] = value;
    else if (register === 0x0d) {
      this.isCounting = false;
      this.counter = 0;
      this.clearIrq(cycle);
    } else {
      this.setCounterByte(register === 0x0f, value);
      if (register === 0x0f) this.isCounting = true;
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let slot = 0; slot < 4; slot++) {
      const bank = registers[8 + slot];
      const isFixedHigh = slot === 0 || slot === 3;
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, isFixedHigh ? (bank & 0x0f) | 0x10 : bank & 0x1f);
    }
    for (let page = 0; page < 8; page++) {
      const bank = registers[page];
      const wired = page >= 4 ? bank : (bank & 0xfe) | (page & 1);
      memory.mapChr(page * KIB, KIB, wired);
    }
    memory.mirror((registers[12] & 1) === 0 ? "vertical" : "horizontal");
  }
}

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/** iNES 1.0 headers do not distinguish mapper 83's boards; the ROM sizes do. */
function conyBoard(image: CartridgeImage): number {
  if (image.mapper === 264) return 1;
  if (image.exactHeader || image.submapper !== 0) return image.submapper;
  if (image.chrRom.length === 512 * KIB) return 1;
  if (image.prgRom.length === 1024 * KIB) return 2;
  return image.prgRom.length === 512 * KIB ? 3 : 0;
}

const SCRATCH = 16; // four bytes

/**
 * Mapper 83, Cony, and 264, Yoko: submapper 0 has CHR banks of 1 KiB, submapper 1 of 2 KiB; submappers 2 and
 * 3 also have outer banks. Not emulated: counting lines instead of cycles, and the DIP switches.
 * https://www.nesdev.org/wiki/INES_Mapper_083
 */
class Cony extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  readonly #board = conyBoard(this.image);

  override reset(): void {
    this.registers.fill(0, 0, SCRATCH);
    this.isCounting = false;
    this.counter = 0;
    this.updateBanks();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) {
      if ((address & 0xf000) === 0x5000) registers[SCRATCH + (address & 3)] = value;
      return;
    }
    const wired = this.image.mapper === 264 ? ((address >> 2) & ~0x3f) | (address & 0x3f) : address;
    switch (wired & 0x300) {
      case 0x000:
      case 0x100:
        registers[(wired >> 8) & 1] = value;
        break;
      case 0x200:
        this.setCounterByte((wired & 1) !== 0, value);
        if ((wired & 1) !== 0) this.isCounting = (registers[1] & 0x80) !== 0 && this.counter !== 0;
        else this.clearIrq(cycle);
        break;
      default:
        if ((wired & 0x10) === 0) registers[4 + (wired & 3)] = value;
        else if ((wired & 0x08) === 0) registers[8 + (wired & 7)] = value;
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xf000) !== 0x5000) return openBus;
    const isScratch = (address & (this.image.mapper === 264 ? 0x400 : 0x100)) !== 0;
    return isScratch ? this.registers[SCRATCH + (address & 3)] : openBus & 0xfc;
  }

  protected override get countsDown(): boolean {
    return (this.registers[1] & 0x40) !== 0;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const mask = this.image.mapper === 264 || this.#board === 3 ? 0x0f : 0x1f;
    const base = registers[0];
    const outer = (base << 1) & ~mask;
    if ((registers[1] & 0x10) === 0) {
      memory.mapPrg(0x8000, 16 * KIB, base);
      memory.mapPrg(0xc000, 16 * KIB, (registers[1] & 8) === 0 ? base | (mask >> 1) : base);
    } else {
      for (let slot = 0; slot < 4; slot++) {
        const bank = slot === 3 ? 0xff : registers[4 + slot];
        memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, outer | (bank & mask));
      }
    }
    if (this.#board === 2 && memory.prgRam.bytes > 0) memory.mapPrgRam(0x6000, 8 * KIB, base >> 6);
    else if (this.#board === 2 || (registers[1] & 0x20) !== 0) memory.mapPrg(0x6000, 8 * KIB, registers[7]);
    else memory.unmapCpu(0x6000, 8 * KIB);
    this.#mapChr();
    memory.mirror(MIRRORINGS[registers[1] & 3]);
  }

  #mapChr(): void {
    const { memory, registers } = this;
    if (this.#board === 1) {
      for (const [window, register] of [8, 9, 14, 15].entries()) {
        memory.mapChr(window * 2 * KIB, 2 * KIB, registers[register]);
      }
      return;
    }
    const shift = this.#board === 2 ? 4 : 2;
    const outer = this.#board === 0 ? 0 : (registers[0] << shift) & ~0xff;
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, outer | registers[8 + page]);
  }
}

const SELECTED = 0;
const PRG = 1; // $8000, $A000, $C000, $6000
const KS202_MIRRORING = 5;
const KS202_CHR = 8; // eight registers
const RELOAD_WORD = 59;

/**
 * Mappers 142 and 56, Kaiser's KS202: the VRC3's counter and four PRG banks behind an index. Mapper 56 adds
 * PRG A17, mirroring and CHR banks at $F000. https://www.nesdev.org/wiki/INES_Mapper_142 and
 * https://www.nesdev.org/wiki/INES_Mapper_056
 */
class Ks202 extends CycleCounter {
  readonly #isExtended = this.image.mapper === 56;

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqReload", this.words, WORD, RELOAD_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    const page = address >> 12;
    if (page >= 0x8 && page <= 0xb) {
      const shift = (page & 3) * 4;
      words[RELOAD_WORD] = (words[RELOAD_WORD] & ~(0x0f << shift)) | ((value & 0x0f) << shift);
    } else if (page === 0xc) {
      this.isCounting = value !== 0;
      if (value !== 0) this.counter = words[RELOAD_WORD];
      this.clearIrq(cycle);
    } else if (page === 0xd) this.clearIrq(cycle);
    else if (page === 0xe) registers[SELECTED] = value & 0x0f;
    else if (page === 0xf) this.#writeBank(address, value);
  }

  protected override afterIrq(): void {
    this.counter = this.words[RELOAD_WORD];
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    if (this.#isExtended) memory.mapPrgRam(0x6000, 8 * KIB, 0);
    else memory.mapPrg(0x6000, 8 * KIB, registers[PRG + 3]);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    if (!this.#isExtended) {
      memory.mapChr(0x0000, 8 * KIB, 0);
      return;
    }
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[KS202_CHR + page]);
    memory.mirror((registers[KS202_MIRRORING] & 1) === 0 ? "horizontal" : "vertical");
  }

  #writeBank(address: number, value: number): void {
    const { registers } = this;
    const bank = registers[SELECTED] - 1;
    if (bank >= 0 && bank < 4) registers[PRG + bank] = (registers[PRG + bank] & 0x10) | (value & 0x0f);
    if (!this.#isExtended) return;
    const area = address & 0xfc00;
    const slot = address & 3;
    if (area === 0xf000 && slot < 3) registers[PRG + slot] = (value & 0x10) | (registers[PRG + slot] & 0x0f);
    else if (area === 0xf800) registers[KS202_MIRRORING] = value;
    else if (area === 0xfc00) registers[KS202_CHR + (address & 7)] = value;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 43, name: "TONY-I, YS-612", board: Ys612, wiki: ["INES_Mapper_043"] },
  { mapper: 56, name: "Kaiser KS202 (Super Mario Bros. 3)", board: Ks202, wiki: ["INES_Mapper_056"] },
  {
    mapper: 83,
    name: "Cony",
    board: Cony,
    wiki: ["INES_Mapper_083"],
    knownSubmappers: [1, 2, 3],
    ram: { prgBytes: 32 * KIB },
  },
  { mapper: 106, name: "Super Mario Bros. 3 pirate", board: Mapper106, wiki: ["INES_Mapper_106"] },
  {
    mapper: 142,
    name: "Kaiser KS-7032 (KS202)",
    board: Ks202,
    wiki: ["INES_Mapper_142"],
    unif: [{ names: "KS7032" }],
  },
  {
    mapper: 264,
    name: "Yoko",
    board: Cony,
    wiki: ["NES_2.0_Mapper_264"],
    unif: [{ names: "YOKO" }],
  },
  { mapper: 357, name: "Bit Corp. 4602 4-in-1", board: BitCorp4602, wiki: ["NES_2.0_Mapper_357"] },
];
