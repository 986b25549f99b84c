import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { conflictsAlways, conflictsBySubmapper, latchBoard } from "../parts/latch.ts";
import { mirrorBy, mirrorOne } from "../parts/register-board.ts";

const LOW_HALF = { mask: 0xe000, match: 0x6000 };

/** Maps 32 KiB of PRG and 8 KiB of CHR, each switched as a whole. */
function map32And8(memory: CartridgeMemory, prg: number, chr: number): void {
  memory.mapPrg(0x8000, 32 * KIB, prg);
  memory.mapChr(0x0000, 8 * KIB, chr);
}

/** Maps 16 KiB of PRG at $8000, the last bank at $C000, and 8 KiB of CHR. */
function map16And8(memory: CartridgeMemory, prg: number, chr: number): void {
  memory.mapPrg(0x8000, 16 * KIB, prg);
  memory.mapPrg(0xc000, 16 * KIB, -1);
  memory.mapChr(0x0000, 8 * KIB, chr);
}

/**
 * Mapper 13, CPROM: 16 KiB of CHR RAM, of which the upper 4 KiB window is switched.
 * https://www.nesdev.org/wiki/CPROM
 */
const Cprom = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 4 * KIB, 0);
    memory.mapChr(0x1000, 4 * KIB, data & 3);
  },
});

/** Mapper 34 submapper 2, BNROM. https://www.nesdev.org/wiki/BNROM */
const Bnrom = latchBoard({
  conflicts: conflictsBySubmapper,
  isPrgOnly: true,
  banks: (memory, data) => map32And8(memory, data, 0),
});

/** Mapper 66, GxROM. https://www.nesdev.org/wiki/GxROM */
const Gxrom = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map32And8(memory, (data >> 4) & 3, data & 3),
});

/** Mapper 70, Bandai's board with a 74161 and a 7432. https://www.nesdev.org/wiki/INES_Mapper_070 */
const Bandai70 = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map16And8(memory, data >> 4, data & 0x0f),
});

/**
 * Mapper 152: as 70, with single-screen mirroring selected by bit 7.
 * https://www.nesdev.org/wiki/INES_Mapper_152
 */
const Bandai152 = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data) {
    map16And8(memory, (data >> 4) & 7, data & 0x0f);
    mirrorOne(memory, data & 0x80);
  },
});

/**
 * Mapper 78: Uchuusen – Cosmo Carrier selects a single screen (submapper 1), Holy Diver the mirroring
 * (submapper 3; old headers say four screens). https://www.nesdev.org/wiki/INES_Mapper_078
 */
const Jaleco78 = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data, _address, image) {
    map16And8(memory, data & 7, data >> 4);
    const holyDiver = image.submapper === 3 || (image.submapper === 0 && image.mirroring === "four-screen");
    if (holyDiver) mirrorBy(memory, ~data & 8);
    else mirrorOne(memory, data & 8);
  },
});

/** Mapper 87: the two bits of the CHR bank are swapped. https://www.nesdev.org/wiki/INES_Mapper_087 */
const Jaleco87 = latchBoard({
  decode: LOW_HALF,
  banks: (memory, data) => map32And8(memory, 0, ((data & 1) << 1) | ((data >> 1) & 1)),
});

/** Mapper 101: as 87, with the bits in order. https://www.nesdev.org/wiki/INES_Mapper_101 */
const Jaleco101 = latchBoard({
  decode: LOW_HALF,
  banks: (memory, data) => map32And8(memory, 0, data),
});

/** Mapper 140, Jaleco JF-11 and JF-14. https://www.nesdev.org/wiki/INES_Mapper_140 */
const Jaleco140 = latchBoard({
  decode: LOW_HALF,
  banks: (memory, data) => map32And8(memory, (data >> 4) & 3, data & 0x0f),
});

/**
 * Mapper 86, Jaleco JF-13. The speech chip at $7000 is not emulated.
 * https://www.nesdev.org/wiki/INES_Mapper_086
 */
const Jaleco86 = latchBoard({
  decode: { mask: 0xf000, match: 0x6000 },
  banks: (memory, data) => map32And8(memory, (data >> 4) & 3, (data & 3) | ((data >> 4) & 4)),
});

/** Mapper 89, Sunsoft-2 on the Sunsoft-3 board. https://www.nesdev.org/wiki/INES_Mapper_089 */
const Sunsoft89 = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data) {
    map16And8(memory, (data >> 4) & 7, (data & 7) | ((data >> 4) & 8));
    mirrorOne(memory, data & 8);
  },
});

/**
 * Mapper 93, Sunsoft-2 on the Sunsoft-3R board: bit 0 enables CHR RAM.
 * https://www.nesdev.org/wiki/INES_Mapper_093
 */
const Sunsoft93 = latchBoard({
  conflicts: conflictsAlways,
  powerOn: 1,
  banks(memory, data) {
    map16And8(memory, (data >> 4) & 7, 0);
    if ((data & 1) === 0) memory.unmapPpu(0x0000, 8 * KIB);
  },
});

/**
 * Mapper 184, Sunsoft-1: two 4 KiB CHR windows; the upper one's highest bank bit is always 1.
 * https://www.nesdev.org/wiki/INES_Mapper_184
 */
const Sunsoft184 = latchBoard({
  decode: LOW_HALF,
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, 0);
    memory.mapChr(0x0000, 4 * KIB, data & 7);
    memory.mapChr(0x1000, 4 * KIB, 4 | ((data >> 4) & 3));
  },
});

/** Mapper 94, UN1ROM: the bank is in bits 2–4. https://www.nesdev.org/wiki/INES_Mapper_094 */
const Un1rom = latchBoard({
  conflicts: conflictsAlways,
  banks: (memory, data) => map16And8(memory, (data >> 2) & 7, 0),
});

/**
 * Mapper 180, UNROM with an AND gate: the first bank is fixed. https://www.nesdev.org/wiki/INES_Mapper_180
 */
const Unrom180 = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, 0);
    memory.mapPrg(0xc000, 16 * KIB, data & 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** Mapper 97, Irem TAM-S1: the last bank is fixed at $8000. https://www.nesdev.org/wiki/INES_Mapper_097 */
const IremTamS1 = latchBoard({
  decode: { mask: 0xc000, match: 0x8000 },
  banks(memory, data) {
    memory.mapPrg(0x8000, 16 * KIB, -1);
    memory.mapPrg(0xc000, 16 * KIB, data & 0x1f);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror(data < 0x80 ? "horizontal" : "vertical");
  },
});

/**
 * Mapper 77, Irem LROG017: 2 KiB of CHR ROM, then 6 KiB of CHR RAM. The RAM chip's other 2 KiB and CIRAM form
 * four nametables. https://www.nesdev.org/wiki/INES_Mapper_077
 */
const IremLrog017 = latchBoard({
  conflicts: conflictsAlways,
  chips: () => ({ chrRamBytes: 8 * KIB, chrNvramBytes: 0 }),
  banks(memory, data) {
    memory.mapPrg(0x8000, 32 * KIB, data & 0x0f);
    memory.mapPpu(0x0000, 2 * KIB, memory.chrRom, data >> 4);
    for (let window = 1; window < 4; window++)
      memory.mapPpu(window * 2 * KIB, 2 * KIB, memory.chrRam, window);
    memory.mapPpu(0x2000, 2 * KIB, memory.chrRam, 0);
    memory.mapPpu(0x2800, 2 * KIB, memory.ciram, 0);
  },
});

/**
 * Mapper 185, CNROM as copy protection: CHR ROM can be read only with the right latch value. Submappers 4–7
 * name the value. Without a submapper, all values that known games use to enable it are accepted.
 * https://www.nesdev.org/wiki/INES_Mapper_185
 */
const Cnrom185 = latchBoard({
  conflicts: conflictsAlways,
  banks(memory, data, _address, image) {
    const known = image.submapper >= 4 && image.submapper <= 7;
    const on = known ? (data & 3) === image.submapper - 4 : (data & 0x0f) !== 0 && data !== 0x13;
    map32And8(memory, 0, 0);
    if (!on) memory.unmapPpu(0x0000, 8 * KIB);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 13,
    name: "CPROM",
    board: Cprom,
    wiki: ["CPROM"],
    unif: [{ names: "CPROM" }],
    ram: { prgBytes: 0, insteadOfRomBytes: 16 * KIB },
  },
  {
    mapper: 34,
    name: "BNROM, NINA-001",
    board: Bnrom,
    wiki: ["BNROM"],
    unif: [{ names: "BNROM" }],
    knownSubmappers: [2],
  },
  {
    mapper: 66,
    name: "GxROM",
    board: Gxrom,
    wiki: ["GxROM"],
    unif: [{ names: "GNROM MHROM GXROM" }],
  },
  {
    mapper: 70,
    name: "Bandai 74161/32",
    board: Bandai70,
    wiki: ["INES_Mapper_070"],
  },
  {
    mapper: 77,
    name: "Irem LROG017",
    fourScreens: true,
    board: IremLrog017,
    wiki: ["INES_Mapper_077"],
    // 6 KiB of tiles and 2 KiB of nametables.
    ram: { prgBytes: 0, besideRomBytes: 8 * KIB },
  },
  {
    mapper: 78,
    name: "Irem 74161/32, Jaleco JF-16",
    board: Jaleco78,
    wiki: ["INES_Mapper_078"],
    knownSubmappers: [1, 3],
  },
  {
    mapper: 86,
    name: "Jaleco JF-13",
    board: Jaleco86,
    wiki: ["INES_Mapper_086"],
  },
  {
    mapper: 87,
    name: "Jaleco JF-05 to JF-10",
    board: Jaleco87,
    wiki: ["INES_Mapper_087"],
  },
  {
    mapper: 89,
    name: "Sunsoft-2 on Sunsoft-3 board",
    board: Sunsoft89,
    wiki: ["INES_Mapper_089"],
  },
  {
    mapper: 93,
    name: "Sunsoft-2 on Sunsoft-3R board",
    board: Sunsoft93,
    wiki: ["INES_Mapper_093"],
    unif: [{ names: "SUNSOFT_UNROM" }],
  },
  {
    mapper: 94,
    name: "UN1ROM",
    board: Un1rom,
    wiki: ["INES_Mapper_094"],
  },
  {
    mapper: 97,
    name: "Irem TAM-S1",
    board: IremTamS1,
    wiki: ["INES_Mapper_097"],
  },
  {
    mapper: 101,
    name: "Jaleco JF-10 misdump",
    board: Jaleco101,
    wiki: ["INES_Mapper_101"],
  },
  {
    mapper: 140,
    name: "Jaleco JF-11, JF-14",
    board: Jaleco140,
    wiki: ["INES_Mapper_140"],
    unif: [{ names: "JALECO-JF-11 JALECO-JF-14 JF-11 JF-14" }],
  },
  {
    mapper: 152,
    name: "Bandai 74161/32 with one-screen mirroring",
    board: Bandai152,
    wiki: ["INES_Mapper_152"],
  },
  {
    mapper: 180,
    name: "UNROM with fixed first bank (Crazy Climber)",
    board: Unrom180,
    wiki: ["INES_Mapper_180"],
    unif: [{ names: "UNROM-180" }],
  },
  {
    mapper: 184,
    name: "Sunsoft-1",
    board: Sunsoft184,
    wiki: ["INES_Mapper_184"],
  },
  {
    mapper: 185,
    name: "CNROM with CHR disable",
    board: Cnrom185,
    wiki: ["INES_Mapper_185"],
    unif: [{ names: "CNROM-185" }],
    knownSubmappers: [4, 5, 6, 7],
  },
];
