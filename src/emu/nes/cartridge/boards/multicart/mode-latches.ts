import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { map16, mapNrom, mapNrom64, mirrorBy, mirrorOne, registerBoard } from "../parts/register-board.ts";

/**
 * Mapper 217, GI 9549: the address of a write selects 32 KiB of PRG and 8 KiB of CHR. The sources differ:
 * older emulators have a scrambled MMC3 under this number, for a cartridge of which no image is known. This
 * follows NintendulatorNRS, whose author assigned the number to the board that exists.
 * https://www.nesdev.org/wiki/INES_Mapper_217
 */
const Gi9549 = registerBoard({
  onReset: "restores",
  write(registers, address) {
    if (address < 0x8000) return false;
    registers[0] = address & 0xff;
    registers[1] = (address >> 8) & 0x7f;
    return true;
  },
  banks(memory, registers) {
    const latch = registers[0] | (registers[1] << 8);
    memory.mapPrg(0x8000, 32 * KIB, latch >> 2);
    memory.mapChr(0x0000, 8 * KIB, latch);
  },
});

/** The PRG banks of A65AS: bits 4–0 are a bank of 16 KiB, in pairs if bit 6 is set. */
function mapA65as(memory: CartridgeMemory, latch: number): void {
  const bank = latch & 0x1f;
  if ((latch & 0x40) !== 0) memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
  else map16(memory, bank, bank | 7);
}

/** The PRG banks of JY-066: the outer bank of 128 KiB is in bits 5–4, that of 32 KiB in bits 4–1. */
function mapJy066(memory: CartridgeMemory, latch: number): void {
  const outer = (latch & 0x30) >> 1;
  if ((latch & 0x40) !== 0) memory.mapPrg(0x8000, 32 * KIB, (latch >> 1) & 0x0f);
  else map16(memory, outer | (latch & 7), outer | 7);
}

/**
 * Mapper 285, A65AS and JY-066: one latch with incompatible meanings, because two boards got one UNIF name.
 * Emulators have one or the other; the wiki's page separates them. Submapper 0 is A65AS, 1 is JY-066, which
 * is what FCEUX and Mesen have.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_285
 */
const A65as = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, registers, { submapper }: CartridgeImage) {
    const latch = registers[0];
    if (submapper === 1) mapJy066(memory, latch);
    else mapA65as(memory, latch);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((latch & 0x80) !== 0) mirrorOne(memory, latch & 0x20);
    else mirrorBy(memory, latch & (submapper === 1 ? 0x08 : 0x20));
  },
});

const NROM = 0x80; // of $5000
const NROM_256 = 0x80; // of $5001
const LATCH_314 = 4;

/**
 * Mapper 314, 64-in-1 No Repeat: registers at $5000–$5003, and in UNROM mode a latch at $8000 with bus
 * conflicts. The sources differ on boards with CHR RAM: on them, as in NintendulatorNRS, only $5000 and $5001
 * exist and answer at every address. FCEUX and Mesen agree with it otherwise.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_314
 */
const NoRepeat64in1 = registerBoard({
  initial: [0x80, 0x43],
  onReset: "restores",
  write(registers, address, value, memory) {
    if ((address & 0xf000) === 0x5000) registers[address & (memory.chrRom.bytes > 0 ? 3 : 1)] = value;
    else if (address >= 0x8000) registers[LATCH_314] = value & memory.cpuByte(address, value);
    else return false;
    return true;
  },
  banks(memory, registers) {
    const odd = (registers[1] >> 6) & 1;
    const bank = ((registers[1] & 0x3f) << 1) | odd;
    if ((registers[0] & NROM) === 0) map16(memory, (bank & ~7) | (registers[LATCH_314] & 7), bank | 7);
    else if ((registers[1] & NROM_256) !== 0) memory.mapPrg(0x8000, 32 * KIB, bank >> 1);
    else map16(memory, bank, bank);
    memory.mapChr(0x0000, 8 * KIB, (registers[2] << 2) | ((registers[0] >> 1) & 3));
    mirrorBy(memory, registers[0] & 0x20);
  },
});

/**
 * Mapper 354, FAM250, 810139C and 810331C: A0–A2 select how the bank in the data is mapped, and A3 protects
 * CHR RAM. A4 is PRG A20, and in submapper 1 A12 is PRG A21. FCEUmm has A2 for A4 in submapper 0.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_354
 */
const Fam250 = registerBoard({
  onReset: "restores",
  write(registers, address, value, _memory, { submapper }) {
    if (address < (submapper === 1 ? 0xe000 : 0xf000)) return false;
    registers[0] = value;
    registers[1] = (address & 0x1f) | (submapper === 1 ? (address >> 7) & 0x20 : 0);
    return true;
  },
  banks(memory, [data, address]) {
    const bank = (data & 0x3f) | ((address & 0x30) << 2);
    const bank8 = (bank << 1) | (data >> 7);
    const mode = address & 7;
    if ((mode & 3) === 2) mapNrom64(memory, bank8);
    else if (mode === 1) map16(memory, bank, bank | 7);
    else if (mode === 5) {
      memory.mapPrg(0x6000, 8 * KIB, bank8);
      mapNrom(memory, bank | 6, true);
    } else mapNrom(memory, bank, (mode & 3) === 0);
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (address & 8) === 0);
    mirrorBy(memory, data & 0x40);
  },
});

/**
 * Mapper 363: UNROM in a block that the address selects, in writes that raise A4. The wiki's page of the
 * number forwards to another one; this follows FCEUmm. https://www.nesdev.org/wiki/NES_2.0_Mapper_363
 */
const Mapper363 = registerBoard({
  onReset: "restores",
  write(registers, address, value, memory) {
    if (address < 0x8000) return false;
    registers[0] = value & memory.cpuByte(address, value) & 7;
    if ((~registers[1] & address & 0x10) !== 0) registers[1] = address & 0x3f;
    return true;
  },
  banks(memory, [data, address]) {
    map16(memory, ((address & 0x0f) << 3) | data, ((address & 0x0f) << 3) | 7);
    memory.mapChr(0x0000, 8 * KIB, 0);
    mirrorBy(memory, address & 0x20);
  },
});

/**
 * Mapper 378, an 8-in-1 of AxROM and UNROM games. The wiki draws the bits of the latch on the address lines;
 * this takes data, as FCEUmm does. https://www.nesdev.org/wiki/NES_2.0_Mapper_378
 */
const Mapper378 = registerBoard({
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, [latch]) {
    const block = 0x10 | ((latch << 1) & 0x0e);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((latch & 0x20) === 0) {
      memory.mapPrg(0x8000, 32 * KIB, latch & 7);
      mirrorOne(memory, latch & 0x10);
    } else {
      map16(memory, block | ((latch >> 3) & 1), block | 7);
      mirrorBy(memory, latch & 4);
    }
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 217,
    name: "GI 9549",
    board: Gi9549,
    wiki: ["INES_Mapper_217"],
  },
  {
    mapper: 285,
    name: "A65AS, JY-066",
    board: A65as,
    wiki: ["NES_2.0_Mapper_285"],
    unif: [{ names: "A65AS" }, { names: "GF-401CD", submapper: 1 }],
    knownSubmappers: [1],
  },
  {
    mapper: 314,
    name: "64-in-1 No Repeat",
    board: NoRepeat64in1,
    wiki: ["NES_2.0_Mapper_314"],
    unif: [{ names: "64IN1NOREPEAT" }],
  },
  {
    mapper: 354,
    name: "FAM250, 810331C",
    board: Fam250,
    wiki: ["NES_2.0_Mapper_354"],
    knownSubmappers: [1],
  },
  { mapper: 363, name: "UNROM multicart with A4 latch", board: Mapper363, wiki: ["NES_2.0_Mapper_363"] },
  { mapper: 378, name: "8-in-1 AxROM and UNROM", board: Mapper378, wiki: ["NES_2.0_Mapper_378"] },
];
