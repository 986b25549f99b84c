/**
 * Multicarts with a register beside the MMC1. What has no page in the wiki follows NintendulatorNRS and
 * FCEUmm.
 */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { type OuterMmc1, outerMmc1 } from "../parts/outer-mmc1.ts";
import { mapNrom, partOf, wholeChr } from "../parts/register-board.ts";

const GAME_BYTES = 128 * KIB;

/** The first of the registers at $6000–$7FFF takes the address until its bits under `lock` are set. */
function addressAt6000(lock = 0): OuterMmc1["write"] {
  return (outer, address) => {
    if (address >= 0x8000) return false;
    if (address >= 0x6000 && (outer[0] & lock) === 0) outer[0] = address;
    return true;
  };
}

/** Selects a part of both ROMs. */
function selectPart(memory: CartridgeMemory, game: number): void {
  memory.prg = partOf(memory.prgRom, game, GAME_BYTES);
  memory.chr = partOf(wholeChr(memory), game, GAME_BYTES);
}

/** Maps an NROM game whose bank is not in the selected part. */
function mapWholeNrom(memory: CartridgeMemory, bank: number, is32: boolean): void {
  memory.prg = memory.prgRom;
  mapNrom(memory, bank, is32);
}

/** Mapper 461, CM-9309: A2 the MMC1 in 64 KiB by A3, else NROM-128 by A0–A1 with CHR behind 256 KiB. */
const Cm9309 = outerMmc1({
  write: addressAt6000(),
  parts(memory, { 0: outer }) {
    const isNrom = (outer & 4) === 0;
    memory.prg = partOf(memory.prgRom, outer >> 2, 64 * KIB);
    memory.chr = isNrom
      ? partOf(wholeChr(memory), 8, 32 * KIB)
      : partOf(wholeChr(memory), outer >> 3, GAME_BYTES);
  },
  map(memory, { 0: outer }) {
    if ((outer & 4) === 0) mapWholeNrom(memory, outer & 3, false);
  },
});

/**
 * Mapper 483, 3927: each press of the reset button selects the next of three MMC1 games of 128 KiB, three
 * CNROM games and an MMC1 game of 32 KiB.
 */
const Multicart3927 = outerMmc1({
  onReset(outer) {
    outer.set([(outer[0] + 1) % 7, 0]);
  },
  write(outer, address, value) {
    if (address < 0x8000 || outer[0] < 3 || outer[0] === 6) return address < 0x8000;
    outer[1] = value;
    return true;
  },
  parts(memory, { 0: game }) {
    selectPart(memory, Math.min(game, 3));
    if (game === 6) memory.chr = partOf(wholeChr(memory), 15, 32 * KIB);
  },
  map(memory, [game, latch]) {
    if (game < 3) return;
    memory.mapPrg(0x8000, 32 * KIB, game - 3);
    if (game === 6) return;
    memory.mapChr(0x0000, 8 * KIB, ((game - 3) << 2) | (latch & 3));
    memory.mirror("vertical");
  },
});

/** Mapper 498, K-3011: A5 the MMC1 in the 128 KiB of A3–A4, else NROM by A0–A4, A2 NROM-256. */
const K3011 = outerMmc1({
  write: addressAt6000(),
  parts: (memory, { 0: outer }) => selectPart(memory, (outer >> 3) & 3),
  map(memory, { 0: outer }) {
    if ((outer & 0x20) === 0) mapWholeNrom(memory, outer, (outer & 4) !== 0);
  },
});

/** Mapper 499, FC-41: A0–A2 the 128 KiB, A3 locks. */
const Fc41 = outerMmc1({
  write: addressAt6000(8),
  parts: (memory, { 0: outer }) => selectPart(memory, outer),
});

/**
 * Mapper 543, CH-501: four bits of D3, written to $5000–$5FFF in turn, are the 256 KiB and the 8 KiB of RAM:
 * D1 clear, D0 and the MMC1's CHR A15 of the first chip, else D0 and D2 of the second.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_543
 */
const Ch501 = outerMmc1({
  write(outer, address, value) {
    if ((address & 0xf000) === 0x5000) {
      outer[1] |= ((value >> 3) & 1) << outer[2];
      outer[2]++;
      if (outer[2] > 3) outer.set([outer[1], 0, 0]);
    }
    return address < 0x8000;
  },
  parts(memory, { 0: outer }) {
    memory.prg = partOf(memory.prgRom, outer, 256 * KIB);
  },
  map(memory, { 0: outer }, chr0) {
    const first = ((outer << 1) & 2) | ((chr0 >> 3) & 1);
    const second = 4 | ((outer >> 1) & 2) | (outer & 1);
    memory.mapPrgRam(0x6000, 8 * KIB, (outer & 2) === 0 ? first : second);
  },
});

/**
 * Mapper 546, 03-101: the address of a write to the first 256 bytes of $8000 or $9000, which the MMC1 sees
 * too: A4 the MMC1 in the second 256 KiB, with RAM, else NROM by A0–A3, A5 NROM-256. A7 protects CHR RAM.
 */
const Multicart03101 = outerMmc1({
  write(outer, address) {
    if ((address & 0xef00) === 0x8000) outer[0] = address;
    return address < 0x8000;
  },
  parts(memory, { 0: outer }) {
    memory.prg = (outer & 0x10) !== 0 ? partOf(memory.prgRom, 1, 256 * KIB) : memory.prgRom;
  },
  map(memory, { 0: outer }) {
    if ((outer & 0x10) === 0) {
      memory.unmapCpu(0x6000, 8 * KIB);
      mapNrom(memory, outer, (outer & 0x20) !== 0);
    }
    memory.mapPpu(0x0000, 8 * KIB, memory.chr, 0, (outer & 0x80) === 0);
  },
});

/**
 * Mapper 550, JY820845C: the address of a write to $7000–$7FFF, which A3 locks. A1 and A2 the MMC1 in the
 * last 128 KiB, or with A0 64 KiB, else GNROM by D4–D5 and D0–D1.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_550
 */
const Jy820845c = outerMmc1({
  write(outer, address, value) {
    if (address >= 0x8000) outer[1] = value;
    else if (address >= 0x7000 && (outer[0] & 8) === 0) outer[0] = address & 0x0f;
    return address < 0x8000 || (outer[0] & 6) !== 6;
  },
  parts(memory, { 0: outer }) {
    const isMmc1 = (outer & 6) === 6;
    memory.prg =
      (outer & 1) !== 0 ? partOf(memory.prgRom, 7, 64 * KIB) : partOf(memory.prgRom, 3, GAME_BYTES);
    memory.chr = isMmc1 ? partOf(wholeChr(memory), 3, 32 * KIB) : wholeChr(memory);
  },
  map(memory, [outer, latch]) {
    if ((outer & 6) === 6) return;
    mapWholeNrom(memory, ((latch >> 4) | (outer << 1)) << 1, true);
    memory.mapChr(0x0000, 8 * KIB, (latch & 3) | ((outer << 1) & 0x0c));
  },
});

/**
 * Mapper 621, a bootleg of Predator: an MMC1A whose registers can also be written at once, at $6000–$7FFF, by
 * A0–A1. There is no RAM.
 */
class PredatorMmc1 extends Mmc1 {
  protected override readonly ramCanBeDisabled = false;

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address < 0x6000) return;
    if (address >= 0x8000 || (value & 0x80) !== 0) super.writeRegister(address | 0x8000, value, cycle);
    else this.registers[address & 3] = value & 0x1f;
    this.updateBanks();
  }

  override isUnseenByPpu(): boolean {
    return false;
  }

  override updateBanks(): void {
    super.updateBanks();
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 461, name: "CM-9309 (MMC1)", board: Cm9309 },
  { mapper: 483, name: "3927 (MMC1)", board: Multicart3927 },
  { mapper: 498, name: "K-3011 (MMC1)", board: K3011 },
  { mapper: 499, name: "FC-41 (MMC1)", board: Fc41 },
  { mapper: 543, name: "CH-501 5-in-1 (MMC1)", board: Ch501, wiki: ["NES_2.0_Mapper_543"] },
  { mapper: 546, name: "03-101 (MMC1)", board: Multicart03101 },
  { mapper: 550, name: "JY820845C (MMC1)", board: Jy820845c, wiki: ["NES_2.0_Mapper_550"] },
  { mapper: 621, name: "Predator bootleg (MMC1A)", board: PredatorMmc1, ram: { prgBytes: 0 } },
];
