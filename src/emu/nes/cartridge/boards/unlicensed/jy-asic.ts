import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { TimedBoard } from "../parts/timed-board.ts";

const PRG = 0; // four registers
const CHR_LOW = 4; // eight registers
const CHR_HIGH = 12;
const NAMETABLE_LOW = 20; // four registers
const NAMETABLE_HIGH = 24;
/** $D000: PRG and CHR mode, nametable control, ROM at $6000. */
const MODE = 28;
/** $D001: mirroring, extended mirroring. */
const MIRRORING = 29;
/** $D002: which nametables are ROM, CHR RAM protection. */
const NAMETABLE_SELECT = 30;
/** $D003: outer bank, MMC4 mode. */
const OUTER = 31;
const LATCHES = 32; // two latches: 0 after tile $FD, 2 after tile $FE
const FACTORS = 34; // two factors
const ADDER = 36;
const TEST = 37;
const IRQ_ENABLED = 38;
const IRQ_CONTROL = 39;
const IRQ_PRESCALER = 40;
const IRQ_COUNTER = 41;
const IRQ_XOR = 42;
const LAST_A12 = 43;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

// Sources of the interrupt counter, in the low two bits of its control register.
const BY_CYCLE = 0;
const BY_A12 = 1;
const BY_READ = 2;

/**
 * Bank bits from the outer register: `mask` has the bits of the inner bank, `base` those of the outer one.
 */
interface OuterBanks {
  readonly prgMask: (outer: number) => number;
  readonly prgBase: (outer: number) => number;
  readonly chrMask: (outer: number) => number;
  readonly chrBase: (outer: number) => number;
}

/** CHR blocks of 512 KiB, or of 256 KiB while bit 5 is 0; `high` returns the bits that select the 512 KiB. */
function chrBlocks(high: (outer: number) => number): Pick<OuterBanks, "chrMask" | "chrBase"> {
  return {
    chrMask: (outer) => ((outer & 0x20) !== 0 ? 0x1ff : 0xff),
    chrBase: (outer) => ((outer & 0x20) !== 0 ? 0 : (outer & 1) << 8) | high(outer),
  };
}

const SINGLE: OuterBanks = {
  prgMask: () => 0x3f,
  prgBase: (outer) => (outer << 5) & 0xc0,
  ...chrBlocks((outer) => (outer << 6) & 0x600),
};

/** https://www.nesdev.org/wiki/J.Y._Company_ASIC lists the wirings of the outer bank bits by mapper. */
const OUTER_BANKS: Readonly<Record<number, OuterBanks>> = {
  35: SINGLE,
  90: SINGLE,
  209: SINGLE,
  211: SINGLE,
  281: {
    prgMask: () => 0x1f,
    prgBase: (outer) => outer << 5,
    chrMask: () => 0xff,
    chrBase: (outer) => outer << 8,
  },
  282: {
    prgMask: () => 0x1f,
    prgBase: (outer) => (outer << 4) & ~0x1f,
    ...chrBlocks((outer) => (outer << 6) & 0x600),
  },
  295: {
    prgMask: () => 0x0f,
    prgBase: (outer) => outer << 4,
    chrMask: () => 0x7f,
    chrBase: (outer) => outer << 7,
  },
  358: {
    prgMask: () => 0x1f,
    prgBase: (outer) => (outer << 4) & ~0x1f,
    ...chrBlocks((outer) => (outer << 7) & 0x600),
  },
  386: {
    prgMask: () => 0x1f,
    prgBase: (outer) => ((outer << 4) & 0x20) | ((outer << 3) & 0x40),
    ...chrBlocks((outer) => (outer << 7) & 0x600),
  },
  387: {
    prgMask: () => 0x0f,
    prgBase: (outer) => ((outer << 3) & 0x10) | ((outer << 2) & 0x20),
    ...chrBlocks((outer) => (outer << 7) & 0x600),
  },
  388: {
    prgMask: () => 0x1f,
    prgBase: (outer) => (outer << 3) & 0x60,
    ...chrBlocks((outer) => (outer << 8) & 0x200),
  },
  // In a multicart that selects blocks of 256 KiB itself.
  394: { prgMask: () => 0x1f, prgBase: () => 0, chrMask: () => 0xff, chrBase: () => 0 },
  397: {
    prgMask: () => 0x1f,
    prgBase: (outer) => (outer << 4) & ~0x1f,
    chrMask: () => 0x7f,
    chrBase: (outer) => outer << 7,
  },
  421: {
    prgMask: (outer) => ((outer & 4) !== 0 ? 0x3f : 0x1f),
    prgBase: (outer) => (outer << 4) & ((outer & 4) !== 0 ? ~0x3f : ~0x1f),
    chrMask: () => 0x1ff,
    chrBase: (outer) => (outer << 8) & 0x300,
  },
};

/** Boards that leave the extended nametable control unconnected. */
const PLAIN_NAMETABLES = [90, 388];

/**
 * The J.Y. Company ASIC: mappers 35, 90, 209 and 211, and multicarts. Banks of all sizes, ROM nametables,
 * a multiplier, and a counter of cycles, A12 rises or PPU reads. Counting CPU writes, which no game does, is
 * not emulated. The DIP switches are 0. https://www.nesdev.org/wiki/J.Y._Company_ASIC
 */
export class JyAsic extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_PPU_FETCH | HOOK_CPU_READS;
  readonly #outerBanks = OUTER_BANKS[this.image.mapper];
  readonly #hasNametableControl = !PLAIN_NAMETABLES.includes(this.image.mapper);

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqEnabled", this.registers, FLAG, IRQ_ENABLED, 1);
    state.slots("board.a12", this.registers, FLAG, LAST_A12, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) {
      if ((address & 0xf000) === 0x5000) this.#writeArithmetic(address & 3, value);
      return;
    }
    if ((address & 0xf000) === 0xc000) this.#writeIrq(address & 7, value, cycle);
    if ((address & 0x0800) !== 0) return;
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG + (address & 3)] = value;
        break;
      case 0x9000:
        registers[CHR_LOW + (address & 7)] = value;
        break;
      case 0xa000:
        registers[CHR_HIGH + (address & 7)] = value;
        break;
      case 0xb000:
        registers[((address & 4) === 0 ? NAMETABLE_LOW : NAMETABLE_HIGH) + (address & 3)] = value;
        break;
      case 0xd000:
        registers[MODE + (address & 3)] = value;
        break;
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if ((address & 0xf000) !== 0x5000) return openBus;
    if ((address & 0x3ff) === 0 && address !== 0x5800) return openBus & 0x3f;
    if ((address & 0x800) === 0) return openBus;
    const product = registers[FACTORS] * registers[FACTORS + 1];
    return [product & 0xff, product >> 8, registers[ADDER], registers[TEST]][address & 3];
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const source = registers[IRQ_CONTROL] & 3;
    const a12 = (address >> 12) & 1;
    const rises = a12 > registers[LAST_A12];
    registers[LAST_A12] = a12;
    if (source === BY_READ || (source === BY_A12 && rises)) this.#clock(cycle);
    if (this.#isMmc4Mode) this.#noteTile(address);
    return value;
  }

  /** A12 rises at most once in two reads. */
  override readsUntilIrq(): number {
    const source = this.registers[IRQ_CONTROL] & 3;
    const clocks = this.#clocksToIrq();
    if (clocks === NEVER || (source !== BY_READ && source !== BY_A12)) return NEVER;
    return source === BY_READ ? clocks : 2 * clocks - 1;
  }

  protected override mapBanks(): void {
    this.#mapPrgBanks();
    this.#mapChrBanks();
    this.#mapNametables();
  }

  protected override count(cycles: number, first: number): void {
    if (this.cyclesToIrq() === NEVER) {
      if ((this.registers[IRQ_CONTROL] & 3) === BY_CYCLE) this.#countClocks(cycles);
      return;
    }
    let left = cycles;
    let next = first;
    for (let toIrq = this.#clocksToIrq(); toIrq <= left; toIrq = this.#clocksToIrq()) {
      this.assertIrq(next + toIrq - 1);
      this.#countClocks(toIrq);
      left -= toIrq;
      next += toIrq;
    }
    this.#countClocks(left);
  }

  protected override cyclesToIrq(): number {
    return (this.registers[IRQ_CONTROL] & 3) === BY_CYCLE ? this.#clocksToIrq() : NEVER;
  }

  #writeArithmetic(register: number, value: number): void {
    const { registers } = this;
    if (register < 2) registers[FACTORS + register] = value;
    else if (register === 2) registers[ADDER] += value;
    else {
      registers[TEST] = value;
      registers[ADDER] = 0;
    }
  }

  #writeIrq(register: number, value: number, cycle: number): void {
    const { registers } = this;
    switch (register) {
      case 0:
        this.#enableIrq((value & 1) !== 0, cycle);
        break;
      case 1:
        registers[IRQ_CONTROL] = value;
        break;
      case 2:
        this.#enableIrq(false, cycle);
        break;
      case 3:
        this.#enableIrq(true, cycle);
        break;
      case 4:
        registers[IRQ_PRESCALER] = value ^ registers[IRQ_XOR];
        break;
      case 5:
        registers[IRQ_COUNTER] = value ^ registers[IRQ_XOR];
        break;
      case 6:
        registers[IRQ_XOR] = value;
        break;
    }
  }

  #enableIrq(enabled: boolean, cycle: number): void {
    const { registers } = this;
    registers[IRQ_ENABLED] = enabled ? 1 : 0;
    if (enabled) return;
    registers[IRQ_PRESCALER] = 0;
    this.clearIrq(cycle);
  }

  /** Handles one clock from the PPU. */
  #clock(cycle: number): void {
    if (this.#clocksToIrq() === 1) this.assertIrq(cycle);
    this.#countClocks(1);
  }

  /** The prescaler has three bits or eight. */
  get #prescalerSize(): number {
    return (this.registers[IRQ_CONTROL] & 4) !== 0 ? 8 : 0x100;
  }

  /** 1 is up, 2 down; with 0 and 3 the counter does not move. */
  get #direction(): number {
    return this.registers[IRQ_ENABLED] === 0 ? 0 : this.registers[IRQ_CONTROL] >> 6;
  }

  /**
   * Clocks until the counter wraps. With bit 3 the counter does not move, and each wrap of the prescaler
   * compares it.
   */
  #clocksToIrq(): number {
    const { registers } = this;
    const direction = this.#direction;
    if (direction !== 1 && direction !== 2) return NEVER;
    const size = this.#prescalerSize;
    const prescaler = registers[IRQ_PRESCALER] & (size - 1);
    const counter = registers[IRQ_COUNTER];
    const toWrap = direction === 1 ? size - prescaler : prescaler + 1;
    if ((registers[IRQ_CONTROL] & 8) !== 0) return counter === (direction === 1 ? 0 : 0xff) ? toWrap : NEVER;
    const wraps = direction === 1 ? 0x100 - counter : counter + 1;
    return toWrap + (wraps - 1) * size;
  }

  #countClocks(clocks: number): void {
    const { registers } = this;
    const direction = this.#direction;
    if (direction !== 1 && direction !== 2) return;
    const size = this.#prescalerSize;
    const signed = direction === 1 ? clocks : -clocks;
    const moved = (registers[IRQ_PRESCALER] & (size - 1)) + signed;
    const wraps = Math.floor(moved / size);
    registers[IRQ_PRESCALER] = (registers[IRQ_PRESCALER] & ~(size - 1)) | (moved - wraps * size);
    if ((registers[IRQ_CONTROL] & 8) === 0) registers[IRQ_COUNTER] += wraps;
  }

  /** MMC4 mode: 4 KiB CHR banks that follow the last tile $FD or $FE of their pattern table. */
  get #isMmc4Mode(): boolean {
    return this.registers[OUTER] >= 0x80 && (this.registers[MODE] & 0x18) === 0x08;
  }

  #noteTile(address: number): void {
    const tile = address & 0x2ff8;
    if (tile !== 0x0fd8 && tile !== 0x0fe8) return;
    const latch = LATCHES + ((address >> 12) & 1);
    const state = tile === 0x0fe8 ? 2 : 0;
    if (this.registers[latch] === state) return;
    this.registers[latch] = state;
    this.#mapChrBanks();
  }

  #prgBank(bank: number, shift: number): number {
    const outer = this.registers[OUTER];
    const mask = this.#outerBanks.prgMask(outer);
    return (bank & (mask >> shift)) | ((this.#outerBanks.prgBase(outer) & ~mask) >> shift);
  }

  #mapPrgBanks(): void {
    const { memory, registers } = this;
    const mode = registers[MODE] & 3;
    const shift = mode === 0 ? 2 : mode === 1 ? 1 : 0;
    const flip = mode === 3 ? reversed7 : (bank: number) => bank;
    const last = (registers[MODE] & 4) !== 0 ? registers[PRG + 3] : 0xff;
    const size = (8 * KIB) << shift;
    for (let window = 0; window < 4 >> shift; window++) {
      const register = registers[PRG + (mode === 1 ? 1 : window)];
      const isLast = window === (4 >> shift) - 1;
      memory.mapPrg(0x8000 + window * size, size, this.#prgBank(flip(isLast ? last : register), shift));
    }
    if (registers[MODE] >= 0x80) {
      const bank = (flip(registers[PRG + 3]) << shift) | ((1 << shift) - 1);
      memory.mapPrg(0x6000, 8 * KIB, this.#prgBank(bank, 0));
    } else memory.mapPrgRam(0x6000, 8 * KIB, 0);
  }

  #chrBank(bank: number, shift: number): number {
    const outer = this.registers[OUTER];
    const mask = this.#outerBanks.chrMask(outer);
    return (bank & (mask >> shift)) | ((this.#outerBanks.chrBase(outer) & ~mask) >> shift);
  }

  #mapChrBanks(): void {
    const { memory, registers } = this;
    const shift = 3 - ((registers[MODE] >> 3) & 3);
    const size = KIB << shift;
    const isWritable = (registers[NAMETABLE_SELECT] & 0x40) !== 0;
    for (let page = 0; page < 8; page += 1 << shift) {
      const index = this.#isMmc4Mode ? page | registers[LATCHES + (page >> 2)] : page;
      const bank = registers[CHR_LOW + index] | (registers[CHR_HIGH + index] << 8);
      memory.mapPpu(page * KIB, size, memory.chr, this.#chrBank(bank, shift), isWritable);
    }
  }

  #mapNametables(): void {
    const { memory, registers } = this;
    const hasRom = this.#hasNametableControl && (registers[MODE] & 0x20) !== 0;
    const isExtended = hasRom || (this.#hasNametableControl && (registers[MIRRORING] & 8) !== 0);
    if (!isExtended) {
      memory.mirror(MIRRORINGS[registers[MIRRORING] & 3]);
      return;
    }
    for (let table = 0; table < 4; table++) {
      const low = registers[NAMETABLE_LOW + table];
      const isRom = ((low ^ registers[NAMETABLE_SELECT]) & 0x80) !== 0 || (registers[MODE] & 0x40) !== 0;
      const address = 0x2000 + table * KIB;
      if (hasRom && isRom) {
        const bank = low | (registers[NAMETABLE_HIGH + table] << 8);
        memory.mapPpu(address, KIB, memory.chrRom, this.#chrBank(bank, 0));
      } else memory.mapPpu(address, KIB, memory.ciram, low & 1);
    }
  }
}

/** Reverses the seven bits of a PRG register. */
function reversed7(bank: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 7; bit++) reversed |= ((bank >> bit) & 1) << (6 - bit);
  return reversed;
}

const WIKI = ["J.Y._Company_ASIC"];

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 35,
    name: "J.Y. Company ASIC with RAM",
    board: JyAsic,
    wiki: ["INES_Mapper_035", ...WIKI],
    unif: [{ names: "SC-127" }],
  },
  {
    mapper: 90,
    name: "J.Y. Company ASIC",
    board: JyAsic,
    wiki: ["INES_Mapper_090", ...WIKI],
    unif: [{ names: "TEK90" }],
    ram: { prgBytes: 0 },
  },
  {
    mapper: 209,
    name: "J.Y. Company ASIC, extended mirroring",
    board: JyAsic,
    wiki: ["INES_Mapper_209", ...WIKI],
    ram: { prgBytes: 0 },
  },
  {
    mapper: 211,
    name: "J.Y. Company ASIC, extended mirroring",
    board: JyAsic,
    wiki: ["INES_Mapper_211", ...WIKI],
    ram: { prgBytes: 0 },
  },
  { mapper: 281, name: "J.Y. Company YY860417C", board: JyAsic, wiki: ["NES_2.0_Mapper_281", ...WIKI] },
  { mapper: 282, name: "J.Y. Company 860224C", board: JyAsic, wiki: ["NES_2.0_Mapper_282", ...WIKI] },
  {
    mapper: 295,
    name: "J.Y. Company YY860216C",
    board: JyAsic,
    wiki: ["NES_2.0_Mapper_295", ...WIKI],
    unif: [{ names: "13IN1JY110" }],
  },
  { mapper: 358, name: "J.Y. Company YY860606C", board: JyAsic, wiki: ["NES_2.0_Mapper_358", ...WIKI] },
  { mapper: 386, name: "J.Y. Company YY860729C", board: JyAsic, wiki: ["NES_2.0_Mapper_386", ...WIKI] },
  { mapper: 387, name: "J.Y. Company YY850735C", board: JyAsic, wiki: ["NES_2.0_Mapper_387", ...WIKI] },
  { mapper: 388, name: "J.Y. Company YY850835C", board: JyAsic, wiki: ["NES_2.0_Mapper_388", ...WIKI] },
  { mapper: 397, name: "J.Y. Company YY850439C", board: JyAsic, wiki: ["NES_2.0_Mapper_397", ...WIKI] },
  { mapper: 421, name: "J.Y. Company SC871115C", board: JyAsic, wiki: ["NES_2.0_Mapper_421", ...WIKI] },
];

/** Names of its registers. */
export const JY_REGISTERS: RegisterNames = {
  board: JyAsic,
  places: {
    prg: [PRG, 8, 4],
    chrLow: [CHR_LOW, 8, 8],
    chrHigh: [CHR_HIGH, 8, 8],
    nametableLow: [NAMETABLE_LOW, 8, 4],
    nametableHigh: [NAMETABLE_HIGH, 8, 4],
    mode: MODE,
    mirroring: MIRRORING,
    nametableSelect: NAMETABLE_SELECT,
    outer: OUTER,
    factor: [FACTORS, 8, 2],
    adder: ADDER,
    test: TEST,
    irqControl: IRQ_CONTROL,
    irqPrescaler: IRQ_PRESCALER,
    irqCounter: IRQ_COUNTER,
    irqXor: IRQ_XOR,
  },
};
