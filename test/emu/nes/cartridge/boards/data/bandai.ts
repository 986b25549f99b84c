import { type BoardCase, chr8, HORIZONTAL, SINGLE_0, VERTICAL, type Write } from "../board-case.ts";
import { lsbFirst, msbFirst, receive, type SerialPort, send, start, stop } from "./serial.ts";

const PORT: SerialPort = { lines: (scl, sda) => [0x800d, (scl << 5) | (sda << 6)], readAddress: 0x6000 };

function chr(base: number): Write[] {
  return Array.from({ length: 8 }, (_, register): Write => [base + register, 10 + register]);
}

/** Bandai's FCG family, with its EEPROMs. */
export const BANDAI: readonly BoardCase[] = [
  {
    name: "FCG-1: registers at $6000, the counter written directly",
    cartridge: { mapper: 16, submapper: 4, prgKib: 256, chrKib: 256 },
    steps: [
      ...chr(0x6000),
      [0x6008, 3],
      [0x6009, 1],
      { prg: "- 6 7 30 31", chr: chr8(10), nt: HORIZONTAL },
      [0x8008, 5],
      { prg: "- 6 7 30 31" },
      [0x600b, 0x10],
      [0x600c, 0x01],
      [0x600a, 1],
      { irqIn: 0x111 },
      [0x600a, 0],
      { irqIn: -1 },
    ],
  },
  {
    name: "LZ93D50: registers at $8000, the counter behind a latch",
    cartridge: { mapper: 16, submapper: 5, prgKib: 256, chrKib: 256 },
    steps: [
      ...chr(0x8000),
      [0x8008, 3],
      [0x8009, 2],
      [0x6008, 5],
      { prg: "- 6 7 30 31", chr: chr8(10), nt: SINGLE_0 },
      [0x800b, 0x10],
      [0x800c, 0x00],
      [0x800a, 1],
      { irqIn: 0x11 },
      [0x800a, 1],
      { irqIn: 0x11 },
    ],
  },
  {
    name: "LZ93D50 with a 24C02",
    cartridge: { mapper: 16, submapper: 5, prgKib: 128, chrKib: 128, nvramBytes: 256 },
    steps: [
      // Two bytes at $31, then read back from there on.
      ...start(PORT),
      ...send(PORT, msbFirst(0xa0)),
      ...send(PORT, msbFirst(0x31)),
      ...send(PORT, msbFirst(0xc5)),
      ...send(PORT, msbFirst(0x3a)),
      ...stop(PORT),
      ...start(PORT),
      ...send(PORT, msbFirst(0xa0)),
      ...send(PORT, msbFirst(0x31)),
      ...start(PORT),
      ...send(PORT, msbFirst(0xa1)),
      ...receive(PORT, msbFirst(0xc5), true),
      ...receive(PORT, msbFirst(0x3a), true),
      ...receive(PORT, msbFirst(0x00), false),
      ...stop(PORT),
    ],
  },
  {
    name: "an old header is heard at both addresses",
    cartridge: { mapper: 16, prgKib: 256, chrKib: 256, nvramBytes: 256, ines1: true },
    steps: [[0x6008, 3], { prg: "- 6 7 30 31" }, [0x8008, 4], { prg: "- 8 9 30 31" }],
  },
  {
    name: "LZ93D50 with a 24C01, least significant bits first",
    cartridge: { mapper: 159, prgKib: 128, chrKib: 128 },
    steps: [
      ...start(PORT),
      ...send(PORT, lsbFirst(0x21)),
      ...send(PORT, lsbFirst(0xc5)),
      ...stop(PORT),
      ...start(PORT),
      ...send(PORT, lsbFirst(0x80 | 0x21)),
      ...receive(PORT, lsbFirst(0xc5), false),
      ...stop(PORT),
    ],
  },
  {
    name: "LZ93D50 with RAM and 512 KiB",
    cartridge: { mapper: 153, prgKib: 512, chrRamKib: 8, nvramKib: 8 },
    steps: [
      [0x8008, 3],
      { prg: "- 6 7 30 31", chr: chr8(0, "r"), nt: VERTICAL },
      [0x8000, 1],
      [0x800d, 0x20],
      { prg: "r0 38 39 62 63", chr: chr8(0, "r") },
    ],
  },
  {
    name: "Datach with its own 24C02",
    cartridge: { mapper: 157, prgKib: 256, chrRamKib: 8 },
    steps: [[0x8008, 3], { prg: "- 6 7 30 31", chr: chr8(0, "r"), reads: [[0x6000, 0xb3]] }],
  },
];
