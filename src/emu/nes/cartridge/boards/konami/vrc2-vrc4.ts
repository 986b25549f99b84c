import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { VrcIrqBoard } from "../parts/vrc-irq.ts";

// CHR banks are nine bits: low nibbles at 0–7, the rest at 8–15.
export const CHR_LOW = 0;
export const CHR_HIGH = 8;
export const PRG_0 = 16;
export const PRG_1 = 17;
const MIRRORING = 18;
export const SWAP_AND_RAM = 19; // ......SE: swap, RAM enable
const MICROWIRE = 20;
/** Registers that boards with more logic than the chip can use, up to 239. */
export const VRC4_FREE = 24;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * How a board connects CPU address lines to the chip's two register select pins. A pin with several lines is
 * their OR.
 */
interface Wiring {
  readonly vrc2: boolean;
  /** Address lines, as masks, that drive pin A0 and pin A1 of the chip. */
  readonly a0: number;
  readonly a1: number;
  /** VRC2a leaves the lowest bit of CHR banks unconnected. */
  readonly chrShift?: number;
}

/**
 * Boards by mapper, then by submapper. Submapper 0 is an old header that does not name the board. The
 * boards of one mapper never use each other's address lines, so the chip decodes all of them.
 */
const WIRINGS: Readonly<Record<number, readonly Wiring[]>> = {
  21: [
    { vrc2: false, a0: 0x42, a1: 0x84 },
    { vrc2: false, a0: 0x02, a1: 0x04 }, // VRC4a
    { vrc2: false, a0: 0x40, a1: 0x80 }, // VRC4c
  ],
  22: [{ vrc2: true, a0: 0x02, a1: 0x01, chrShift: 1 }], // VRC2a
  23: [
    { vrc2: false, a0: 0x05, a1: 0x0a },
    { vrc2: false, a0: 0x01, a1: 0x02 }, // VRC4f
    { vrc2: false, a0: 0x04, a1: 0x08 }, // VRC4e
    { vrc2: true, a0: 0x01, a1: 0x02 }, // VRC2b
  ],
  25: [
    { vrc2: false, a0: 0x0a, a1: 0x05 },
    { vrc2: false, a0: 0x02, a1: 0x01 }, // VRC4b
    { vrc2: false, a0: 0x08, a1: 0x04 }, // VRC4d
    { vrc2: true, a0: 0x02, a1: 0x01 }, // VRC2c
  ],
  27: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // World Hero, a VRC4 clone
  222: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // CTC-31
  266: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // City Fighter IV
  272: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // Akumajou Special bootleg
  273: [{ vrc2: true, a0: 0x04, a1: 0x08 }], // Gremlins 2 bootleg
  298: [{ vrc2: false, a0: 0x02, a1: 0x01 }], // TF1201
  308: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // TH2131-1
  351: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // Techline XB
  362: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // 830506C
  384: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // L1A16
  398: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // YY840820C
  445: [{ vrc2: false, a0: 0x05, a1: 0x0a }], // DG574B
  447: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // KL-06
  448: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // 830768C
  450: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // YY841157C
  520: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // Dragon Ball Z and Yu Yu Hakusho
  524: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // BTL-900218, a VRC2 with a counter of its own
  527: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // AX-40G
  529: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // YY0807, J-2148, T-230
  530: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // AX5705
  542: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // JYV610
  544: [{ vrc2: false, a0: 0x400, a1: 0x800 }], // Waixing FS306
  556: [{ vrc2: false, a0: 0x05, a1: 0x0a }], // JY-215
  559: [{ vrc2: false, a0: 0x400, a1: 0x800 }], // Subor Sango II
  563: [{ vrc2: true, a0: 0x01, a1: 0x02 }], // J-2020
  565: [{ vrc2: true, a0: 0x08, a1: 0x04 }], // J-33-C
  570: [{ vrc2: false, a0: 0x01, a1: 0x02 }], // 9052
  571: [{ vrc2: false, a0: 0x04, a1: 0x08 }], // JC-011
  617: [{ vrc2: false, a0: 0x05, a1: 0x0a }], // AD-301
};

function wiringOf(image: CartridgeImage): Wiring {
  const wirings = WIRINGS[image.mapper];
  return wirings[image.submapper] ?? wirings[0];
}

/** Mappers 21, 22, 23, 25 and 27: VRC2 and VRC4. https://www.nesdev.org/wiki/VRC2_and_VRC4 */
export class Vrc2And4 extends VrcIrqBoard {
  override readonly hooks: number;
  readonly #wiring: Wiring;
  /** Without RAM, a VRC2 returns one bit at $6000–$6FFF: its EEPROM port, which no game uses. */
  readonly #hasMicrowire: boolean;

  constructor(parts: BoardParts) {
    super(parts);
    this.#wiring = wiringOf(parts.image);
    this.#hasMicrowire = this.#wiring.vrc2 && this.memory.ram.bytes === 0;
    this.hooks = this.#wiring.vrc2 ? HOOK_CPU_READS : HOOK_CPU_TIME;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.mirroring", this.registers, range(0, 3), MIRRORING, 1);
    state.slots("board.microwire", this.registers, FLAG, MICROWIRE, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x8000) {
      if ((address & 0xf000) === 0x6000) registers[MICROWIRE] = value & 1;
      return;
    }
    const select = this.select(address);
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG_0] = value & 0x1f;
        break;
      case 0x9000:
        this.#writeMode(select, value);
        break;
      case 0xa000:
        registers[PRG_1] = value & 0x1f;
        break;
      case 0xf000:
        if (!this.#wiring.vrc2) this.#writeIrq(select, value, cycle);
        break;
      default: {
        const bank = (((address >> 12) - 0xb) << 1) | (select >> 1);
        if ((select & 1) === 0) registers[CHR_LOW + bank] = value & 0x0f;
        else registers[CHR_HIGH + bank] = value & 0x1f;
      }
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    if (!this.#hasMicrowire || (address & 0xf000) !== 0x6000) return openBus;
    return (openBus & 0xfe) | this.registers[MICROWIRE];
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const swap = (registers[SWAP_AND_RAM] & 2) !== 0;
    const ramOn = this.#wiring.vrc2 || this.image.submapper === 0 || (registers[SWAP_AND_RAM] & 1) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    this.mapPrgBanks(swap);
    for (let page = 0; page < 8; page++)
      memory.mapChr(page * KIB, KIB, this.chrBank(page) >> (this.#wiring.chrShift ?? 0));
    memory.mirror(MIRRORINGS[registers[MIRRORING]]);
  }

  /** The number in the CHR bank register `page`. */
  protected chrBank(page: number): number {
    return this.registers[CHR_LOW + page] | (this.registers[CHR_HIGH + page] << 4);
  }

  /** Maps $8000–$FFFF. `swap` exchanges the first window and the third. */
  protected mapPrgBanks(swap: boolean): void {
    const { memory, registers } = this;
    memory.mapPrg(swap ? 0xc000 : 0x8000, 8 * KIB, registers[PRG_0]);
    memory.mapPrg(0xa000, 8 * KIB, registers[PRG_1]);
    memory.mapPrg(swap ? 0x8000 : 0xc000, 8 * KIB, -2);
    memory.mapPrg(0xe000, 8 * KIB, -1);
  }

  #writeMode(select: number, value: number): void {
    const { registers } = this;
    if (this.#wiring.vrc2) registers[MIRRORING] = value & 1;
    else if (select < 2) registers[MIRRORING] = value & 3;
    else registers[SWAP_AND_RAM] = value & 3;
  }

  #writeIrq(select: number, value: number, cycle: number): void {
    if (select === 0) this.writeIrqLatchLow(value);
    else if (select === 1) this.writeIrqLatchHigh(value);
    else if (select === 2) this.writeIrqControl(value, cycle);
    else this.acknowledgeIrq(cycle);
  }

  /** The register number, 0–3, that the select pins form from an address. */
  protected select(address: number): number {
    const a0 = (address & this.#wiring.a0) !== 0 ? 1 : 0;
    return a0 | ((address & this.#wiring.a1) !== 0 ? 2 : 0);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 21,
    name: "Konami VRC4a/c",
    board: Vrc2And4,
    wiki: ["VRC2_and_VRC4"],
    unif: [{ names: "KONAMI-VRC4A", submapper: 1 }],
    knownSubmappers: [1, 2],
  },
  {
    mapper: 22,
    name: "Konami VRC2a",
    board: Vrc2And4,
    wiki: ["VRC2_and_VRC4"],
    unif: [{ names: "KONAMI-VRC2A" }],
  },
  {
    mapper: 23,
    name: "Konami VRC2b, VRC4e/f",
    board: Vrc2And4,
    wiki: ["VRC2_and_VRC4"],
    unif: [{ names: "KONAMI-VRC2B", submapper: 3 }],
    knownSubmappers: [1, 2, 3],
  },
  {
    mapper: 25,
    name: "Konami VRC2c, VRC4b/d",
    board: Vrc2And4,
    wiki: ["VRC2_and_VRC4"],
    knownSubmappers: [1, 2, 3],
  },
  {
    mapper: 27,
    name: "World Hero",
    board: Vrc2And4,
    wiki: ["VRC2_and_VRC4"],
  },
];

/** Names of its registers. */
export const VRC4_REGISTERS: RegisterNames = {
  board: Vrc2And4,
  places: {
    chrLow: [CHR_LOW, 4, 8],
    chrHigh: [CHR_HIGH, 5, 8],
    prg: [PRG_0, 5, 2],
    swapAndRam: [SWAP_AND_RAM, 2],
  },
};
