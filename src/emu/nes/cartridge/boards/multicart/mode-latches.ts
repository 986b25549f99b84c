import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { map16, mirrorBy, registerBoard } from "../parts/register-board.ts";

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
    if ((latch & 0x80) !== 0) memory.mirror((latch & 0x20) !== 0 ? "single-1" : "single-0");
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
];
