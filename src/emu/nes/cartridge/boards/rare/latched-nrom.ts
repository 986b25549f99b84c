/**
 * NROM multicarts whose latch takes the address of a write. What has no page in the wiki follows
 * NintendulatorNRS and FCEUmm. Solder pads, which some boards put on the bus, are open.
 */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { latchBoard } from "../parts/latch.ts";
import { map16, mapNrom, mirrorBy } from "../parts/register-board.ts";

/** A latch that the reset button clears. `address` is the low 15 bits of the last write's. */
function addressLatch(
  banks: (memory: CartridgeMemory, address: number, data: number, image: CartridgeImage) => void,
) {
  return latchBoard({
    clearedByReset: true,
    banks: (memory, data, address, image) => banks(memory, address & 0x7fff, data, image),
  });
}

/** Maps one bank of PRG ROM or an aligned pair, and 8 KiB of CHR. */
function mapGame(memory: CartridgeMemory, bank: number, is32: boolean, chr: number): void {
  mapNrom(memory, bank, is32);
  memory.mapChr(0x0000, 8 * KIB, chr);
}

/** The 16 KiB bank of mappers 435 and 449: A2–A6, A8 and A10. */
function bank7(address: number): number {
  return ((address >> 2) & 0x1f) | ((address >> 3) & 0x20) | ((address >> 4) & 0x40);
}

/**
 * Mapper 435, F-1002: A9 NROM, A0 NROM-128, A1 mirroring, else UNROM. NROM protects CHR RAM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_435
 */
const F1002 = addressLatch((memory, address) => {
  const bank = bank7(address);
  if ((address & 0x200) === 0) map16(memory, bank, bank | 7);
  else mapNrom(memory, bank, (address & 1) === 0);
  memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (address & 0x200) === 0);
  mirrorBy(memory, address & 2);
});

/**
 * Mapper 449, 22-in-1 King Series: A7 NROM, A0 NROM-256, A1 mirroring; the data are a bank of CHR RAM, which
 * NROM protects except in submapper 1. https://www.nesdev.org/wiki/NES_2.0_Mapper_449
 */
const KingSeries = addressLatch((memory, address, data, { submapper }) => {
  const bank = bank7(address);
  if ((address & 0x80) === 0) map16(memory, bank, bank | 7);
  else mapNrom(memory, bank, (address & 1) !== 0);
  memory.mapPpu(0x0000, 8 * KIB, memory.chr, data, submapper === 1 || (address & 0x80) === 0);
  mirrorBy(memory, address & 2);
});

/**
 * Mapper 459, 8-in-1: A5–A7 32 KiB, A2 NROM-256 instead of UNROM, A0–A1, A4 and A7 CHR, A8 mirroring.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_459
 */
const Multicart459 = addressLatch((memory, address) => {
  const bank = (address >> 4) & 0x0e;
  if ((address & 4) !== 0) mapNrom(memory, bank, true);
  else map16(memory, bank, bank | 7);
  memory.mapChr(0x0000, 8 * KIB, (address & 3) | ((address >> 2) & 4) | ((address >> 4) & 8));
  mirrorBy(memory, address & 0x100);
});

/**
 * Mapper 464, NTDEC 9012: A7 and up PRG, A6 NROM-256, A5 mirroring, A0–A4 CHR.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_464
 */
const Ntdec9012 = addressLatch((memory, address) => {
  mapGame(memory, address >> 7, (address & 0x40) !== 0, address & 0x1f);
  mirrorBy(memory, address & 0x20);
});

/** Mapper 488, HC001: A0–A1 32 KiB and CHR, A2 NROM-256, A4 the half of it. */
const Hc001 = addressLatch((memory, address) =>
  mapGame(memory, ((address << 1) & 0xfe) | ((address >> 4) & 1), (address & 4) !== 0, address & 0xff),
);

/** Mapper 491, Sane Ting 5-in-1: A0–A2 PRG, A3 NROM-128, A4 mirroring; the data are the CHR bank. */
const SaneTing = addressLatch((memory, address, data) => {
  mapGame(memory, address & 7, (address & 8) === 0, data);
  mirrorBy(memory, address & 0x10);
});

/** Mapper 492, K-3069 and 12-28: A3–A5 PRG, A5 NROM-256, A1–A2 and A4–A5 CHR, A0 mirroring. */
const K3069 = addressLatch((memory, address) => {
  const chr = ((address >> 1) & 3) | ((address >> 2) & 0x0c);
  mapGame(memory, (address >> 3) & 7, (address & 0x20) !== 0, chr);
  mirrorBy(memory, address & 1);
});

/** Mapper 494, CH512K and OK-103: A2–A6 PRG, A8 NROM, A0 NROM-128, A4–A7 CHR, A1 mirroring; else UNROM. */
const Ch512k = addressLatch((memory, address) => {
  const bank = (address >> 2) & 0x1f;
  if ((address & 0x100) === 0) map16(memory, bank, bank | 7);
  else mapNrom(memory, bank, (address & 1) === 0);
  memory.mapChr(0x0000, 8 * KIB, ((address >> 5) & 7) | ((address >> 1) & 8));
  mirrorBy(memory, address & 2);
});

/**
 * Mapper 541, LittleCom 160-in-1: A2–A9 PRG, A1 NROM-128, A0 vertical mirroring. It ignores writes below
 * $C000. https://www.nesdev.org/wiki/NES_2.0_Mapper_541
 */
const LittleCom160 = latchBoard({
  clearedByReset: true,
  decode: { mask: 0xc000, match: 0xc000 },
  banks(memory, _data, address) {
    mapGame(memory, (address >> 2) & 0xff, (address & 2) === 0, 0);
    mirrorBy(memory, ~address & 1);
  },
});

/** Mapper 575, W-03: A0–A2 both banks, NROM-256 if A1 and A2 are set, A3 mirroring. */
const W03 = addressLatch((memory, address) => {
  mapGame(memory, address & 0x0f, (address & 6) === 6, address & 0x0f);
  mirrorBy(memory, address & 8);
});

/** Mapper 576, J-2096: A4–A7 PRG, A8 NROM-128, A0 and up CHR, A9 mirroring. */
const J2096 = addressLatch((memory, address) => {
  mapGame(memory, (address >> 4) & 0x0f, (address & 0x100) === 0, address & 0xff);
  mirrorBy(memory, address & 0x200);
});

/** Mapper 577, KN-20 and KN-29: A0 and up PRG, A1 and up CHR. */
const Kn29 = addressLatch((memory, address) => mapGame(memory, address & 0xff, false, (address >> 1) & 0x7f));

/**
 * Mapper 580, ET-156: A4 and up PRG, A0 NROM-256, A1 mirroring. A2 and A3 are the low bits of the CHR bank,
 * A3 only with NROM-256.
 */
const Et156 = addressLatch((memory, address) => {
  const low = (address & 1) !== 0 ? 3 : 1;
  const chr = ((address >> 3) & 0x1f & ~low) | ((address >> 2) & low);
  mapGame(memory, (address >> 4) & 0x0f, (address & 1) !== 0, chr);
  mirrorBy(memory, address & 2);
});

/** Mapper 585, FE-01-1: A1 and up both banks, A0 NROM-256, A4 vertical mirroring. */
const Fe011 = addressLatch((memory, address) => {
  const bank = (address >> 1) & 0x7f;
  mapGame(memory, bank, (address & 1) !== 0, bank);
  mirrorBy(memory, ~address & 0x10);
});

/** Mapper 586, HN-02: A0 and up both banks, A3 NROM-128 and vertical mirroring. */
const Hn02 = addressLatch((memory, address) => {
  mapGame(memory, address & 0xff, (address & 8) === 0, address & 0xff);
  mirrorBy(memory, ~address & 8);
});

/** Mapper 591, 07027 and 810543: A1 and up PRG, A0 and up CHR, NROM-256 if A2 and A3 are set. */
const Multicart07027 = addressLatch((memory, address) => {
  mapGame(memory, (address >> 1) & 0x7f, (address & 0x0c) === 0x0c, address & 0xff);
  mirrorBy(memory, ~address & 8);
});

/** Mapper 603, J-2061: A2 and up PRG, A0 and up CHR. */
const J2061 = addressLatch((memory, address) => mapGame(memory, address >> 2, false, address));

/** Mapper 611, T-124, 43-117 and 831049: A2 and up PRG, NROM-256 if A2 and A3 are set; A0–A1 and A3 CHR. */
const T124 = addressLatch((memory, address) =>
  mapGame(memory, address >> 2, (address & 0x0c) === 0x0c, ((address >> 1) & 4) | (address & 3)),
);

/** Mapper 619, 68-in-1: A6–A11 PRG, A12 NROM-128, A0–A5 CHR, A13 mirroring. */
const Multicart68 = addressLatch((memory, address) => {
  mapGame(memory, (address >> 6) & 0x3f, (address & 0x1000) === 0, address & 0x3f);
  mirrorBy(memory, address & 0x2000);
});

/** Mapper 622, 3945: A0–A2 and A5 both banks, A4 NROM-256, A3 mirroring. */
const Multicart3945 = addressLatch((memory, address) => {
  const bank = ((address >> 2) & 8) | (address & 7);
  mapGame(memory, bank, (address & 0x10) !== 0, bank);
  mirrorBy(memory, address & 8);
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 435, name: "F-1002", board: F1002, wiki: ["NES_2.0_Mapper_435"], knownSubmappers: [1] },
  {
    mapper: 449,
    name: "22-in-1 King Series",
    board: KingSeries,
    wiki: ["NES_2.0_Mapper_449"],
    knownSubmappers: [1],
    ram: { insteadOfRomBytes: 32 * KIB },
  },
  { mapper: 459, name: "8-in-1", board: Multicart459, wiki: ["NES_2.0_Mapper_459"] },
  { mapper: 464, name: "NTDEC 9012", board: Ntdec9012, wiki: ["NES_2.0_Mapper_464"] },
  { mapper: 488, name: "HC001", board: Hc001 },
  { mapper: 491, name: "Sane Ting 5-in-1", board: SaneTing },
  { mapper: 492, name: "K-3069, 12-28", board: K3069 },
  { mapper: 494, name: "CH512K, OK-103", board: Ch512k },
  { mapper: 541, name: "LittleCom 160-in-1", board: LittleCom160, wiki: ["NES_2.0_Mapper_541"] },
  { mapper: 575, name: "W-03", board: W03 },
  { mapper: 576, name: "J-2096", board: J2096 },
  { mapper: 577, name: "KN-20, KN-29", board: Kn29, unif: [{ names: "KN-20" }] },
  { mapper: 580, name: "ET-156", board: Et156 },
  { mapper: 585, name: "FE-01-1", board: Fe011 },
  { mapper: 586, name: "HN-02", board: Hn02 },
  { mapper: 591, name: "07027, 810543", board: Multicart07027 },
  { mapper: 603, name: "J-2061", board: J2061 },
  { mapper: 611, name: "T-124, 43-117, 831049", board: T124 },
  { mapper: 619, name: "68-in-1", board: Multicart68 },
  { mapper: 622, name: "3945", board: Multicart3945 },
];
