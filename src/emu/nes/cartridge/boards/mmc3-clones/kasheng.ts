import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT } from "../nintendo/mmc3.ts";
import { outerMmc3, SWALLOWED, within } from "../parts/outer-mmc3.ts";

/** Answers of Kasheng's protection, by the low two bits of the last written value. */
const ANSWERS = [0x83, 0x83, 0x42, 0x00];

/** CHR A18 on boards where it depends on the pattern table: it is set for the one that holds R0 and R1. */
function chrA18(slot: number, mmc3: Uint8Array): number {
  const isSwapped = (mmc3[BANK_SELECT] & 0x80) !== 0;
  return slot < 4 !== isSwapped ? 0x100 : 0;
}

/** Reverses D0–D5. */
function reversed6(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 6; bit++) reversed |= ((value >> bit) & 1) << (5 - bit);
  return reversed;
}

// Outer registers of mapper 121.
const FIXED_E000 = 0;
const FIXED_C000 = 1;
const FIXED_A000 = 2;
const BLOCK = 3;
const ANSWER = 4;
const INDEX = 5;
const DATA = 6;
const IS_LATCHED = 7;

/**
 * Applies the index written to $8003 to the last data: it selects the fixed bank that takes the data, and if
 * later data goes there too.
 */
function applyIndex(outer: Uint8Array): void {
  switch (outer[INDEX] & 0x3f) {
    case 0x26:
      outer[IS_LATCHED] = 0;
      outer[FIXED_E000] = outer[DATA];
      break;
    case 0x28:
      outer[IS_LATCHED] = 0;
      outer[FIXED_C000] = outer[DATA];
      break;
    case 0x2a:
      outer[IS_LATCHED] = 0;
      outer[FIXED_A000] = outer[DATA];
      break;
    case 0x2c:
      outer[IS_LATCHED] = 1;
      if (outer[DATA] !== 0) outer[FIXED_E000] = outer[DATA];
      break;
    case 0x20:
    case 0x29:
    case 0x2b:
    case 0x3c:
    case 0x3f:
      outer[IS_LATCHED] = 1;
      outer[FIXED_E000] = outer[DATA];
      break;
    case 0x2f:
      break;
    default:
      outer[INDEX] = 0;
  }
}

/**
 * Mapper 121, Kasheng A9711 and A9713: a protection that takes over three PRG banks.
 * https://www.nesdev.org/wiki/INES_Mapper_121
 */
const A9711 = outerMmc3({
  initial: [0, 0, 0, 0x80],
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x5000) return false;
    outer[ANSWER] = ANSWERS[value & 3];
    if ((address & 0x180) === 0x180) outer[BLOCK] = value;
    return true;
  },
  translate(address, value, outer) {
    const register = address & 0xe003;
    if (register === 0x8003) {
      outer[INDEX] = value;
      applyIndex(outer);
      return 0x8000 | (value << 16);
    }
    if (register === 0x8001) {
      outer[DATA] = reversed6(value);
      if (outer[IS_LATCHED] === 0) applyIndex(outer);
    }
    return address | (value << 16);
  },
  read: (outer, address, openBus) => ((address & 0xf000) === 0x5000 ? outer[ANSWER] : openBus),
  prg(bank, slot, outer) {
    const block = (outer[BLOCK] & 0x80) >> 2;
    if ((outer[INDEX] & 0x3f) === 0 || slot === 0) return (bank & 0x1f) | block;
    return outer[3 - slot] | block;
  },
  chr(bank, slot, outer, mmc3, image) {
    // The A9713 has as much PRG ROM as CHR ROM.
    if (image.prgRom.length === image.chrRom.length) return bank | ((outer[BLOCK] & 0x80) << 1);
    return bank | chrA18(slot, mmc3);
  },
});

/**
 * Mapper 187, Kasheng A98402: NROM modes, and data that is used only after an index was written.
 * https://www.nesdev.org/wiki/INES_Mapper_187
 */
const A98402 = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if (address !== 0x5000 && address !== 0x6000) return false;
    outer[0] = value;
    return true;
  },
  translate(address, value, outer) {
    if (address === 0x8000) outer[1] = 1;
    else if (address === 0x8001 && outer[1] === 0) return SWALLOWED;
    return address | (value << 16);
  },
  read: (outer, address, openBus) => ((address & 0xf000) === 0x5000 ? ANSWERS[outer[1] & 3] : openBus),
  prg(bank, slot, outer) {
    const mode = outer[0];
    if ((mode & 0x80) === 0) return bank & 0x3f;
    const bank16 = mode & 0x1f;
    if ((mode & 0x20) === 0) return (bank16 << 1) | (slot & 1);
    return (mode & 0x40) !== 0 ? (bank16 & ~3) | slot : ((bank16 & ~1) << 1) | slot;
  },
  chr: (bank, slot, _outer, mmc3) => bank | chrA18(slot, mmc3),
});

/**
 * Mapper 219, Kasheng A9746: outer banks, and a mode that changes the indexes and bit orders of bank
 * registers. https://www.nesdev.org/wiki/INES_Mapper_219
 */
const A9746 = outerMmc3({
  initial: [0, 0x20],
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x5000) return false;
    outer[address & 1] = value;
    return true;
  },
  translate(address, value, outer, mmc3) {
    if (address >= 0xa000) return address | (value << 16);
    if ((address & 1) === 0) {
      if ((address & 2) !== 0) outer[2] = value;
      return address | (value << 16);
    }
    if ((outer[2] & 0x20) === 0) return address | (value << 16);
    return scrambledData(value, mmc3);
  },
  prg(bank, _slot, outer) {
    const mask = (outer[0] & 0x40) !== 0 ? 0x0f : 0x1f;
    return within(bank, mask, ((outer[0] << 4) & 0x10) | (outer[1] & 0x20));
  },
  chr(bank, _slot, outer) {
    const mask = (outer[0] & 0x80) !== 0 ? 0x7f : 0xff;
    return within(bank, mask, ((outer[0] << 4) & 0x80) | ((outer[1] << 3) & 0x100));
  },
});

/**
 * Stores data in the A9746's scrambled mode, where it goes to a bank register other than the one that the
 * MMC3's own index names.
 */
function scrambledData(value: number, mmc3: Uint8Array): number {
  const index = mmc3[BANK_SELECT];
  if (index >= 0x08 && index <= 0x1f) {
    const register = (index - 8) >> 2;
    const isLow = (index & 1) !== 0;
    mmc3[register] = isLow
      ? (mmc3[register] & 0xf0) | ((value >> 1) & 0x0f)
      : (mmc3[register] & 0x0f) | ((value << 4) & 0xf0);
  } else if (index === 0x25 || index === 0x26) {
    mmc3[6 | (index & 1)] = ((value >> 5) & 1) | ((value >> 3) & 2) | ((value >> 1) & 4) | ((value << 1) & 8);
  }
  return SWALLOWED;
}

/**
 * Mapper 238, Contra Fighter: an MMC3 with a protection that answers at $4020–$7FFF.
 * https://www.nesdev.org/wiki/INES_Mapper_238
 */
const ContraFighter = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if (address < 0x4020) return false;
    outer[0] = [0, 2, 2, 3][value & 3];
    return true;
  },
  read: (outer, address, openBus) => (address < 0x8000 ? outer[0] : openBus),
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 121, name: "Kasheng A9711, A9713", board: A9711, wiki: ["INES_Mapper_121"] },
  { mapper: 187, name: "Kasheng A98402", board: A98402, wiki: ["INES_Mapper_187"] },
  { mapper: 219, name: "Kasheng A9746", board: A9746, wiki: ["INES_Mapper_219"], unif: [{ names: "A9746" }] },
  {
    mapper: 238,
    name: "Contra Fighter (603-5052)",
    board: ContraFighter,
    wiki: ["INES_Mapper_238"],
    unif: [{ names: "603-5052" }],
  },
];
