import {
  type BoardCase,
  chr8,
  chrRuns,
  FOUR_SCREEN,
  HORIZONTAL,
  SINGLE_0,
  SINGLE_1,
  VERTICAL,
} from "../board-case.ts";

/** The chr string of nothing at all. */
const NO_CHR = "- - - - - - - -";

/** Boards of one latch. Writes to the second half of a ROM page are free of bus conflicts. */
export const LATCHES: readonly BoardCase[] = [
  {
    name: "Color Dreams",
    cartridge: { mapper: 11, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8400, 0xa2],
      { prg: "- 8 9 10 11", chr: chr8(80) },
      // The byte there is page 33: only bit 5 and bit 0 get through.
      [0x8800, 0xff],
      { prg: "- 4 5 6 7", chr: chr8(16) },
    ],
  },
  {
    name: "CPROM switches the upper half of its RAM",
    cartridge: { mapper: 13, chrRamKib: 16 },
    steps: [[0x8400, 2], { prg: "- 0 1 2 3", chr: "r0 r1 r2 r3 r8 r9 r10 r11" }],
  },
  {
    name: "RET-CUFROM",
    cartridge: { mapper: 29, prgKib: 128, chrRamKib: 32, ramKib: 8 },
    steps: [[0x8000, 0x17], { prg: "r0 10 11 14 15", chr: chr8(24, "r") }],
  },
  {
    name: "BNROM",
    cartridge: { mapper: 34, submapper: 2, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8400, 3], { prg: "- 12 13 14 15", chr: chr8(0, "r") }, [0x8800, 0xff], { prg: "- 4 5 6 7" }],
  },
  {
    name: "an old header without CHR ROM is BNROM, without bus conflicts",
    cartridge: { mapper: 34, prgKib: 128, chrRamKib: 8, ines1: true },
    steps: [[0x8000, 3], { prg: "- 12 13 14 15" }],
  },
  {
    name: "Bit Corp. 38",
    cartridge: { mapper: 38, prgKib: 128, chrKib: 32, ramKib: 8 },
    steps: [[0x7000, 0x0e], { prg: "- 8 9 10 11", chr: chr8(24) }, [0x6fff, 0], { prg: "- 8 9 10 11" }],
  },
  {
    name: "Subor 39",
    cartridge: { mapper: 39, prgKib: 256, chrRamKib: 8 },
    steps: [[0x8000, 5], { prg: "- 20 21 22 23" }],
  },
  {
    name: "GxROM",
    cartridge: { mapper: 66, prgKib: 128, chrKib: 32 },
    steps: [
      [0x8400, 0x32],
      { prg: "- 12 13 14 15", chr: chr8(16) },
      [0x8000, 0x33],
      { prg: "- 12 13 14 15", chr: chr8(0) },
    ],
  },
  {
    name: "Bandai 70",
    cartridge: { mapper: 70, prgKib: 256, chrKib: 128, mirroring: "horizontal" },
    steps: [[0x8400, 0x9c], { prg: "- 18 19 30 31", chr: chr8(96), nt: HORIZONTAL }],
  },
  {
    name: "Bandai 152",
    cartridge: { mapper: 152, prgKib: 128, chrKib: 128 },
    steps: [{ nt: SINGLE_0 }, [0x8400, 0xd3], { prg: "- 10 11 14 15", chr: chr8(24), nt: SINGLE_1 }],
  },
  {
    name: "Cosmo Carrier chooses a screen",
    cartridge: { mapper: 78, submapper: 1, prgKib: 128, chrKib: 128 },
    steps: [{ nt: SINGLE_0 }, [0x8400, 0xbd], { prg: "- 10 11 14 15", chr: chr8(88), nt: SINGLE_1 }],
  },
  {
    name: "Holy Diver chooses the mirroring",
    cartridge: { mapper: 78, submapper: 3, prgKib: 128, chrKib: 128 },
    steps: [{ nt: HORIZONTAL }, [0x8400, 0x08], { nt: VERTICAL }],
  },
  {
    name: "Holy Diver by an old header",
    cartridge: { mapper: 78, prgKib: 128, chrKib: 128, mirroring: "four-screen", ines1: true },
    steps: [{ nt: HORIZONTAL }, [0x8400, 0x08], { nt: VERTICAL }],
  },
  {
    name: "Jaleco 86",
    cartridge: { mapper: 86, prgKib: 128, chrKib: 64 },
    steps: [[0x6000, 0x72], { prg: "- 12 13 14 15", chr: chr8(48) }, [0x7000, 0], { chr: chr8(48) }],
  },
  {
    name: "Jaleco 87 crosses its bits",
    cartridge: { mapper: 87, chrKib: 32, ramKib: 8 },
    steps: [[0x6000, 1], { prg: "- 0 1 2 3", chr: chr8(16) }, [0x7fff, 2], { chr: chr8(8) }],
  },
  {
    name: "Jaleco 101 does not",
    cartridge: { mapper: 101, chrKib: 32 },
    steps: [[0x6000, 1], { chr: chr8(8) }],
  },
  {
    name: "Sunsoft 89",
    cartridge: { mapper: 89, prgKib: 128, chrKib: 128 },
    steps: [
      [0x8400, 0xdb],
      { prg: "- 10 11 14 15", chr: chr8(88), nt: SINGLE_1 },
      [0x8400, 0x53],
      { chr: chr8(24), nt: SINGLE_0 },
    ],
  },
  {
    name: "Sunsoft 93 can switch its CHR RAM off",
    cartridge: { mapper: 93, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8400, 0x31], { prg: "- 6 7 14 15", chr: chr8(0, "r") }, [0x8400, 0x30], { chr: NO_CHR }],
  },
  {
    name: "UN1ROM",
    cartridge: { mapper: 94, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8400, 0x17], { prg: "- 10 11 14 15" }],
  },
  {
    name: "TAM-S1",
    cartridge: { mapper: 97, prgKib: 256, chrRamKib: 8 },
    steps: [
      [0xbfff, 0x83],
      { prg: "- 30 31 6 7", nt: VERTICAL },
      [0xc000, 0x41],
      { prg: "- 30 31 6 7", nt: VERTICAL },
      [0x8000, 0x43],
      { nt: HORIZONTAL },
    ],
  },
  {
    name: "Magicseries 107",
    cartridge: { mapper: 107, prgKib: 128, chrKib: 64 },
    steps: [[0x8000, 5], { prg: "- 8 9 10 11", chr: chr8(40) }],
  },
  {
    name: "NINA-03",
    cartridge: { mapper: 79, prgKib: 64, chrKib: 64 },
    steps: [
      [0x4100, 0x0d],
      { prg: "- 4 5 6 7", chr: chr8(40) },
      [0x4200, 0],
      { chr: chr8(40) },
      [0x5fff, 1],
      { prg: "- 0 1 2 3", chr: chr8(8) },
    ],
  },
  {
    name: "Sachen's NINA-03",
    cartridge: { mapper: 146, prgKib: 64, chrKib: 64 },
    steps: [[0x4100, 0x0a], { prg: "- 4 5 6 7", chr: chr8(16) }],
  },
  {
    name: "HES 113",
    cartridge: { mapper: 113, prgKib: 256, chrKib: 128 },
    steps: [
      { nt: HORIZONTAL },
      [0x4120, 0x6b],
      [0x4120, 0xe9],
      [0x4100, 0xeb],
      { prg: "- 20 21 22 23", chr: chr8(88), nt: VERTICAL },
    ],
  },
  {
    name: "Sachen 133",
    cartridge: { mapper: 133, prgKib: 64, chrKib: 32 },
    steps: [[0x4100, 0x07], { prg: "- 4 5 6 7", chr: chr8(24) }],
  },
  {
    name: "Jaleco 140",
    cartridge: { mapper: 140, prgKib: 128, chrKib: 128 },
    steps: [[0x6000, 0x2b], { prg: "- 8 9 10 11", chr: chr8(88) }],
  },
  {
    name: "Death Race's ROM wins bit 0",
    cartridge: { mapper: 144, prgKib: 128, chrKib: 128 },
    steps: [[0x8400, 0x20], { prg: "- 4 5 6 7", chr: chr8(16) }],
  },
  {
    name: "Sachen 145",
    cartridge: { mapper: 145, chrKib: 16 },
    steps: [[0x4100, 0x80], { prg: "- 0 1 2 3", chr: chr8(8) }],
  },
  {
    name: "Sachen 148",
    cartridge: { mapper: 148, prgKib: 64, chrKib: 64 },
    steps: [[0x8400, 0x0e], { prg: "- 4 5 6 7", chr: chr8(48) }],
  },
  {
    name: "Sachen 149",
    cartridge: { mapper: 149, chrKib: 16 },
    steps: [[0x8400, 0x80], { chr: chr8(8) }],
  },
  {
    name: "UNROM with the first bank fixed",
    cartridge: { mapper: 180, prgKib: 128, chrRamKib: 8 },
    steps: [[0x8400, 0x05], { prg: "- 0 1 10 11" }],
  },
  {
    name: "Sunsoft-1 ties a CHR line high",
    cartridge: { mapper: 184, chrKib: 32 },
    steps: [{ chr: chrRuns([0, 4], [16, 4]) }, [0x6000, 0x23], { chr: chrRuns([12, 4], [24, 4]) }],
  },
  {
    name: "CNROM as protection, with the key known",
    cartridge: { mapper: 185, submapper: 5 },
    steps: [
      { chr: NO_CHR, ppuReads: [[0x0012, 0x12]] },
      [0x8400, 0x21],
      { chr: chr8(0) },
      [0x8400, 0x22],
      { chr: NO_CHR },
    ],
  },
  {
    name: "CNROM as protection, with the key guessed",
    cartridge: { mapper: 185, ines1: true },
    steps: [{ chr: NO_CHR }, [0x8400, 0x11], { chr: chr8(0) }, [0x8400, 0x13], { chr: NO_CHR }],
  },
  {
    name: "Karaoke Studio alone",
    cartridge: { mapper: 188, prgKib: 128, chrRamKib: 8 },
    steps: [
      { reads: [[0x6000, 0xab]] },
      { prg: "- 0 1 14 15", nt: VERTICAL },
      [0xc400, 0x33],
      { prg: "- 6 7 14 15", nt: HORIZONTAL },
      [0xc400, 0x03],
      { prg: "- - - 14 15" },
    ],
  },
  {
    name: "Karaoke Studio with an expansion",
    cartridge: { mapper: 188, prgKib: 256, chrRamKib: 8 },
    steps: [[0xc400, 0x03], { prg: "- 22 23 14 15" }],
  },
  {
    name: "a 35-in-1",
    cartridge: { mapper: 203, prgKib: 64, chrKib: 32 },
    steps: [[0x8000, 0x0b], { prg: "- 4 5 4 5", chr: chr8(24) }],
  },
  {
    name: "C&E 240",
    cartridge: { mapper: 240, prgKib: 256, chrKib: 128, ramKib: 8 },
    steps: [
      [0x4020, 0x5c],
      { prg: "r0 20 21 22 23", chr: chr8(96) },
      [0x5fff, 0x10],
      { prg: "r0 4 5 6 7" },
      [0x8000, 0xff],
      { prg: "r0 4 5 6 7" },
    ],
  },
  {
    name: "BxROM with RAM",
    cartridge: { mapper: 241, prgKib: 256, chrRamKib: 8, ramKib: 8 },
    steps: [[0x8000, 0x06], { prg: "r0 24 25 26 27" }],
  },
  {
    name: "Irem LROG017: four screens from two chips",
    cartridge: { mapper: 77, prgKib: 128, chrKib: 32, mirroring: "four-screen" },
    steps: [[0x8400, 0x32], { prg: "- 8 9 10 11", chr: "6 7 r2 r3 r4 r5 r6 r7", nt: "r0 r1 n0 n1" }],
  },
  {
    name: "a 68-in-1",
    cartridge: { mapper: 58, prgKib: 128, chrKib: 64 },
    steps: [
      [0x80dd, 0],
      { prg: "- 10 11 10 11", chr: chr8(24), nt: HORIZONTAL },
      [0x8005, 0],
      { prg: "- 8 9 10 11", chr: chr8(0), nt: VERTICAL },
    ],
  },
  {
    name: "a 20-in-1",
    cartridge: { mapper: 61, prgKib: 512, chrKib: 128 },
    steps: [
      [0x83b5, 0],
      { prg: "- 22 23 22 23", chr: chr8(24), nt: HORIZONTAL },
      [0x8005, 0],
      { prg: "- 20 21 22 23", nt: VERTICAL },
    ],
  },
  {
    name: "a 700-in-1",
    cartridge: { mapper: 62, prgKib: 2048, chrKib: 1024 },
    steps: [
      [0x83e2, 3],
      { prg: "- 134 135 134 135", chr: chr8(88), nt: HORIZONTAL },
      [0x8300, 0],
      { prg: "- 4 5 6 7", chr: chr8(0), nt: VERTICAL },
      { reset: true, prg: "- 0 1 2 3" },
    ],
  },
  {
    name: "a 1200-in-1",
    cartridge: { mapper: 200, prgKib: 256, chrKib: 128 },
    steps: [
      [0x800d, 0],
      { prg: "- 26 27 26 27", chr: chr8(104), nt: HORIZONTAL },
      [0x8005, 0],
      { prg: "- 10 11 10 11", nt: VERTICAL },
    ],
  },
  {
    name: "a 1200-in-1 of half the size",
    cartridge: { mapper: 200, submapper: 1, prgKib: 128, chrKib: 64 },
    steps: [[0x800d, 0], { prg: "- 10 11 10 11", chr: chr8(40), nt: HORIZONTAL }],
  },
  {
    name: "an 8-in-1 of NROM-256",
    cartridge: { mapper: 201, prgKib: 256, chrKib: 64 },
    steps: [[0x8003, 0], { prg: "- 12 13 14 15", chr: chr8(24) }],
  },
  {
    name: "a 150-in-1",
    cartridge: { mapper: 202, prgKib: 128, chrKib: 64 },
    steps: [
      [0x8006, 0],
      { prg: "- 6 7 6 7", chr: chr8(24), nt: VERTICAL },
      [0x8009, 0],
      { prg: "- 8 9 10 11", nt: HORIZONTAL },
    ],
  },
  {
    name: "a 1200-in-1 with UNROM games",
    cartridge: { mapper: 227, prgKib: 1024, chrRamKib: 8 },
    steps: [
      { prg: "- 0 1 0 1", chr: chr8(0, "r"), nt: VERTICAL },
      [0x8116, 0],
      { prg: "- 74 75 64 65", nt: HORIZONTAL },
      [0x8217, 0],
      { prg: "- 8 9 14 15" },
      [0x8095, 0],
      { prg: "- 8 9 10 11", chr: "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro" },
      [0x8094, 0],
      { prg: "- 10 11 10 11" },
    ],
  },
  {
    name: "a 31-in-1",
    cartridge: { mapper: 229, prgKib: 512, chrKib: 256 },
    steps: [{ prg: "- 0 1 2 3" }, [0x8025, 0], { prg: "- 10 11 10 11", chr: chr8(40), nt: HORIZONTAL }],
  },
  {
    name: "a 20-in-1 of two kinds",
    cartridge: { mapper: 231, prgKib: 512, chrRamKib: 8 },
    steps: [
      [0x8084, 0],
      { prg: "- 8 9 8 9", nt: HORIZONTAL },
      [0x8024, 0],
      { prg: "- 8 9 10 11", nt: VERTICAL },
    ],
  },
  {
    name: "Waixing 242",
    cartridge: { mapper: 242, prgKib: 512, chrRamKib: 8, nvramKib: 8 },
    steps: [[0x802a, 0], { prg: "r0 20 21 22 23", chr: chr8(0, "r"), nt: HORIZONTAL }],
  },
  {
    name: "a 43-in-1",
    cartridge: { mapper: 242, prgKib: 512, chrRamKib: 8 },
    steps: [
      { prg: "- 0 1 0 1" },
      [0x822a, 0],
      { prg: "- 20 21 30 31", nt: HORIZONTAL },
      [0x80a9, 0],
      { prg: "- 20 21 22 23", chr: "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro", nt: VERTICAL },
    ],
  },
  {
    name: "227 with a battery knows NROM alone",
    cartridge: { mapper: 227, prgKib: 512, chrRamKib: 8, nvramKib: 8 },
    steps: [[0x8015, 0], { prg: "r0 8 9 10 11", chr: chr8(0, "r") }, [0x8014, 0], { prg: "r0 10 11 10 11" }],
  },
  {
    name: "227 submapper 2 fixes the first bank of all",
    cartridge: { mapper: 227, submapper: 2, prgKib: 1024, chrRamKib: 8 },
    steps: [[0x8114, 0], { prg: "- 74 75 0 1" }],
  },
  {
    name: "227 submapper 3 has no last bank",
    cartridge: { mapper: 227, submapper: 3, prgKib: 1024, chrRamKib: 8 },
    steps: [[0x8314, 0], { prg: "- 74 75 0 1" }],
  },
  {
    name: "K-1029's four modes",
    cartridge: { mapper: 15, prgKib: 1024, chrRamKib: 8, ramKib: 8 },
    steps: [
      [0x8000, 0x44],
      { prg: "r0 8 9 10 11", chr: "r0ro r1ro r2ro r3ro r4ro r5ro r6ro r7ro", nt: HORIZONTAL },
      [0x8001, 0x0a],
      { prg: "r0 20 21 30 31", chr: chr8(0, "r"), nt: VERTICAL },
      [0x8002, 0x85],
      { prg: "r0 11 11 11 11" },
      [0x8003, 0x05],
      { prg: "r0 10 11 10 11" },
    ],
  },
  {
    name: "VS. UniSystem banks by $4016",
    cartridge: { mapper: 99, prgKib: 40, chrKib: 16, mirroring: "four-screen" },
    steps: [
      { prg: "- 0 1 2 3", chr: chr8(0), nt: FOUR_SCREEN },
      [0x4016, 4],
      { prg: "- 4 1 2 3", chr: chr8(8) },
    ],
  },
];
