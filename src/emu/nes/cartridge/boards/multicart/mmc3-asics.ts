import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import {
  FOUR_MIRRORINGS,
  nromBank,
  type OuterMmc3,
  outerMmc3,
  SWALLOWED,
  windowBank,
  within,
} from "../parts/outer-mmc3.ts";

const GA23C_REGISTERS = [0, 0, 0x0f, 0, 0];
const NEXT = 4; // which register the next write to $6000 goes to

function ga23cPrg(bank: number, outer: Uint8Array): number {
  return (bank & ~outer[3] & 0x3f) | outer[1] | ((outer[2] & 0xc0) << 2);
}

/** `high` is CHR A18 and up in bits 4–7. */
function ga23cChr(bank: number, outer: Uint8Array, high: number, image: CartridgeImage): number {
  if (image.chrRom.length === 0) return bank;
  return (bank & (0xff >> (0x0f - (outer[2] & 0x0f)))) | outer[0] | (high << 4);
}

/**
 * Mapper 45, the GA23C ASIC: writes to $6000 go to four outer registers in turn; $6001 clears them. The DIP
 * switch at $5000 is in its first position. https://www.nesdev.org/wiki/INES_Mapper_045
 */
const GA23C: OuterMmc3 = {
  initial: GA23C_REGISTERS,
  ram: "under",
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x6000) return false;
    if ((address & 1) !== 0) outer.set(GA23C_REGISTERS);
    else if ((outer[3] & 0x40) === 0) {
      outer[outer[NEXT]] = value;
      outer[NEXT] = (outer[NEXT] + 1) & 3;
    }
    return true;
  },
  read: (_outer, address, openBus) =>
    (address & 0xf000) === 0x5000 ? (openBus & 0xfe) | ((address >> 4) & 1) : openBus,
  prg: (bank, _slot, outer) => ga23cPrg(bank, outer),
  chr: (bank, _slot, outer, _mmc3, image) => ga23cChr(bank, outer, outer[2] & 0xf0, image),
};
const Ga23c = outerMmc3(GA23C);

/**
 * Mapper 373, SFC-13: a GA23C in which bit 5 of the third register lets CPU A14 select the half of 32 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_373
 */
const Sfc13 = outerMmc3({
  ...GA23C,
  prg(bank, slot, outer, mmc3) {
    const isGnrom = (outer[2] & 0x20) !== 0;
    const inner = isGnrom ? (mmc3[6 + (slot & 1)] & ~2) | (slot & 2) : bank;
    return ga23cPrg(inner, outer);
  },
  chr: (bank, _slot, outer, _mmc3, image) => ga23cChr(bank, outer, outer[2] & 0xd0, image),
});

/**
 * Mapper 356, JY-208: a GA23C in which bits of the third register select CHR ROM instead of CHR RAM, and four
 * nametables. https://www.nesdev.org/wiki/NES_2.0_Mapper_356
 */
const Jy208 = outerMmc3({
  ...GA23C,
  chips: () => ({ ciramBytes: 4 * KIB }),
  prg: (bank, _slot, outer) => (bank & ~outer[3] & 0x3f) | outer[1],
  chr: (bank, slot, outer, _mmc3, image) =>
    (outer[2] & 0x20) === 0 ? slot : ga23cChr(bank, outer, outer[2] & 0x10, image),
  isChrRam: (_bank, outer) => (outer[2] & 0x20) === 0,
  mirroring: (outer) => ((outer[2] & 0x40) !== 0 ? "four-screen" : undefined),
});

/** A GA23C with a bit of its third register that selects CHR RAM, and bits that are CHR A18 and up. */
function ga23cWithRam(ramBit: number, highBits: number): OuterMmc3 {
  return {
    ...GA23C,
    chr: (bank, slot, outer, _mmc3, image) =>
      (outer[2] & ramBit) !== 0 ? slot : ga23cChr(bank, outer, outer[2] & highBits, image),
    isChrRam: (_bank, outer) => (outer[2] & ramBit) !== 0,
  };
}

/**
 * Mapper 410, JY-302: a GA23C whose CHR A20 selects CHR RAM. https://www.nesdev.org/wiki/NES_2.0_Mapper_410
 */
const Jy302 = outerMmc3(ga23cWithRam(0x40, 0xf0));

/**
 * Mapper 372, SFC-12: a GA23C whose CHR A19 selects CHR RAM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_372
 */
const Sfc12 = outerMmc3(ga23cWithRam(0x20, 0xd0));

/**
 * Mapper 401, KC885: a GA23C with other bits for PRG A18 and A19. Its three solder pads are open.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_401
 */
const Kc885 = outerMmc3({
  ...GA23C,
  prg: (bank, _slot, outer) =>
    (bank & ~outer[3] & 0x1f) |
    (outer[1] & 0x1f) |
    ((outer[1] >> 1) & 0x20) |
    ((outer[1] << 1) & 0x40) |
    (outer[2] & 0x80),
});

/**
 * Mapper 134, WX-KB4K and T4A54A: four registers. Bit 7 of the first locks all but two CHR bits. The solder
 * pads that can be read instead of ROM are open. https://www.nesdev.org/wiki/INES_Mapper_134
 */
const WxKb4k = outerMmc3({
  ram: "under",
  write(outer, address, value) {
    if (address < 0x6000) return false;
    const index = address & 3;
    if ((outer[0] & 0x80) === 0) outer[index] = value;
    else if (index === 2) outer[2] = within(value, 3, outer[2]);
    return true;
  },
  read: (_outer, address, openBus) => (address >= 0x8000 ? 0 : openBus),
  hidesRom: (outer) => (outer[0] & 0x40) !== 0,
  prg(bank, slot, outer, mmc3) {
    const mode = outer[1];
    const mask = (mode & 4) !== 0 ? 0x0f : 0x1f;
    const base = ((mode << 4) & 0x30) | ((outer[0] << 2) & 0x40);
    if ((mode & 0x80) === 0) return within(bank, mask, base);
    const cpuMask = (mode & 8) !== 0 ? 1 : 3;
    return within((mmc3[6] & ~cpuMask) | (slot & cpuMask), mask, base);
  },
  chr(bank, slot, outer) {
    const inner = (outer[0] & 8) !== 0 ? (outer[2] << 3) | slot : bank;
    const base = ((outer[1] << 3) & 0x180) | ((outer[0] << 4) & 0x200);
    return within(inner, (outer[1] & 0x40) !== 0 ? 0x7f : 0xff, base);
  },
});

/**
 * Mapper 260, HP10xx and HP20xx: MMC3 banks within 128 or 256 KiB, or NROM and CNROM with a latch. The DIP
 * switch is 0. The latch's mirroring bit follows FCEUX. https://www.nesdev.org/wiki/NES_2.0_Mapper_260
 */
const Hp20xx = outerMmc3({
  write(outer, address, value) {
    if ((address & 0xf000) !== 0x5000 || (outer[0] & 0x80) !== 0) return false;
    outer[address & 3] = value;
    return true;
  },
  translate(address, value, outer) {
    if ((outer[0] & 4) === 0) return address | (value << 16);
    outer[3] = value;
    return SWALLOWED;
  },
  read: (_outer, address, openBus) => ((address & 0xf000) === 0x5000 ? openBus & 0xfc : openBus),
  prg(bank, slot, outer) {
    const mode = outer[0] & 7;
    const base = outer[1] & 0x3f;
    return mode < 4 ? within(bank, 0x1f >> (mode >> 1), base << 1) : nromBank(base, slot, mode > 4);
  },
  chr(bank, slot, outer) {
    const mode = outer[0] & 7;
    const base = outer[2] & 0x7f;
    if (mode < 4) return within(bank, 0xff >> (mode & 1), base << 3);
    const latchMask = mode < 6 ? 0 : mode === 6 ? 1 : 3;
    return (within(outer[3], latchMask, base) << 3) | slot;
  },
  mirroring(outer) {
    if ((outer[0] & 4) === 0) return undefined;
    return (outer[3] & 4) !== 0 ? "horizontal" : "vertical";
  },
});

/** The PRG bank of the TEC9719 before masks, also in its NROM, UNROM and AxROM modes. */
function tec9719Bank(slot: number, mode: number, mmc3: Uint8Array): number {
  const window = (mode & 0x0d) === 0x0d ? slot & 2 : (mode & 1) !== 0 ? 0 : slot;
  const bank = windowBank(window, mmc3);
  if ((mode & 8) !== 0) {
    const shift = (mode & 2) !== 0 ? 2 : 1;
    const low = (mode & 1) !== 0 ? slot : bank & 3;
    return low | ((bank << shift) & ((mode & 1) !== 0 && shift === 1 ? ~1 : ~3));
  }
  if ((mode & 1) === 0) return bank;
  const cpuMask = (mode & 2) !== 0 ? 3 : 1;
  return (bank & ~cpuMask) | (slot & cpuMask);
}

/**
 * Boards around the TEC9719, or with `invertsCounter` around the ING003C. Bit 0 of $6001 puts a solder pad,
 * which is 0, in the place of PRG A0.
 */
function tec9719(swapsChrLines: boolean, invertsCounter: boolean): OuterMmc3 {
  return {
    ram: "under",
    write(outer, address, value) {
      if (address < 0x6000) return false;
      const index = address & 3;
      if (index === 2) {
        const locked = ((outer[2] & 0x80) !== 0 ? 0xf0 : 0) | ((outer[2] >> 3) & 0x0e);
        outer[2] = within(outer[2], locked, value);
      } else if ((outer[3] & 0x80) === 0) outer[index] = value;
      return true;
    },
    translate(address, value, outer) {
      // In UNROM and AxROM modes every write goes to the selected bank register.
      if ((outer[3] & 9) === 9) return 0x8001 | (value << 16);
      return address | ((invertsCounter && address >= 0xc000 ? value ^ 0xff : value) << 16);
    },
    padLines: (outer) => outer[1] & 1,
    prg(_bank, slot, outer, mmc3, image) {
      const mask = (outer[0] & 0x40) !== 0 ? 0x0f : 0x1f;
      let base = (((outer[0] << 4) & 0x70) | (((outer[0] ^ 0x20) << 3) & 0x180)) & ~mask;
      if (image.submapper === 1) base |= (base >> 1) & 0x80;
      if (image.submapper === 2) base |= (outer[1] << 5) & 0x80;
      return within(tec9719Bank(slot, outer[3], mmc3), mask, base);
    },
    chr(bank, slot, outer) {
      const mask = (outer[0] & 0x80) !== 0 ? 0x7f : 0xff;
      const inverted = outer[0] ^ 0x20;
      const base = swapsChrLines
        ? ((outer[0] << 4) & 0x080) | ((inverted << 3) & 0x100) | ((outer[0] << 5) & 0x200)
        : (inverted << 4) & 0x380;
      if ((outer[3] & 0x10) === 0) return within(bank, mask, base);
      return within((outer[2] << 3) | slot, mask, base);
    },
    mirroring(outer, mmc3) {
      if ((outer[3] & 0x20) !== 0) return (mmc3[6] & 0x10) !== 0 ? "single-1" : "single-0";
      return (outer[1] & 2) !== 0 ? FOUR_MIRRORINGS[mmc3[9] & 3] : undefined;
    },
  };
}

/**
 * Mapper 126, the TEC9719 ASIC with CHR A18 and A19 on PRG A21 and A20.
 * https://www.nesdev.org/wiki/INES_Mapper_126
 */
const Tec9719Swapped = outerMmc3(tec9719(true, false));

/**
 * Mapper 422, the TEC9719 with CHR A18 and A19 on PRG A20 and A21.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_422
 */
const Tec9719 = outerMmc3(tec9719(false, false));

/**
 * Mapper 534, the ING003C: its interrupt counter takes inverted values.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_534
 */
const Ing003c = outerMmc3(tec9719(false, true));

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 45,
    name: "GA23C multicart (MMC3)",
    board: Ga23c,
    wiki: ["INES_Mapper_045"],
    unif: [{ names: "SUPERHIK8IN1" }],
  },
  {
    mapper: 126,
    name: "TEC9719 multicart (PowerJoy)",
    board: Tec9719Swapped,
    wiki: ["INES_Mapper_126"],
    knownSubmappers: [1, 2],
  },
  {
    mapper: 134,
    name: "WX-KB4K multicart (MMC3)",
    board: WxKb4k,
    wiki: ["INES_Mapper_134"],
    unif: [{ names: "T4A54A WX-KB4K" }],
  },
  {
    mapper: 260,
    name: "HP10xx, HP20xx multicart (MMC3)",
    board: Hp20xx,
    wiki: ["NES_2.0_Mapper_260"],
    unif: [{ names: "HPXX HP2018-A" }],
  },
  {
    mapper: 410,
    name: "JY-302 8-in-1 (MMC3)",
    board: Jy302,
    wiki: ["NES_2.0_Mapper_410"],
    ram: { besideRomBytes: 8 * KIB },
  },
  {
    mapper: 422,
    name: "TEC9719 multicart (BS-400R)",
    board: Tec9719,
    wiki: ["NES_2.0_Mapper_422"],
    unif: [{ names: "BS-400R BS-4040R" }],
    knownSubmappers: [1, 2],
  },
  {
    mapper: 534,
    name: "ING003C multicart (NJ064)",
    board: Ing003c,
    wiki: ["NES_2.0_Mapper_534"],
    knownSubmappers: [1, 2],
  },
  {
    mapper: 356,
    name: "JY-208 7-in-1 (MMC3)",
    board: Jy208,
    wiki: ["NES_2.0_Mapper_356"],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 373, name: "SFC-13 (MMC3)", board: Sfc13, wiki: ["NES_2.0_Mapper_373"] },
  {
    mapper: 372,
    name: "SFC-12 (MMC3)",
    board: Sfc12,
    wiki: ["NES_2.0_Mapper_372"],
    ram: { besideRomBytes: 8 * KIB },
  },
  { mapper: 401, name: "KC885 19-in-1 (MMC3)", board: Kc885, wiki: ["NES_2.0_Mapper_401"] },
];
