/** Boards of single games with microphones, EEPROMs, flash, a timer, or patterns that follow the tile. */
import { type BoardCase, chr8, HORIZONTAL, VERTICAL, type Write } from "../board-case.ts";
import { mmc1, mmc3 } from "./nintendo.ts";
import { game, registerCase } from "./nrom-registers.ts";

const RAM = chr8(0, "r");

/** Writes five bits of mapper 595's bank, the lowest first. */
function shifted(bank: number): Write[] {
  return [0, 1, 2, 3, 4].map((bit) => [0xc000, (bank >> bit) & 1] as const);
}

/** A command to the flash chip of mapper 595 after its unlock pair; $5555 is in bank 1. */
function flashCommand(command: number): Write[] {
  return [...shifted(1), [0x9555, 0xaa], ...shifted(0), [0xaaaa, 0x55], ...shifted(1), [0x9555, command]];
}

export const RARE_HARDWARE: readonly BoardCase[] = [
  {
    name: "Subor Karaoke",
    cartridge: { mapper: 514, prgKib: 1024, chrRamKib: 8, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 2 3", chr: RAM, nt: VERTICAL },
      [0x8000, 0x43],
      { prg: "r0 12 13 14 15", nt: HORIZONTAL },
      [0xffff, 0x05],
      { prg: "r0 20 21 22 23", nt: VERTICAL },
      { reset: true, prg: "r0 0 1 2 3", nt: VERTICAL },
    ],
  },
  {
    name: "Family Noraebang: its own ROM and an expansion cartridge, silence",
    cartridge: { mapper: 515, prgKib: 2048, chrRamKib: 8, mirroring: "horizontal" },
    steps: [
      { ...game(0, 127), nt: HORIZONTAL },
      [0x8000, 3],
      game(3, 127),
      [0x8000, 0x83],
      game(67, 127),
      [0x8001, 0],
      game(67, 127),
      [0xc002, 0],
      { reads: [0x2b, 0x2b].map((value) => [0x6003, value] as const) },
    ],
  },
  {
    name: "Family Noraebang without an expansion cartridge",
    cartridge: { mapper: 515, prgKib: 1024, chrRamKib: 8 },
    steps: [{ prg: "- - - 126 127" }, [0x8000, 0x81], game(1, 63)],
  },
  {
    name: "Kkachi-wa Nolae Chingu: a silent conversion",
    cartridge: { mapper: 517, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8000, 3],
      game(3, 31),
      {
        reads: [
          [0x6000, 0],
          [0x6000, 1],
          [0x6001, 1],
          ...Array.from({ length: 64 }, () => [0x6000, 1] as const),
          [0x6000, 0],
          [0x6000, 0],
        ],
      },
    ],
  },
  {
    name: "Parthena no Kagami: RAM in single pages",
    cartridge: { mapper: 539, prgKib: 128, chrRamKib: 8 },
    steps: [
      {
        nt: HORIZONTAL,
        reads: [
          [0x6100, 52],
          [0x8000, 48],
          [0xe000, 60],
        ],
      },
      [0xa000, 5],
      { prg: "(- 53 54 55) (- 49 50 51) 5 - 15", reads: [[0xd200, 58]] },
      [0xd000, 0x12],
      [0xdf01, 0x34],
      [0x6002, 0x56],
      [0x8203, 0x78],
      [0xd300, 0x9a],
      {
        reads: [
          [0xd000, 0x12],
          [0xdf01, 0x34],
          [0x6002, 0x56],
          [0x8203, 0x78],
          [0xd300, 58],
        ],
      },
      [0x4025, 0],
      { nt: VERTICAL },
      [0xf000, 8],
      { nt: HORIZONTAL },
    ],
  },
  {
    name: "FS306: four CHR banks are RAM",
    cartridge: { mapper: 544, prgKib: 256, chrKib: 256, chrRamKib: 2, nvramKib: 8 },
    steps: [
      { prg: "r0 0 0 30 31", nt: HORIZONTAL },
      [0x9c00, 5],
      [0x9c05, 1],
      [0xb000, 9],
      [0xb400, 2],
      [0xb800, 7],
      { prg: "r0 0 0 5 31", chr: "r1 7 0 0 0 0 0 0", nt: "n0 n1 n1 n1" },
    ],
  },
  registerCase(
    556,
    "JY-215: an MMC3 or a VRC4 in blocks",
    1024,
    512,
    ...mmc3(6, 3),
    ...mmc3(2, 9),
    { prg: "- 3 1 62 63" },
    [0x5000, 0x80],
    [0x5000, 0x20],
    [0x5000, 0x0e],
    [0x5000, 0x30],
    { prg: "- 35 33 46 47", chr: "128 129 130 131 137 133 134 135" },
    [0x5000, 0],
    [0x5000, 0x10],
    [0x5000, 0x8e],
    [0x5000, 0xb0],
    [0x8000, 4],
    [0xb004, 1],
    [0xb808, 1],
    [0xf008, 2],
    { prg: "- 20 16 30 31", chr: "16 0 0 0 0 0 0 0", irqIn: Math.ceil((256 * 341) / 3) },
    [0x5000, 0x7f],
    { prg: "- 20 16 30 31" },
  ),
  registerCase(
    613,
    "MMC1 and MMC3: the reset button selects",
    512,
    512,
    ...mmc1(0xe000, 2),
    game(2, 7),
    { reset: true, prg: "- 16 17 30 31" },
    ...mmc3(6, 3),
    ...mmc3(2, 9),
    { prg: "- 19 17 30 31", chr: "128 129 130 131 137 133 134 135" },
    { reset: true, ...game(16, 23) },
  ),
  {
    name: "Campus Challenge: blocks, and a timer",
    cartridge: { mapper: 555, prgKib: 512, chrKib: 256, chrRamKib: 8, ramKib: 16 },
    steps: [
      ...mmc3(6, 9),
      { prg: "r0 1 1 6 7", reads: [[0x5800, 0x5c]] },
      [0x5123, 0x45],
      { reads: [[0x5123, 0x45]] },
      [0x5800, 7],
      { prg: "r0 41 33 62 63" },
      [0x5800, 2],
      ...mmc3(2, 0x43),
      { chr: "0 1 2 3 r3 5 6 7" },
      [0x5800, 6],
      { chr: "128 129 130 131 195 133 134 135" },
      [0x5800, 8],
      { idle: 1, reads: [[0x5800, 0x5c]] },
      { endFrame: (0x14 << 25) + 1000, reads: [[0x5800, 0xdc]] },
      [0x5800, 0],
      { reads: [[0x5800, 0x5c]] },
    ],
  },
  {
    name: "YC-03-09 with RAM",
    cartridge: { mapper: 558, prgKib: 2048, chrRamKib: 8, nvramKib: 8 },
    steps: [
      { prg: "r0 12 13 14 15", chr: RAM },
      [0x5300, 7],
      [0x5000, 1],
      [0x5100, 2],
      { prg: "r0 132 133 134 135" },
      [0x5300, 4],
      [0x5000, 1],
      { prg: "r0 136 137 138 139" },
      [0x5400, 3],
      { prg: "r0 136 137 138 139" },
      [0x5200, 4],
      { reads: [[0x5000, 4]] },
    ],
  },
  {
    name: "YC-03-09: the EEPROM is ready",
    cartridge: { mapper: 558, prgKib: 1024, chrRamKib: 8, nvramBytes: 512 },
    steps: [[0x5300, 7], [0x5200, 4], { reads: [[0x5400, 4]] }],
  },
  {
    name: "C/E BASIC: patterns by the tile",
    cartridge: { mapper: 560, prgKib: 64, chrKib: 128, ramKib: 8 },
    steps: [
      { prg: "r0 4 5 6 7" },
      {
        ppuReads: [
          [0x0000, 0],
          [0x0400, 0xff],
          [0x0800, 1],
        ],
      },
      [0x8000, 0],
      {
        prg: "r0 0 1 2 3",
        ppuReads: [
          [0x0008, 64],
          [0x1000, 2],
        ],
      },
      { reset: true, prg: "r0 4 5 6 7" },
    ],
  },
  {
    name: "NES-4MROM-512: a shift register and flash",
    cartridge: { mapper: 595, prgKib: 512, chrRamKib: 16, ramKib: 8 },
    steps: [
      { prg: "r0 0 1 62 63", chr: RAM, nt: "r8 r9 r10 r11" },
      ...shifted(19),
      { prg: "r0 38 39 62 63" },
      [0xc000, 1],
      { prg: "r0 50 51 62 63" },
      ...flashCommand(0x90),
      {
        prg: "r0 - - - -",
        reads: [
          [0x8000, 0xbf],
          [0x8001, 0xb7],
        ],
      },
      [0x8000, 0xf0],
      ...flashCommand(0xa0),
      [0x8003, 0x10],
      { reads: [[0x8003, 0]] },
    ],
  },
  {
    name: "Konami QT adapter: banks, interrupts and characters",
    cartridge: { mapper: 547, prgKib: 640, chrKib: 128, chrRamKib: 8, ramKib: 8, nvramKib: 8 },
    // A register is at 256 addresses: these leave room for the program of bank-roms.test.ts.
    steps: [
      { nt: VERTICAL, chr: "r0 r1 r2 r3 r4 r5 r6 r7" },
      [0xd000, 9],
      [0xd1ff, 1],
      { prg: "(r2 r3 r6 r7) 0 0 (0 1 2 -) 79" },
      [0xd200, 3],
      [0xd3ff, 0x43],
      [0xd400, 0x45],
      [0xd5ff, 1],
      [0xda00, 2],
      { prg: "(r2 r3 r6 r7) 3 19 (84 85 86 -) 79", chr: "r4 r5 r6 r7 r4 r5 r6 r7", nt: HORIZONTAL },
      { reads: [[0xd800, 87]] },
      [0xd600, 0xf0],
      [0xd7ff, 0xff],
      [0xd9ff, 3],
      { irqIn: 16 },
      [0xd800, 0],
      { irq: false },
      { irqIn: 13 },
      [0xd9ff, 0],
      { irqIn: -1, irq: false },
      [0xdbff, 6],
      [0xdc00, 0x21],
      [0xddff, 0x30],
      // Row 16 of 96 comes after three thirds of 512 codes: code $601, page 4, character $401.
      {
        reads: [
          [0xdc00, 0x06],
          [0xddff, 0xd0],
        ],
      },
      [0xdc00, 0x1f],
      {
        reads: [
          [0xdc00, 0],
          [0xddff, 0],
        ],
      },
    ],
  },
  {
    name: "Talkman: blocks",
    cartridge: { mapper: 594, prgKib: 3072, chrKib: 1024 },
    steps: [
      ...mmc3(6, 3),
      ...mmc3(2, 9),
      { prg: "0 3 1 62 63", chr: "0 1 2 3 265 261 262 263" },
      [0x9000, 0x85],
      { prg: "133 3 1 62 63" },
      [0x9000, 5],
      [0xb000, 0x40],
      { prg: "197 195 193 254 255", chr: "512 513 514 515 521 517 518 519" },
      [0xb000, 0x80],
      { prg: "261 259 257 318 319", chr: "768 769 770 771 777 773 774 775" },
    ],
  },
  {
    name: "KS-018",
    cartridge: { mapper: 42, submapper: 2, prgKib: 256, chrRamKib: 8 },
    steps: [
      { prg: "0 28 29 30 31", nt: VERTICAL },
      [0x8000, 5],
      [0x8001, 0x0e],
      [0x8000, 4],
      [0x8001, 0x06],
      [0x4025, 8],
      { prg: "7 28 29 30 31", nt: HORIZONTAL },
      [0xe000, 3],
      { prg: "3 28 29 30 31" },
    ],
  },
  {
    name: "KS-018 of an older header: chips of 128 and 32 KiB",
    cartridge: { mapper: 42, prgKib: 160, chrRamKib: 8, ines1: true },
    steps: [{ prg: "0 16 17 18 19" }],
  },
];
