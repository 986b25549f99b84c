/** Mapper 446. https://www.nesdev.org/wiki/NES_2.0_Mapper_446 */
import {
  type BoardCase,
  chr8,
  chrRuns,
  HORIZONTAL,
  SINGLE_0,
  SINGLE_1,
  VERTICAL,
  type Write,
} from "../board-case.ts";
import { coolgirlFlash } from "./coolgirl.ts";
import { mmc1 } from "./nintendo.ts";

const FPGA = { mapper: 446, submapper: 1, prgKib: 1024, chrRamKib: 256, ramKib: 32 };

interface Game {
  /** An 8 KiB bank; default: 32. */
  readonly bank?: number;
  /** The inverted mask of the bank; default: 128 KiB. */
  readonly mask?: number;
  readonly flags?: number;
  readonly ram?: number;
  readonly chr?: number;
}

/** What a menu writes to start a game. */
function game(code: number, { bank = 32, mask = 0xf0, flags = 0, ram = 0, chr = 0 }: Game = {}): Write[] {
  return [
    [0x5001, bank],
    [0x5002, 0],
    [0x5003, mask],
    [0x5004, flags],
    [0x5005, ram],
    [0x5006, chr],
    [0x5000, 0x80 | code],
  ];
}

/** CHR RAM in runs. */
function ram(...runs: readonly (readonly [first: number, count: number])[]): string {
  return chrRuns(...runs).replace(/\d+/g, "r$&");
}

export const SMD172B_FPGA: readonly BoardCase[] = [
  {
    name: "SMD172B_FPGA: the menu, and a game on UxROM that locks it",
    cartridge: { ...FPGA, prgKib: 4096 },
    steps: [
      { prg: "r0 0 1 62 63", chr: chr8(0, "r"), nt: HORIZONTAL },
      [0x5ff9, 0x21],
      [0x5002, 0x01],
      [0x5004, 0x01],
      [0x5006, 0x05],
      { prg: "r0 289 290 62 63", chr: chr8(40, "r"), nt: VERTICAL },
      [0x8000, 0xff],
      { prg: "r0 289 290 62 63" },
      ...game(0, { flags: 1, chr: 3 }),
      [0x8000, 3],
      { prg: "r0 38 39 46 47", chr: chr8(24, "r"), nt: VERTICAL },
      [0x5001, 0],
      [0x5000, 0],
      { prg: "r0 38 39 46 47" },
      { reset: true, prg: "r0 0 1 62 63", chr: chr8(0, "r"), nt: HORIZONTAL },
    ],
  },
  {
    name: "SMD172B_FPGA as MMC3: its interrupt, RAM and CHR parts",
    cartridge: FPGA,
    steps: [
      ...game(1, { flags: 0x20, ram: 2, chr: 16 }),
      { prg: "r2 32 33 46 47", nt: HORIZONTAL },
      [0x8000, 6],
      [0x8001, 5],
      [0x8000, 0],
      [0x8001, 0x88],
      { prg: "r2 37 33 46 47", chr: ram([136, 2], [130, 6]) },
      [0xc000, 3],
      [0xc001, 0],
      [0xe001, 0],
      { a12: 3, irq: false },
      { a12: 1, irq: true },
      { reset: true, irq: false },
      ...game(1, { flags: 0x34, ram: 4, chr: 4 }),
      { chr: ram([32, 2], [34, 6]).replace(/\d+/g, "$&ro"), nt: VERTICAL },
    ],
  },
  {
    name: "SMD172B_FPGA as MMC3 in a part that is larger than an MMC3's",
    cartridge: FPGA,
    steps: [...game(1, { bank: 0, mask: 0 }), { prg: "r0 0 1 62 63" }],
  },
  {
    name: "SMD172B_FPGA as BNROM and as NROM of 16 KiB",
    cartridge: FPGA,
    steps: [
      ...game(2),
      [0x8000, 2],
      { prg: "r0 40 41 42 43" },
      { reset: true },
      ...game(2, { bank: 0x22, mask: 0xfe }),
      [0x8000, 2],
      { prg: "r0 34 35 34 35" },
    ],
  },
  {
    name: "SMD172B_FPGA as CNROM, GNROM, ANROM and mapper 152",
    cartridge: FPGA,
    steps: [
      ...game(3, { mask: 0xfc }),
      [0x8000, 6],
      { prg: "r0 32 33 34 35", chr: chr8(16, "r") },
      { reset: true },
      ...game(8),
      [0x8000, 0x21],
      { prg: "r0 40 41 42 43", chr: chr8(8, "r") },
      { reset: true },
      ...game(4, { chr: 2 }),
      [0x8000, 0x11],
      { prg: "r0 36 37 38 39", chr: chr8(16, "r"), nt: SINGLE_1 },
      { reset: true },
      ...game(11),
      [0x8000, 0x35],
      { prg: "r0 38 39 46 47", chr: chr8(40, "r"), nt: SINGLE_0 },
    ],
  },
  {
    name: "SMD172B_FPGA as SKROM and SUROM, whose PRG A18 is a CHR line",
    cartridge: FPGA,
    steps: [
      ...game(5, { bank: 64, mask: 0xc0 }),
      ...mmc1(0xa000, 0x10),
      ...mmc1(0xe000, 1),
      { prg: "r0 66 67 94 95", chr: chr8(64, "r") },
      { reset: true },
      ...game(7, { bank: 64, mask: 0xc0 }),
      ...mmc1(0xa000, 0x10),
      ...mmc1(0xe000, 1),
      { prg: "r0 98 99 126 127", chr: chr8(0, "r") },
    ],
  },
  {
    name: "SMD172B_FPGA as TKSROM and mapper 189",
    cartridge: FPGA,
    steps: [
      ...game(14),
      [0x8000, 0],
      [0x8001, 0x80],
      { nt: "n1 n1 n0 n0" },
      { reset: true },
      ...game(15),
      { prg: "- 32 33 34 35" },
      [0x6000, 0x02],
      { prg: "- 40 41 42 43" },
    ],
  },
  {
    name: "SMD172B_FPGA as PNROM, whose PPU reads select banks",
    cartridge: FPGA,
    steps: [
      ...game(9),
      [0xa000, 5],
      [0xb000, 1],
      [0xc000, 2],
      { prg: "r0 37 45 46 47" },
      { fetches: [0x0fd8], ppuReads: [] },
      { chr: ram([4, 4], [0, 4]) },
      { fetches: [0x0fe8] },
      { chr: ram([8, 4], [0, 4]) },
    ],
  },
  {
    name: "SMD172B_FPGA as VRC4 with its counter, VRC2 and VRC1",
    cartridge: FPGA,
    steps: [
      ...game(0x18),
      [0x8000, 4],
      { prg: "r0 36 32 46 47" },
      [0xf000, 0x0f],
      [0xf001, 0x0f],
      [0xf002, 0x06],
      { irqIn: 1 },
      { reset: true, irq: false },
      ...game(0x12),
      [0xb000, 8],
      { chr: ram([4, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1]) },
      { reset: true },
      ...game(0x1a),
      [0x8000, 3],
      [0xa000, 4],
      { prg: "r0 35 36 32 47" },
    ],
  },
  {
    name: "SMD172B_FPGA as VRC6 with its counter",
    cartridge: FPGA,
    steps: [
      ...game(0x10),
      [0x8000, 3],
      [0xc000, 5],
      [0xd001, 9],
      { prg: "- 38 39 37 47" },
      [0xf000, 0xff],
      [0xf001, 0x06],
      { irqIn: 1 },
    ],
  },
  {
    name: "SMD172B_FPGA with a code that has no board",
    cartridge: FPGA,
    steps: [...game(0x1f), [0x5001, 0], [0x8000, 1], { prg: "r0 32 33 62 63" }],
  },
  {
    name: "SMD172B_FPGA for one game: codes of their own",
    cartridge: { ...FPGA, submapper: 0 },
    steps: [
      ...game(1),
      ...mmc1(0xe000, 2),
      { prg: "r0 36 37 46 47" },
      { reset: true },
      ...game(4),
      [0x8000, 6],
      [0x8001, 5],
      { prg: "r0 37 33 46 47" },
      { reset: true },
      ...game(12),
      [0xf000, 2],
      { prg: "r0 36 37 46 47" },
      { reset: true },
      ...game(14, { mask: 0xfc }),
      [0x6000, 1],
      { prg: "- 32 33 34 35", chr: chr8(16, "r") },
    ],
  },
  {
    name: "SMD172B_FPGA with a mask of the other polarity",
    cartridge: { ...FPGA, submapper: 2 },
    steps: [...game(9, { mask: 0x0f }), [0x8000, 6], [0x8001, 5], { prg: "r0 37 33 46 47" }],
  },
  {
    name: "SMD172B_FPGA as H3001",
    cartridge: { ...FPGA, submapper: 3 },
    steps: [
      { prg: "r0 0 1 30 31" },
      ...game(1),
      [0x8000, 3],
      [0xb002, 9],
      { prg: "r0 35 33 46 47" },
      [0x9005, 0],
      [0x9006, 20],
      [0x9003, 0x80],
      [0x9004, 0],
      { irqIn: 20 },
    ],
  },
  {
    name: "SMD172B_FPGA's flash chip, which only the menu writes",
    cartridge: { mapper: 446, submapper: 1, prgKib: 1024, chrRamKib: 256, battery: true },
    steps: [
      ...coolgirlFlash(0xa0),
      [0x8400, 0x42],
      { prg: "- 0 1 62 63", reads: [[0x8400, 0x42]] },
      ...coolgirlFlash(0x90),
      {
        prg: "- - - - -",
        reads: [
          [0x8000, 0x01],
          [0xc002, 0x5b],
        ],
      },
      [0x8000, 0xf0],
      { prg: "- 0 1 62 63" },
      ...game(2, { bank: 0, mask: 0xfc }),
      ...coolgirlFlash(0xa0),
      [0x8401, 0x42],
      { reads: [[0x8401, 0xff]] },
    ],
  },
];
