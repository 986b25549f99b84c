import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const ACCUMULATOR = 0;
const INVERTER = 1;
const STAGING = 2;
const OUTPUT = 3;
const INCREASE = 4;
const INVERT = 5;
const Y = 6;

/** How a board connects the chip's data pins to the CPU's, and what its output pins select. */
interface Wiring {
  /** Sachen's JV001 has four counting bits, TXC's 05-00002-010 three. */
  readonly isJv001: boolean;
  /** Data pins that drive the bus in reads; the others are open bus. */
  readonly pins: number;
  readonly fromCpu: (value: number) => number;
  readonly toCpu: (value: number) => number;
  readonly map: (board: TxcBoard) => void;
}

const SAME = (value: number): number => value;

/** Reverses D0–D5. */
function reversed6(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 6; bit++) reversed |= ((value >> bit) & 1) << (5 - bit);
  return reversed;
}

const WIRINGS: Readonly<Record<number, Wiring>> = {
  132: {
    isJv001: false,
    pins: 0x0f,
    fromCpu: (value) => value & 0x0f,
    toCpu: SAME,
    map: (board) => board.map((board.output >> 2) & 1, board.output & 3),
  },
  136: {
    isJv001: true,
    pins: 0x3f,
    fromCpu: (value) => value & 0x3f,
    toCpu: SAME,
    map: (board) => board.map(0, board.output),
  },
  147: {
    isJv001: true,
    pins: 0xff,
    fromCpu: (value) => (value >> 2) | ((value & 3) << 6),
    toCpu: (value) => ((value << 2) & 0xff) | (value >> 6),
    map: (board) => board.map(((board.output >> 4) & 2) | (board.output & 1), (board.output >> 1) & 0x0f),
  },
  172: {
    isJv001: true,
    pins: 0x3f,
    fromCpu: reversed6,
    toCpu: reversed6,
    map: (board) => board.map(0, board.output, board.isInverting ? "vertical" : "horizontal"),
  },
  173: {
    isJv001: false,
    pins: 0x0f,
    fromCpu: (value) => value & 0x0f,
    toCpu: SAME,
    map: (board) => board.mapWithY(),
  },
};

/**
 * Boards with a scrambling chip between the CPU and the banks: TXC's 05-00002-010 on mappers 132 and 173,
 * Sachen's JV001 on 136, 147 and 172. A write to $8000–$FFFF copies the accumulator to the output pins.
 * https://www.nesdev.org/wiki/INES_Mapper_132 and https://www.nesdev.org/wiki/INES_Mapper_136
 */
class TxcBoard extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  readonly #wiring = WIRINGS[this.image.mapper];
  /** The counting bits; the others pass through an inverter. */
  readonly #mask = this.#wiring.isJv001 ? 0x0f : 0x07;

  override powerOn(): void {
    if (this.#wiring.isJv001) this.registers[INVERT] = 1;
  }

  override declareState(state: StateCheck): void {
    state.slots("board.flags", this.registers, FLAG, INCREASE, 3);
  }

  override writeRegister(address: number, value: number): void {
    const wired = this.#wiring.fromCpu(value);
    const { registers } = this;
    if (address >= 0x8000) {
      const high = this.#wiring.isJv001 ? registers[INVERTER] & 0xf0 : (registers[INVERTER] & 0x08) << 1;
      registers[OUTPUT] = (registers[ACCUMULATOR] & 0x0f) | high;
    } else if ((address & 0xe100) === 0x4100) this.#writeChip(address & 3, wired);
    else if (address >= 0x6000) return;
    registers[Y] = registers[INVERT] === 0 || (wired & 0x10) !== 0 ? 1 : 0;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    if (!isReadPort(address)) return openBus;
    const value = this.peekRegister(address, openBus);
    this.registers[Y] = this.registers[INVERT] === 0 || (this.#value & 0x10) !== 0 ? 1 : 0;
    this.updateBanks();
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (!isReadPort(address)) return openBus;
    const { pins, toCpu } = this.#wiring;
    return (openBus & ~pins) | (toCpu(this.#value) & pins);
  }

  override updateBanks(): void {
    this.#wiring.map(this);
  }

  get output(): number {
    return this.registers[OUTPUT];
  }

  get isInverting(): boolean {
    return this.registers[INVERT] !== 0;
  }

  map(prg: number, chr: number, mirroring = this.memory.mirroring): void {
    this.memory.mapPrg(0x8000, 32 * KIB, prg);
    this.memory.mapChr(0x0000, 8 * KIB, chr);
    this.memory.mirror(mirroring);
  }

  /** Mapper 173: pin Y is CHR A14, or enables CHR ROM on boards with only one bank. */
  mapWithY(): void {
    const { memory, registers } = this;
    this.map(0, (this.output & 1) | (registers[Y] << 1) | ((this.output & 2) << 1));
    if (memory.chr.bytes <= 8 * KIB && registers[Y] === 0) memory.unmapPpu(0x0000, 8 * KIB);
  }

  /** The value of the chip's data pins in a read. */
  get #value(): number {
    const { registers } = this;
    const inverted = registers[INVERTER] ^ (this.isInverting ? 0xff : 0);
    return (registers[ACCUMULATOR] & this.#mask) | (inverted & ~this.#mask & 0xff);
  }

  #writeChip(register: number, value: number): void {
    const { registers } = this;
    const mask = this.#mask;
    if (register === 0) {
      if (registers[INCREASE] !== 0) registers[ACCUMULATOR]++;
      else {
        const loaded = (registers[ACCUMULATOR] & ~mask) | (registers[STAGING] & mask);
        registers[ACCUMULATOR] = loaded ^ (this.isInverting ? 0xff : 0);
      }
    } else if (register === 1) registers[INVERT] = value & 1;
    else if (register === 2) {
      registers[STAGING] = value & mask;
      registers[INVERTER] = value & ~mask;
    } else registers[INCREASE] = value & 1;
  }
}

function isReadPort(address: number): boolean {
  return address < 0x6000 && (address & 0x0103) === 0x0100;
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 132,
    name: "TXC 22211A",
    board: TxcBoard,
    wiki: ["INES_Mapper_132"],
    unif: [{ names: "22211" }],
  },
  {
    mapper: 136,
    name: "Sachen SA-002 (JV001)",
    board: TxcBoard,
    wiki: ["INES_Mapper_136"],
    unif: [{ names: "SA-002 TCU02" }],
  },
  {
    mapper: 147,
    name: "Sachen TC-U01-1.5M (JV001)",
    board: TxcBoard,
    wiki: ["INES_Mapper_147"],
    unif: [{ names: "TC-U01-1.5M" }],
  },
  { mapper: 172, name: "TXC 22211B (JV001)", board: TxcBoard, wiki: ["INES_Mapper_172"] },
  {
    mapper: 173,
    name: "TXC 22211C",
    board: TxcBoard,
    wiki: ["INES_Mapper_173"],
    unif: [{ names: "22211C" }],
  },
];
