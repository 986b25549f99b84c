import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_READS } from "../../board.ts";
import { type BoardDescriptor, FIRST_UNNUMBERED } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { FAMICOM_BOX_SWITCHES, FamicomBoxPanel } from "./famicom-box-panel.ts";

/** Registers by A0–A2 of $5000–$5FFF; the last one cannot be written. */
const PROTECTION = 2;
const ATTRACT_TIMER = 3;
const SLOT = 4;
const MISCELLANEOUS = 5;
/** The exceptions that a read of $5000 returns, low if they have occurred. */
const FLAGS = 8;
/** 1 after the menu has set the relay of the CATV interface. */
const IS_AUTHORIZED = 9;

const NO_EXCEPTIONS = 0xff;
/** $5004: the registers are unmapped until a reset. */
const UNMAPS = 0x40;
const KEY_IS_STILL = 2;
const NOT_AUTHORIZED = 0x20;

const PAGE = 2 * KIB;
/** Extra RAM: three pages, and one that takes the writes to pages that are protected. */
const PAGES = 3;

/**
 * The FamicomBox and its menu, SSS-NROM-256: 8 KiB of work RAM and 8 KiB at $6000–$7FFF, registers at
 * $5000–$5FFF, and 15 slots, which are empty. $0000–$07FF, with the stack, is not write-protected here.
 * Two exceptions are left out: the interrupt of 6.83 Hz, and that of reads of the controllers, of which the
 * sources say that each read, or only one of a pressed button, resets the console.
 * https://www.nesdev.org/wiki/FamicomBox
 */
class FamicomBox extends Board {
  override readonly hooks: number = HOOK_CPU_READS;
  override readonly cabinet = new FamicomBoxPanel(this.registers, this.options.dips);

  static override chips(): BoardChips {
    return { extraRamBytes: (PAGES + 1) * PAGE, prgRamBytes: 8 * KIB, prgNvramBytes: 0 };
  }

  override powerOn(): void {
    this.cabinet.start();
  }

  override reset(): void {
    const { registers } = this;
    this.cabinet.reset();
    registers[PROTECTION] = 0;
    registers[SLOT] = 0;
    registers[MISCELLANEOUS] = 0;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { cabinet, registers } = this;
    if ((address & 0xf000) !== 0x5000 || (registers[SLOT] & UNMAPS) !== 0) return;
    cabinet.runTo(cycle);
    registers[address & 7] = value;
    if ((address & 7) === ATTRACT_TIMER) cabinet.setAttractTimer(value);
    if ((registers[MISCELLANEOUS] & 1) !== 0) registers[IS_AUTHORIZED] = 1;
    this.updateBanks();
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.cabinet.runTo(cycle);
    const value = this.peekRegister(address, openBus);
    const isFlags = (address & 0xf007) === 0x5000 && (this.registers[SLOT] & UNMAPS) === 0;
    if (isFlags) this.registers[FLAGS] = NO_EXCEPTIONS;
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const { cabinet, registers } = this;
    if ((address & 0xf000) !== 0x5000 || (registers[SLOT] & UNMAPS) !== 0) return openBus;
    switch (address & 7) {
      case 0:
        return registers[FLAGS];
      case 2:
        return cabinet.dips & 0xff;
      case 3:
        return cabinet.keyAndCredit;
      case 4:
        return 0; // nothing is in the DB-25 connector
      case 7: {
        const relay = registers[IS_AUTHORIZED] === 1 ? 0 : NOT_AUTHORIZED;
        return (cabinet.isBetween ? 0 : KEY_IS_STILL) | relay | (~(registers[MISCELLANEOUS] << 2) & 0x80);
      }
      default:
        return openBus;
    }
  }

  override rebase(cycles: number): void {
    this.cabinet.rebase(cycles);
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const { extraRam } = memory;
    const writable = (registers[PROTECTION] >> 4) & 7;
    for (let page = 0; page < PAGES; page++) {
      memory.mapCpu((page + 1) * PAGE, PAGE, extraRam, page);
      if (writable <= page + 1) memory.cpuWritePages[page + 1] = extraRam.offset + PAGES * PAGE;
    }
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if ((registers[SLOT] & 0x3f) === 0) {
      memory.mapPrg(0x8000, 32 * KIB, 0);
      memory.mapChr(0x0000, 8 * KIB, 0);
    } else {
      memory.unmapCpu(0x8000, 32 * KIB);
      memory.unmapPpu(0x0000, 8 * KIB);
    }
  }
}

/** The board of the menu, which has no mapper number. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: FIRST_UNNUMBERED + 5,
    name: "FamicomBox (SSS-NROM-256)",
    board: FamicomBox,
    wiki: ["FamicomBox"],
    unif: [{ names: "SSS-NROM-256" }],
    arcade: FAMICOM_BOX_SWITCHES,
    lacks: ["the slots of the FamicomBox are empty: only its menu runs"],
  },
];
