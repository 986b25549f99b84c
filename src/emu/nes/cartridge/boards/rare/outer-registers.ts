/**
 * UNROM, BNROM and NROM games behind a register for the block, and a latch at $8000–$FFFF for the inner bank.
 * What has no page in the wiki follows NintendulatorNRS and FCEUmm.
 */
import { KIB } from "../../../../units.ts";
import type { BoardClass } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { map16, mapNrom, mirrorBy, mirrorOne, registerBoard } from "../parts/register-board.ts";

/**
 * A board whose latch is register 0. Other writes set the register that `index` returns for their address; 0
 * is none. `isLocked` tells whether they are ignored.
 */
function outerBoard(
  index: (address: number) => number,
  banks: (memory: CartridgeMemory, registers: Uint8Array, image: CartridgeImage) => void,
  isLocked: (registers: Uint8Array) => boolean = () => false,
  hasConflicts = false,
): BoardClass {
  return registerBoard({
    onReset: "restores",
    write(registers, address, value, memory) {
      const register = index(address);
      if (register > 0 && !isLocked(registers)) registers[register] = value;
      else if (register === 0 && address >= 0x8000)
        registers[0] = hasConflicts ? value & memory.cpuByte(address, value) : value;
      else return false;
      return true;
    },
    banks(memory, registers, image) {
      if (index(0x6000) !== 0) memory.unmapCpu(0x6000, 8 * KIB);
      memory.mapChr(0x0000, 8 * KIB, 0);
      banks(memory, registers, image);
    },
  });
}

const at5000 = (address: number): number => ((address & 0xf000) === 0x5000 ? 1 : 0);
const at6000 = (address: number): number => ((address & 0xe000) === 0x6000 ? 1 : 0);

/** Maps BNROM with a single screen: a 32 KiB bank, and D4 of the latch. */
function mapAxrom(memory: CartridgeMemory, bank: number, latch: number): void {
  memory.mapPrg(0x8000, 32 * KIB, bank);
  mirrorOne(memory, latch & 0x10);
}

/** Maps a bank of a block of 128 KiB, and the last one. */
function mapUnrom(memory: CartridgeMemory, block: number, inner: number): void {
  map16(memory, block | (inner & 7), block | 7);
}

/**
 * Mapper 462, 971107-00G: at $A000–$BFFF, D6 BNROM with a single screen, else UNROM; D5–D7 the block, D4
 * vertical mirroring. https://www.nesdev.org/wiki/NES_2.0_Mapper_462
 */
const Multicart971107 = outerBoard(
  (address) => ((address & 0xe000) === 0xa000 ? 1 : 0),
  (memory, [latch, outer]) => {
    if ((outer & 0x40) !== 0) mapAxrom(memory, ((outer >> 3) & 0x18) | (latch & 7), latch);
    else {
      mapUnrom(memory, (outer >> 2) & 0x38, latch);
      mirrorBy(memory, ~outer & 0x10);
    }
  },
);

/** Mapper 470, INX_007T_V01: AxROM in blocks of 256 KiB. https://www.nesdev.org/wiki/NES_2.0_Mapper_470 */
const Inx007t = outerBoard(at5000, (memory, [latch, outer]) =>
  mapAxrom(memory, (outer << 3) | (latch & 7), latch),
);

/** Mapper 485, 0359: NROM by the latch, D5 NROM-128, D6–D7 mirroring; the block of 512 KiB is at $5000. */
const Multicart0359 = outerBoard(at5000, (memory, [latch, outer]) => {
  mapNrom(memory, ((outer << 5) & 0xe0) | (latch & 0x1f), (latch & 0x20) === 0);
  const mirroring = latch >> 6;
  if (mirroring === 0 || mirroring === 3) mirrorOne(memory, mirroring);
  else mirrorBy(memory, mirroring & 2);
});

/** Mapper 493, AVE-NTDEC 30-in-1: GNROM with bus conflicts, in blocks by the register at $6000. */
const AveNtdec30 = outerBoard(
  at6000,
  (memory, [latch, outer]) => {
    memory.mapPrg(0x8000, 32 * KIB, (outer << 1) | (latch & 1));
    memory.mapChr(0x0000, 8 * KIB, (outer << 3) | ((latch >> 4) & 7));
  },
  undefined,
  true,
);

/**
 * Mappers 500, 501 and 502, Yhc: two registers at $6000–$6FFF for the block of 128 KiB and the mode; bit 7
 * locks. 500 is UNROM, 501 AxROM, and 502 both, BNROM too, with blocks of up to 1 MiB. A block can start in
 * the middle of a larger one. RAM is at $7000.
 */
const Yhc = outerBoard(
  (address) => ((address & 0xf000) === 0x6000 ? 1 + (address & 1) : 0),
  (memory, [latch, outer, mode], { mapper }) => {
    const isAxrom = mapper === 501 || (mapper === 502 && (mode & 2) !== 0);
    const mask = mapper === 502 ? (8 << ((mode >> 4) & 3)) - 1 : mapper === 501 ? 0x0f : 7;
    memory.mapPrgRam(0x7000, 4 * KIB, 0);
    if (isAxrom || (mapper === 502 && (mode & 4) !== 0))
      memory.mapPrg(0x8000, 32 * KIB, (outer << 2) + (latch & (mask >> 1)));
    else map16(memory, (outer << 3) + (latch & mask), (outer << 3) + mask);
    if (isAxrom) mirrorOne(memory, latch & 0x10);
    else mirrorBy(memory, ~mode & 1);
  },
  (registers) => (registers[2] & 0x80) !== 0,
);

/**
 * Mapper 606, New Star T4IN1: at $6000, D7 AxROM, else UNROM with its mirroring in D4 of the latch; D4 locks.
 */
const NewStarT4in1 = outerBoard(
  at6000,
  (memory, [latch, outer]) => {
    if ((outer & 0x80) !== 0) mapAxrom(memory, ((outer >> 2) & 8) | ((outer >> 4) & 4) | (latch & 3), latch);
    else {
      mapUnrom(memory, ((outer >> 1) & 0x10) | ((outer >> 3) & 8), latch);
      mirrorBy(memory, latch & 0x10);
    }
  },
  (registers) => (registers[1] & 0x10) !== 0,
);

/** Mapper 607, 4705: at $6000, D4 UNROM, D0–D1 the block, D5 mirroring. D2 and D3 take ROM off the bus. */
const Multicart4705 = outerBoard(at6000, (memory, [latch, outer]) => {
  if ((outer & 0x10) !== 0) mapUnrom(memory, (outer & 3) << 3, latch);
  else memory.mapPrg(0x8000, 32 * KIB, ((outer << 2) & 4) | ((latch >> 1) & 3));
  if ((outer & 0x0c) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
  mirrorBy(memory, outer & 0x20);
});

/** Mapper 610, J-2042: at $5000, D0–D2 32 KiB and CHR, D4 NROM-128, D3 mirroring; CNROM by the latch. */
const J2042 = outerBoard(at5000, (memory, [latch, outer]) => {
  mapNrom(memory, (outer & 7) << 1, (outer & 0x10) === 0);
  memory.mapChr(0x0000, 8 * KIB, ((outer & 7) << 2) | (latch & 3));
  mirrorBy(memory, outer & 8);
});

/** Mapper 612, K-3004: UNROM; each press of the reset button selects the next 128 KiB. */
const K3004 = registerBoard({
  onReset(registers) {
    registers[0] = 0;
    registers[1]++;
  },
  write(registers, address, value) {
    if (address < 0x8000) return false;
    registers[0] = value;
    return true;
  },
  banks(memory, [latch, game]) {
    mapUnrom(memory, game << 3, latch);
    memory.mapChr(0x0000, 8 * KIB, 0);
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 462, name: "971107-00G", board: Multicart971107, wiki: ["NES_2.0_Mapper_462"] },
  { mapper: 470, name: "INX_007T_V01", board: Inx007t, wiki: ["NES_2.0_Mapper_470"] },
  { mapper: 485, name: "0359", board: Multicart0359 },
  { mapper: 493, name: "AVE-NTDEC 30-in-1", board: AveNtdec30 },
  { mapper: 500, name: "Yhc UNROM", board: Yhc, unif: [{ names: "YHC-UNROM-CART" }] },
  { mapper: 501, name: "Yhc AxROM", board: Yhc, unif: [{ names: "YHC-AXROM-CART" }] },
  { mapper: 502, name: "Yhc A/B/UxROM", board: Yhc, unif: [{ names: "YHC-A/B/UXROM-CART" }] },
  { mapper: 606, name: "New Star T4IN1", board: NewStarT4in1 },
  { mapper: 607, name: "4705", board: Multicart4705 },
  { mapper: 610, name: "J-2042", board: J2042 },
  { mapper: 612, name: "K-3004", board: K3004 },
];
