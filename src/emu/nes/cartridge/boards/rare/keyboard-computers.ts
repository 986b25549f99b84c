/** Computers whose keyboard the program reads through registers of the cartridge. */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS, HOOK_CPU_TIME, type PadSource } from "../../board.ts";
import { type BoardDescriptor, FIRST_UNNUMBERED } from "../../descriptor.ts";
import { FREE } from "../nintendo/mmc3.ts";
import { outerMmc3 } from "../parts/outer-mmc3.ts";
import { map16 } from "../parts/register-board.ts";
import { TimedBoard } from "../parts/timed-board.ts";

/** Writes select the row of the keyboard. */
const KEY_ROW = 0x4904;
/** Reads return the row's keys, low while held. */
const KEYS = 0x4906;

/** What a read of KEYS returns. */
function readKeys(pads: PadSource | undefined, row: number): number {
  return ~(pads?.readKeys(row) ?? 0) & 0xff;
}

const CHR = 4;
const ASDER_ROW = 12;

/**
 * Mapper 365, Asder PC-95: four PRG banks and eight banks of CHR RAM. The keys have the places of Subor's
 * keyboard. No source says which register selects the mirroring, so it is the header's; the PRG banks at
 * power-on are those of NintendulatorNRS. https://www.nesdev.org/wiki/NES_2.0_Mapper_365
 */
class AsderPc95 extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  #pads: PadSource | undefined;

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override powerOn(): void {
    this.registers.set([0xfc, 0xfd, 0xfe, 0xff]);
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    if (address === KEY_ROW) registers[ASDER_ROW] = value;
    else if (address < 0x8000 || address >= 0xc000) return;
    else if (address < 0xa000) registers[address & 3] = value;
    else registers[CHR + (address & 7)] = value;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number): number {
    return address === KEYS ? readKeys(this.#pads, this.registers[ASDER_ROW]) : openBus;
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    for (let slot = 0; slot < 4; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[slot] | (slot === 3 ? 1 : 0));
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
  }
}

const LITTLE_COM_ROW = FREE + 2;
const SPEECH_STATUS = 0x4c03;

/**
 * Mapper 531, LittleCom PC-95, the Korean version: an MMC3 in 256 KiB, which $4C00 selects at $8000 and $4C01
 * at $A000; the last 256 KiB are at $C000. The speech chip is missing; it is never busy. This follows
 * NintendulatorNRS. https://www.nesdev.org/wiki/NES_2.0_Mapper_531 (without details)
 */
class LittleComPc95 extends outerMmc3({
  initial: [0xe0, 0xe0],
  onReset() {},
  write(outer, address, value) {
    if (address === KEY_ROW) outer[2] = value;
    else if ((address & ~1) !== 0x4c00) return false;
    else outer[address & 1] = value & 0xe0;
    return true;
  },
  read: (_outer, address, openBus) => (address === SPEECH_STATUS ? 0 : openBus),
  prg: (bank, slot, outer) => (bank & 0x1f) | (slot < 2 ? outer[slot]! : 0xe0),
}) {
  #pads: PadSource | undefined;

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (address === KEYS) return readKeys(this.#pads, this.registers[LITTLE_COM_ROW]);
    return super.readRegister(address, openBus, cycle);
  }
}

/** The rows of the keyboard, as the program knows them, come first. */
const ROWS = 13;
const SCAN_CODE = 13;
const IS_WAITING = 14;
const CYCLES_LEFT_WORD = 61;
/** Cycles between two looks at the keys. The time that the keyboard takes is not known. */
const SCAN_CYCLES = 1000;
const RELEASED = 0x80;

/**
 * The scan codes of an IBM PC/XT keyboard, eight for each row of Subor's keyboard; 0 for keys without one and
 * for the second places of keys.
 */
const SCAN_CODES = Uint8Array.from(
  (
    "0522212e3c12062f 03201f4f3b11042d 520e514d42495347 0a1726333f180b34 1b1c484b411a2b50 " +
    "103a2c0f011e021d 081525323e160924 0c27283540190d2a 142331393d130730 0000000000000000 " +
    "384b4757584f5048 4a4e3749444c3545 294d460043515352"
  )
    .replaceAll(" ", "")
    .match(/../g)!,
  (digits) => Number.parseInt(digits, 16),
);

/**
 * The Transformer, NROM in a computer: the keyboard is an IBM PC/XT's. A scan code asserts IRQ; reads of
 * $5000 and $5001 return its low and high digits, a read of $5002 makes place for the next one. The tape, at
 * $5000 and $5004, is missing. This follows FCEUmm.
 */
class Transformer extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  #pads: PadSource | undefined;

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override powerOn(): void {
    this.words[CYCLES_LEFT_WORD] = SCAN_CYCLES;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.isWaiting", this.registers, FLAG, IS_WAITING, 1);
    state.slots("board.cyclesLeft", this.words, range(1, SCAN_CYCLES), CYCLES_LEFT_WORD, 1);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (address === 0x5002) {
      this.runTo(cycle);
      this.registers[IS_WAITING] = 0;
      this.clearIrq(cycle);
    }
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const code = this.registers[SCAN_CODE];
    if (address === 0x5000) return code & 0x0f;
    return address === 0x5001 ? code >> 4 : openBus;
  }

  protected writeBoard(): void {}

  protected mapBanks(): void {
    const { memory } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    map16(memory, 0, -1);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }

  protected count(cycles: number, first: number): void {
    const { words } = this;
    let left = cycles;
    while (left >= words[CYCLES_LEFT_WORD]) {
      left -= words[CYCLES_LEFT_WORD];
      words[CYCLES_LEFT_WORD] = SCAN_CYCLES;
      this.#scan(first + cycles - left - 1);
    }
    words[CYCLES_LEFT_WORD] -= left;
  }

  protected cyclesToIrq(): number {
    return this.words[CYCLES_LEFT_WORD];
  }

  /** Takes the next key that has been pressed or released, if the last code has been read. */
  #scan(cycle: number): void {
    const { registers } = this;
    if (registers[IS_WAITING] !== 0) return;
    for (let row = 0; row < ROWS; row++) {
      const held = this.#pads?.readKeys(row) ?? 0;
      const changed = held ^ registers[row];
      if (changed === 0) continue;
      const key = changed & -changed;
      registers[row] ^= key;
      const code = SCAN_CODES[row * 8 + 31 - Math.clz32(key)];
      if (code === 0) continue;
      registers[SCAN_CODE] = code | ((held & key) === 0 ? RELEASED : 0);
      registers[IS_WAITING] = 1;
      this.assertIrq(cycle);
      return;
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 365,
    name: "Asder PC-95",
    board: AsderPc95,
    device: "subor-keyboard",
    wiki: ["NES_2.0_Mapper_365"],
    lacks: ["the printer of this computer is missing"],
  },
  {
    mapper: 531,
    name: "LittleCom PC-95 (MMC3)",
    board: LittleComPc95,
    device: "subor-keyboard",
    wiki: ["NES_2.0_Mapper_531"],
    lacks: ["the speech chip of this computer is missing"],
  },
  {
    mapper: FIRST_UNNUMBERED + 4,
    name: "Transformer",
    board: Transformer,
    unif: [{ names: "TRANSFORMER" }],
    device: "subor-keyboard",
    lacks: ["the tape of this computer is missing"],
  },
];
