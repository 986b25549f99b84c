import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { BANK_SELECT } from "../nintendo/mmc3.ts";
import { FOUR_MIRRORINGS, mmc3ChrBank, outerMmc3, SWALLOWED } from "../parts/outer-mmc3.ts";

/** The order of bank registers in mappers 123 and 114. */
const H2288_SELECT = [0, 3, 1, 5, 6, 7, 2, 4];

/**
 * Mapper 123, H2288: another order of bank registers, and NROM modes at $5800.
 * https://www.nesdev.org/wiki/INES_Mapper_123
 */
const H2288 = outerMmc3({
  write(outer, address, value) {
    if ((address & 0xf800) !== 0x5800) return false;
    outer[address & 1] = value;
    return true;
  },
  translate(address, value) {
    const isSelect = address < 0xa000 && (address & 1) === 0;
    return address | ((isSelect ? (value & 0xc0) | H2288_SELECT[value & 7] : value) << 16);
  },
  prg(bank, slot, outer) {
    const mode = outer[0];
    if ((mode & 0x40) === 0) return bank & 0x3f;
    const bank16 = (mode & 5) | ((mode & 8) >> 2) | ((mode & 0x20) >> 2);
    return (mode & 2) !== 0 ? ((bank16 & ~1) << 1) | slot : (bank16 << 1) | (slot & 1);
  },
});

/**
 * Mapper 196, a clone whose A0 may be connected to A1, A2 or A3. A write to $6000 selects a 32 KiB bank and
 * stays in effect. https://www.nesdev.org/wiki/INES_Mapper_196
 */
const Ut1374 = outerMmc3({
  ram: "none",
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x6000) return false;
    outer.set([1, (value & 0x0f) | (value >> 4)]);
    return true;
  },
  translate(address, value) {
    const lines =
      address >= 0xc000 ? (address >> 2) | (address >> 3) : (address >> 1) | (address >> 2) | (address >> 3);
    return (address & 0xfffe) | (lines & 1) | (value << 16);
  },
  prg: (bank, slot, outer) => (outer[0] !== 0 ? (outer[1] << 2) | slot : bank),
});

/**
 * Mapper 325, Mali Splash Bomb: A0 is connected to A3, and bank bits are swapped.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_325
 */
const MaliSplashBomb = outerMmc3({
  translate(address, value) {
    const lines = address >= 0xc000 ? (address >> 2) | (address >> 3) : address >> 3;
    return (address & 0xfffe) | (lines & 1) | (value << 16);
  },
  prg: (bank) => (bank & 3) | ((bank & 8) >> 1) | ((bank & 4) << 1),
  chr: (bank) => (bank & 0xdd) | ((bank & 0x20) >> 4) | ((bank & 2) << 4),
});

/** Converts a bank number of 2 KiB or 4 KiB to 1 KiB banks. */
function wide(bank: number, shift: number, slot: number): number {
  return (bank << shift) | (slot & ((1 << shift) - 1));
}

/** The 1 KiB CHR bank of boards whose banks have 2 KiB, from the MMC3's banks for four of its slots. */
export function wideChrBank(slots: readonly number[], slot: number, mmc3: Uint8Array): number {
  return wide(mmc3ChrBank(slots[slot >> 1]!, mmc3), 1, slot);
}

/** The 1 KiB CHR bank of mapper 197 submapper 2: PPU A11 is also the chip's A10. */
export function mortalKombatChrBank(slot: number, mmc3: Uint8Array): number {
  return wideChrBank([0, 3, 4, 7], slot, mmc3);
}

/**
 * Mapper 197: the MMC3's CHR lines are moved up by one, so that its banks have 2 KiB. Submappers differ in
 * the lines that reach the ROM. Submapper 3 is a multicart. https://www.nesdev.org/wiki/INES_Mapper_197
 */
const Chr2Kib = outerMmc3({
  needsRam: true,
  write(outer, address, value) {
    if (address < 0x6000) return false;
    outer[0] = value;
    return true;
  },
  prg(bank, _slot, outer, _mmc3, { submapper }) {
    return submapper === 3 ? (outer[0] << 4) | (bank & ((outer[0] & 8) !== 0 ? 0x0f : 0x1f)) : bank;
  },
  chr(_bank, slot, outer, mmc3, { submapper }) {
    const high = submapper === 3 ? (outer[0] << 7) & 0x100 : 0;
    if (submapper === 2) return mortalKombatChrBank(slot, mmc3);
    const [left, third, fourth] = submapper === 1 ? [2, 6, 7] : [0, 4, 5];
    if (slot < 4) return wide((high | mmc3ChrBank(left, mmc3)) >> 1, 2, slot);
    return wide(high | mmc3ChrBank(slot < 6 ? third : fourth, mmc3), 1, slot);
  },
});

/**
 * Mapper 198: an MMC3 with 640 KiB of PRG ROM, and RAM at $5000. https://www.nesdev.org/wiki/INES_Mapper_198
 */
const Prg640 = outerMmc3({
  ramAt5000: 2,
  prg: (bank) => (bank >= 0x50 ? bank & 0x4f : bank),
});

/**
 * Mapper 199, Waixing FS309: registers 8 to 11 are the fixed PRG banks and the odd banks of the left pattern
 * table; the first 8 KiB of CHR are RAM. https://www.nesdev.org/wiki/INES_Mapper_199
 */
const Fs309 = outerMmc3({
  initial: [0xfe, 0xff, 1, 3],
  translate(address, value, outer, mmc3) {
    const isExtra = (address & 0xe001) === 0x8001 && (mmc3[BANK_SELECT] & 8) !== 0;
    if (!isExtra) return address | (value << 16);
    outer[mmc3[BANK_SELECT] & 3] = value;
    return SWALLOWED;
  },
  prg: (bank, slot, outer) => (slot < 2 ? bank : outer[slot - 2]),
  chr(bank, slot, outer, mmc3) {
    if (slot >= 4) return bank;
    return (slot & 1) === 0 ? mmc3[slot >> 1] : outer[2 + (slot >> 1)];
  },
  isChrRam: (bank) => bank < 8,
  mirroring: (_outer, mmc3) => FOUR_MIRRORINGS[mmc3[9] & 3],
});

/**
 * The ways to scramble registers in mappers 215 and 258, by the value at $5007; other values do not scramble.
 */
const SELECTS: Readonly<Record<number, readonly number[]>> = {
  1: [0, 2, 6, 1, 7, 3, 4, 5],
  2: [0, 5, 4, 1, 7, 2, 6, 3],
  3: [0, 6, 3, 7, 5, 2, 4, 1],
  4: [0, 2, 5, 3, 6, 1, 7, 4],
};
const ADDRESSES: Readonly<Record<number, readonly number[]>> = {
  1: [3, 2, 0, 4, 1, 5, 6, 7],
  3: [5, 0, 1, 2, 3, 7, 6, 4],
  4: [3, 1, 0, 5, 2, 4, 6, 7],
};

/** The address and value that the MMC3 receives after Sugar Softec's scrambling. */
function unscrambled(address: number, value: number, way: number): number {
  const index = ((address >> 12) & 6) | (address & 1);
  const meant = ADDRESSES[way]?.[index] ?? index;
  const isSelect = meant === 0;
  const data = isSelect ? (value & 0xc0) | (SELECTS[way]?.[value & 7] ?? value & 7) : value;
  return 0x8000 | (meant & 1) | ((meant & 6) << 12) | (data << 16);
}

/** Answers of mapper 258's protection, by A0–A2. */
const ANSWERS_158B = [0, 0, 0, 1, 2, 4, 0x0f, 0];

/**
 * Mappers 215 and 258, Sugar Softec 8237 and 158B: scrambled registers, outer banks and NROM modes. Mapper
 * 258 has a protection that is read. https://www.nesdev.org/wiki/INES_Mapper_215
 */
function sugarSoftec(isRead: boolean) {
  return outerMmc3({
    initial: [0, 0x0f, 0],
    ram: "none",
    write(outer, address, value) {
      const register = address & 0xf007;
      if (register === 0x5000) outer[0] = value;
      else if (register === 0x5001) outer[1] = value;
      else if (register === 0x5007) outer[2] = value & 7;
      else return false;
      return true;
    },
    translate: (address, value, outer) => unscrambled(address, value, outer[2]),
    ...(isRead
      ? {
          read: (_outer: Uint8Array, address: number, openBus: number) =>
            (address & 0xf000) === 0x5000 ? openBus | ANSWERS_158B[address & 7] : openBus,
        }
      : {}),
    prg(bank, slot, outer, _mmc3, { submapper }) {
      const [mode, block] = outer;
      const is128 = (mode & 0x40) !== 0;
      const base = ((block & 3) << 5) | (submapper === 1 ? (block & 8) << 4 : 0) | (is128 ? block & 0x10 : 0);
      if ((mode & 0x80) === 0) return base | (bank & (is128 ? 0x0f : 0x1f));
      const bank16 = (base >> 1) | (mode & (is128 ? 7 : 0x0f));
      return (mode & 0x20) !== 0 ? ((bank16 & ~1) << 1) | slot : (bank16 << 1) | (slot & 1);
    },
    chr(bank, _slot, outer, _mmc3, { submapper }) {
      const base = submapper === 1 ? (outer[1] & 0x0e) << 7 : (outer[1] & 0x0c) << 6;
      return (outer[0] & 0x40) !== 0 ? base | (bank & 0x7f) | ((outer[1] & 0x20) << 2) : base | bank;
    },
  });
}

/** Mapper 249, Waixing: bit 1 of $5000 swaps bank bits. https://www.nesdev.org/wiki/INES_Mapper_249 */
const Waixing249 = outerMmc3({
  write(outer, address, value) {
    if (address !== 0x5000) return false;
    outer[0] = value;
    return true;
  },
  prg(bank, _slot, outer) {
    if ((outer[0] & 2) === 0) return bank;
    const number = bank & 0xff;
    if (number >= 0x20) return swapped249(number - 0x20);
    return (
      (number & 1) | ((number >> 3) & 2) | ((number >> 1) & 4) | ((number << 2) & 8) | ((number << 2) & 0x10)
    );
  },
  chr: (bank, _slot, outer) => ((outer[0] & 2) !== 0 ? swapped249(bank) : bank),
});

function swapped249(bank: number): number {
  return (
    (bank & 3) |
    ((bank >> 1) & 0x04) |
    ((bank >> 4) & 0x08) |
    ((bank >> 2) & 0x10) |
    ((bank << 3) & 0x20) |
    ((bank << 2) & 0xc0)
  );
}

/**
 * Mapper 254, Pikachu Y2K: until $8000 is written, reads of RAM are XORed with $A001.
 * https://www.nesdev.org/wiki/INES_Mapper_254
 */
const PikachuY2K = outerMmc3({
  translate(address, value, outer) {
    if (address === 0x8000) outer[0] = 1;
    if (address === 0xa001) outer[1] = value;
    return address | (value << 16);
  },
  hidesRam: (outer) => outer[0] === 0,
  read(outer, address, openBus, { bytes, prgRam }) {
    if (address < 0x6000 || address >= 0x8000 || prgRam.bytes === 0) return openBus;
    return bytes[prgRam.offset + ((address & 0x1fff) % prgRam.bytes)] ^ outer[1];
  },
});

/**
 * Mapper 262, Street Heroes: one more CHR bit for each 2 KiB, or CHR RAM. The jumper at $4100 changes with
 * each reset. https://www.nesdev.org/wiki/NES_2.0_Mapper_262
 */
const StreetHeroes = outerMmc3({
  onReset(outer) {
    outer[1] ^= 0xff;
  },
  write(outer, address, value) {
    if (address !== 0x4100) return false;
    outer[0] = value;
    return true;
  },
  read: (outer, address, openBus) => (address === 0x4100 ? outer[1] : openBus),
  chr(bank, slot, outer) {
    if ((outer[0] & 0x40) !== 0) return slot;
    return bank | (((outer[0] >> [3, 2, 0, 1][slot >> 1]) & 1) << 8);
  },
  isChrRam: (_bank, outer) => (outer[0] & 0x40) !== 0,
});

/**
 * Mapper 263, King of Fighters 97: data bits are swapped, and A12 takes the place of A0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_263
 */
const Kof97 = outerMmc3({
  translate(address, value) {
    const data =
      (value & 0xd8) | ((value & 0x20) >> 4) | ((value & 4) << 3) | ((value & 2) >> 1) | ((value & 1) << 2);
    const isOdd = address === 0x9000 || address === 0xd000 || address === 0xf000;
    return (isOdd ? (address & 0xe000) | 1 : address) | (data << 16);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 123,
    name: "H2288",
    board: H2288,
    wiki: ["INES_Mapper_123"],
    unif: [{ names: "H2288" }],
  },
  { mapper: 196, name: "UT1374, MMC3 clone", board: Ut1374, wiki: ["INES_Mapper_196"] },
  {
    mapper: 197,
    name: "MMC3 clone with 2 KiB CHR banks",
    board: Chr2Kib,
    wiki: ["INES_Mapper_197"],
    knownSubmappers: [1, 2, 3],
  },
  {
    mapper: 198,
    name: "MMC3 clone with 640 KiB PRG ROM",
    board: Prg640,
    wiki: ["INES_Mapper_198"],
    ram: { prgBytes: 16 * KIB },
  },
  {
    mapper: 199,
    name: "Waixing FS309",
    board: Fs309,
    wiki: ["INES_Mapper_199"],
    ram: { besideRomBytes: 8 * KIB },
  },
  {
    mapper: 215,
    name: "Sugar Softec 8237",
    board: sugarSoftec(false),
    wiki: ["INES_Mapper_215"],
    unif: [{ names: "8237" }, { names: "8237A", submapper: 1 }],
    knownSubmappers: [1],
  },
  { mapper: 249, name: "Waixing MMC3 with swapped banks", board: Waixing249, wiki: ["INES_Mapper_249"] },
  { mapper: 254, name: "Pikachu Y2K", board: PikachuY2K, wiki: ["INES_Mapper_254"] },
  {
    mapper: 258,
    name: "Sugar Softec 158B",
    board: sugarSoftec(true),
    wiki: ["NES_2.0_Mapper_258"],
    unif: [{ names: "158B" }],
  },
  {
    mapper: 262,
    name: "Street Heroes",
    board: StreetHeroes,
    wiki: ["NES_2.0_Mapper_262"],
    unif: [{ names: "SHERO", mirroring: "four-screen" }],
    ram: { besideRomBytes: 8 * KIB },
  },
  {
    mapper: 263,
    name: "King of Fighters 97",
    board: Kof97,
    wiki: ["NES_2.0_Mapper_263"],
    unif: [{ names: "KOF97" }],
  },
  {
    mapper: 325,
    name: "Mali Splash Bomb",
    board: MaliSplashBomb,
    wiki: ["NES_2.0_Mapper_325"],
    unif: [{ names: "MALISB" }],
  },
];
