import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { Board, HOOK_A12 } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { RegisterNames } from "../../register-names.ts";

// Registers 0–7 are the banks R0–R7; clones store theirs from FREE on.
export const BANK_SELECT = 8; // CPM..RRR
export const MMC3_MIRRORING = 9;
export const RAM_PROTECT = 10; // EW......: enable, write protect
const IRQ_LATCH = 11;
const IRQ_COUNTER = 12;
const IRQ_RELOAD = 13;
const IRQ_ENABLED = 14;
export const FREE = 16;

/**
 * Mapper 4, MMC3 on TxROM boards, and the base class of the many boards around an MMC3 or its clones, which
 * override how a bank number is applied. Rising edges of PPU A12 clock the interrupt counter.
 * https://www.nesdev.org/wiki/MMC3
 */
export class Mmc3 extends Board {
  override readonly hooks: number = HOOK_A12;
  /** NES 2.0 names it by submapper 4 of mapper 4; Legacy of the Wizard uses such a chip. */
  readonly #isRevisionA =
    this.options.mmc3Revision === "A" || (this.image.mapper === 4 && this.image.submapper === 4);

  /** The RAM's power-on state is not defined; programs that never write $A001 expect it enabled. */
  override powerOn(): void {
    this.registers.set([0, 2, 4, 5, 6, 7, 0, 1]);
    this.registers[RAM_PROTECT] = 0x80;
    this.initialize();
  }

  override reset(): void {
    this.initialize();
    this.updateBanks();
  }

  /** Sets the registers that a board adds to the chip, at power-on and by the reset button. Default: none. */
  protected initialize(): void {}

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) this.writeMmc3(address, value, cycle);
  }

  /** Writes one of the chip's own eight registers. */
  protected writeMmc3(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const select = registers[BANK_SELECT];
    switch (address & 0xe001) {
      case 0x8000:
        registers[BANK_SELECT] = value;
        break;
      case 0x8001:
        registers[registers[BANK_SELECT] & 7] = value;
        break;
      case 0xa000:
        registers[MMC3_MIRRORING] = value;
        break;
      case 0xa001:
        registers[RAM_PROTECT] = value;
        break;
      case 0xc000:
        registers[IRQ_LATCH] = value;
        break;
      case 0xc001:
        registers[IRQ_COUNTER] = 0;
        registers[IRQ_RELOAD] = 1;
        break;
      case 0xe000:
        registers[IRQ_ENABLED] = 0;
        this.clearIrq(cycle);
        break;
      default:
        registers[IRQ_ENABLED] = 1;
    }
    this.applyWrite(address & 0xe001, select ^ registers[BANK_SELECT]);
  }

  /**
   * Applies a write to `register`, one of the eight addresses. `selectChange` are the bits of the bank select
   * register that have changed. Boards that add registers to the bank numbers map everything.
   */
  protected applyWrite(_register: number, _selectChange: number): void {
    this.updateBanks();
  }

  override ppuA12Rise(cycle: number): void {
    const fires = this.#nextClockFires();
    const { registers } = this;
    registers[IRQ_COUNTER] = this.#nextCount();
    registers[IRQ_RELOAD] = 0;
    if (fires) this.assertIrq(cycle);
    this.updateIrq();
  }

  override get risesUntilIrq(): number {
    if (this.registers[IRQ_ENABLED] === 0) return NEVER;
    return this.irqImminent ? 1 : 1 + Math.max(1, this.#nextCount());
  }

  override updateBanks(): void {
    this.mapRam();
    this.mapBanks();
    this.mapNametables();
    this.updateIrq();
  }

  /** Maps all PRG and CHR windows through `mapPrgBank` and `mapChrBank`. */
  protected mapBanks(): void {
    this.mapPrgBanks();
    this.mapChrBanks();
  }

  protected mapPrgBanks(): void {
    const { registers } = this;
    const prgSwap = (registers[BANK_SELECT] & 0x40) !== 0 ? 2 : 0;
    this.mapPrgBank(prgSwap, registers[6]);
    this.mapPrgBank(1, registers[7]);
    this.mapPrgBank(2 - prgSwap, -2);
    this.mapPrgBank(3, -1);
  }

  protected mapChrBanks(): void {
    const { registers } = this;
    const chrSwap = (registers[BANK_SELECT] & 0x80) !== 0 ? 4 : 0;
    for (let slot = 0; slot < 4; slot++) {
      this.mapChrBank(slot ^ chrSwap, (registers[slot >> 1] & 0xfe) | (slot & 1));
      this.mapChrBank((slot + 4) ^ chrSwap, registers[2 + slot]);
    }
  }

  /** Whether the next rise of A12 asserts IRQ. */
  protected updateIrq(): void {
    this.irqImminent = this.#nextClockFires();
  }

  /** Maps 8 KiB at $8000 + slot × $2000. Fixed banks are −2 and −1. */
  protected mapPrgBank(slot: number, bank: number): void {
    this.memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, bank);
  }

  /** Maps 1 KiB at slot × $400. */
  protected mapChrBank(slot: number, bank: number): void {
    this.memory.mapChr(slot * KIB, KIB, bank);
  }

  protected mapNametables(): void {
    // Submapper 2 is the TFROM board with its jumper set: it has the header's mirroring.
    const isWired = this.image.mapper === 4 && this.image.submapper === 2;
    if (isWired || this.memory.mirroring === "four-screen") return;
    this.memory.mirror((this.registers[MMC3_MIRRORING] & 1) === 0 ? "vertical" : "horizontal");
  }

  protected mapRam(): void {
    const protect = this.registers[RAM_PROTECT];
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0, (protect & 0x80) !== 0, (protect & 0xc0) === 0x80);
  }

  #nextCount(): number {
    const { registers } = this;
    const reload = registers[IRQ_COUNTER] === 0 || registers[IRQ_RELOAD] !== 0;
    return reload ? registers[IRQ_LATCH] : registers[IRQ_COUNTER] - 1;
  }

  /** Unlike B, revision A does not fire if the counter is reloaded with 0 when it was already 0. */
  #nextClockFires(): boolean {
    const { registers } = this;
    if (registers[IRQ_ENABLED] === 0 || this.#nextCount() !== 0) return false;
    return !this.#isRevisionA || registers[IRQ_COUNTER] > 0 || registers[IRQ_RELOAD] !== 0;
  }
}

/** The plain chip, as on TxROM boards. Programs switch PRG banks often, which does not change the picture. */
class TxRom extends Mmc3 {
  override isUnseenByPpu(address: number, value: number): boolean {
    switch (address & 0xe001) {
      case 0x8000:
        return ((value ^ this.registers[BANK_SELECT]) & 0x80) === 0;
      case 0x8001:
        return (this.registers[BANK_SELECT] & 7) >= 6;
      default:
        return (address & 0xe001) === 0xa001;
    }
  }

  protected override applyWrite(register: number, selectChange: number): void {
    switch (register) {
      case 0x8000:
        if ((selectChange & 0x40) !== 0) this.mapPrgBanks();
        if ((selectChange & 0x80) !== 0) this.mapChrBanks();
        break;
      case 0x8001:
        if ((this.registers[BANK_SELECT] & 7) >= 6) this.mapPrgBanks();
        else this.mapChrBanks();
        break;
      case 0xa000:
        this.mapNametables();
        break;
      case 0xa001:
        this.mapRam();
        break;
      default:
        this.updateIrq();
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 4,
    name: "MMC3 (TxROM)",
    board: TxRom,
    unif: [
      { names: "TBROM TEROM TFROM TGROM TKROM TKEPROM TLROM TL1ROM TL2ROM TNROM TSROM B4" },
      { names: "TVROM TR1ROM", mirroring: "four-screen" },
    ],
    knownSubmappers: [2, 4],
  },
];

/** Names of its registers. */
export const MMC3_REGISTERS: RegisterNames = {
  board: Mmc3,
  places: {
    r: [0, 8, 8],
    bankSelect: BANK_SELECT,
    mirroring: MMC3_MIRRORING,
    ramProtect: RAM_PROTECT,
    irqLatch: IRQ_LATCH,
    irqCounter: IRQ_COUNTER,
    irqReload: [IRQ_RELOAD, 1],
    irqEnabled: [IRQ_ENABLED, 1],
  },
};
