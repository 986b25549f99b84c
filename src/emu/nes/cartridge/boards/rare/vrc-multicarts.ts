/**
 * Multicarts on VRC2 and VRC4 clones. What has no page in the wiki follows NintendulatorNRS and FCEUmm.
 * Solder pads are open.
 */
import { KIB } from "../../../../units.ts";
import type { BoardClass } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeMemory } from "../../memory.ts";
import { CHR_LOW, PRG_0, PRG_1, SWAP_AND_RAM, VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import {
  map16,
  mapNrom,
  mirrorOne,
  partOf,
  takeRamWrites,
  wholeChr,
  writeUnder,
} from "../parts/register-board.ts";

const OUTER = VRC4_FREE;
const LATCH = VRC4_FREE + 1;

interface VrcMulticart {
  /** True for addresses below $8000 whose writes set the outer register. */
  readonly isOuter: (address: number) => boolean;
  /** True if the register takes the data of a write, not its address. */
  readonly takesData?: true;
  /** True if the register can be written only while the VRC4 enables RAM. */
  readonly needsRam?: true;
  /** The bits of the register that lock it. */
  readonly lock?: number;
  /** Sizes in KiB and numbers of the parts of PRG and CHR ROM that hold the selected game. */
  readonly parts: (outer: number, registers: Uint8Array) => readonly [number, number, number?, number?];
  /** Maps what the game has instead of the chip's banks. */
  readonly map?: (memory: CartridgeMemory, outer: number, registers: Uint8Array) => void;
  /** The chip's address for a write, if the game changes its select pins. */
  readonly address?: (address: number, outer: number) => number;
}

const at6000 = (address: number): boolean => address >= 0x6000;

function vrcMulticart(spec: VrcMulticart): BoardClass {
  return class extends Vrc2And4 {
    override powerOn(): void {
      super.powerOn();
      this.registers[SWAP_AND_RAM] = 1;
    }

    override reset(): void {
      this.registers[OUTER] = 0;
      this.updateBanks();
    }

    protected override writeBoard(address: number, value: number, cycle: number): void {
      const { registers } = this;
      const outer = registers[OUTER];
      if (address >= 0x8000) {
        registers[LATCH] = value;
        super.writeBoard(spec.address?.(address, outer) ?? address, value, cycle);
        return;
      }
      writeUnder(this.memory, address, value);
      const isOpen = spec.needsRam !== true || (registers[SWAP_AND_RAM] & 1) !== 0;
      if (spec.isOuter(address) && isOpen && (outer & (spec.lock ?? 0)) === 0)
        registers[OUTER] = spec.takesData === true ? value : address;
    }

    protected override mapBanks(): void {
      const { memory, registers } = this;
      const [prgKib, prg, chrKib = prgKib, chr = prg] = spec.parts(registers[OUTER], registers);
      memory.prg = partOf(memory.prgRom, prg, prgKib * KIB);
      memory.chr = partOf(wholeChr(memory), chr, chrKib * KIB);
      super.mapBanks();
      if (spec.isOuter === at6000) takeRamWrites(memory);
      spec.map?.(memory, registers[OUTER], registers);
    }
  };
}

/**
 * Mapper 447, KL-06 and GC007: the address is the block of 128 KiB. A2 with A1 is NROM-128, without it
 * NROM-256; A0 locks. https://www.nesdev.org/wiki/NES_2.0_Mapper_447
 */
const Kl06 = vrcMulticart({
  isOuter: at6000,
  needsRam: true,
  lock: 1,
  parts: (outer) => [128, outer],
  map(memory, outer, registers) {
    if ((outer & 4) === 0) return;
    const half = ~outer & 2;
    for (let slot = 0; slot < 4; slot++) {
      const bank = registers[(slot & 1) === 0 ? PRG_0 : PRG_1] & ~half;
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, bank | (slot & half));
    }
  },
});

/**
 * Mapper 448, 830768C: A0 and up the block of 128 KiB, or with A2 of 256 KiB, in banks of 16 KiB; A3 AxROM.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_448
 */
const Multicart830768C = vrcMulticart({
  isOuter: at6000,
  needsRam: true,
  parts: (outer) => ((outer & 0x0c) !== 0 ? [256, outer >> 1] : [128, outer]),
  map(memory, outer, registers) {
    memory.mapChr(0x0000, 8 * KIB, 0);
    if ((outer & 8) === 0) map16(memory, registers[PRG_0], -1);
    else {
      memory.mapPrg(0x8000, 32 * KIB, registers[LATCH] & 7);
      mirrorOne(memory, registers[LATCH] & 0x10);
    }
  },
});

/**
 * Mapper 450, YY841157C: the three pins that a VRC2 has for an EEPROM are the block of 128 KiB.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_450
 */
const Yy841157c = vrcMulticart({
  isOuter: (address) => (address & 0xf000) === 0x6000,
  takesData: true,
  parts: (outer) => [128, outer & 7],
});

/**
 * Mapper 520, Dragon Ball Z and Yu Yu Hakusho: bit 3 of CHR banks, of which the lower ones select CHR RAM, is
 * PRG A18. It follows the PPU's reads; programs write the same bit to all banks, so that bank 0 is used here.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_520
 */
const DragonBallZ = vrcMulticart({
  isOuter: () => false,
  parts: (_outer, registers) => [256, (registers[CHR_LOW] >> 3) & 1, 8, 0],
});

/**
 * Mapper 570, 9052: at $5000 the address is the block of 128 KiB; block 0 has 512 KiB of CHR, others 256 KiB.
 */
const Multicart9052 = vrcMulticart({
  isOuter: (address) => (address & 0xf000) === 0x5000,
  parts: (outer) => ((outer & 3) === 0 ? [128, outer, 512, 0] : [128, outer, 256, (outer & 2) !== 0 ? 3 : 2]),
});

/**
 * Mapper 571, JC-011: NROM by A0 and up until A5 selects the VRC4, with A4 in 256 KiB and its select pins
 * exchanged. A0 locks.
 */
const Jc011 = vrcMulticart({
  isOuter: at6000,
  needsRam: true,
  lock: 1,
  parts: (outer) => ((outer & 0x10) !== 0 ? [256, outer >> 4] : [128, outer >> 3]),
  map(memory, outer) {
    if ((outer & 0x20) !== 0) return;
    memory.prg = memory.prgRom;
    mapNrom(memory, outer, (outer & 6) !== 0);
  },
  address: (address, outer) =>
    (outer & 0x10) === 0 ? address : (address & ~0x0c) | ((address << 1) & 8) | ((address >> 1) & 4),
});

/**
 * Mapper 617, AD-301: A0 and up the block of 128 KiB of PRG, with A2 of 256 KiB, and of 256 KiB of CHR, with
 * A1 128.
 */
const Ad301 = vrcMulticart({
  isOuter: at6000,
  lock: 8,
  parts: (outer) => {
    const [prgKib, prg] = (outer & 4) !== 0 ? [256, outer >> 1] : [128, outer];
    return (outer & 2) !== 0 ? [prgKib, prg, 128, outer] : [prgKib, prg, 256, outer >> 1];
  },
});

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 447, name: "KL-06, GC007 (VRC4)", board: Kl06, wiki: ["NES_2.0_Mapper_447"] },
  { mapper: 448, name: "830768C (VRC4)", board: Multicart830768C, wiki: ["NES_2.0_Mapper_448"] },
  { mapper: 450, name: "YY841157C (VRC2)", board: Yy841157c, wiki: ["NES_2.0_Mapper_450"] },
  {
    mapper: 520,
    name: "Dragon Ball Z, Yu Yu Hakusho (VRC4)",
    board: DragonBallZ,
    wiki: ["NES_2.0_Mapper_520"],
  },
  { mapper: 570, name: "9052 (VRC4)", board: Multicart9052 },
  { mapper: 571, name: "JC-011 (VRC4)", board: Jc011 },
  { mapper: 617, name: "AD-301 (VRC4)", board: Ad301 },
];
