import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_AUDIO, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { RegisterNames } from "../../register-names.ts";
import { VrcIrqBoard } from "../parts/vrc-irq.ts";
import { VRC6_SOUND_BYTES, VRC6_SOUND_UNIT, VRC6_SOUND_WORDS, Vrc6Sound } from "./vrc6-sound.ts";

const CHR = 0; // R0–R7
const PRG_16 = 8;
const PRG_8 = 9;
const MODE = 10; // W.NCMMPP, $B003

const SOUND = 16;
const SOUND_WORDS = 16;

/** The CHR register of each nametable in the odd modes, by the low three bits of the mode. */
const NAMETABLE_REGISTERS: readonly (readonly number[])[] = [
  [6, 6, 7, 7],
  [4, 5, 6, 7],
  [6, 7, 6, 7],
  [6, 7, 6, 7],
  [6, 7, 6, 7],
  [4, 5, 6, 7],
  [6, 6, 7, 7],
  [6, 6, 7, 7],
];

/** Modes with ordinary mirroring: the mirroring, and pages as [register, low bit]. */
const PLAIN_MIRRORING: Readonly<Record<number, Mirroring>> = {
  32: "vertical",
  39: "vertical",
  35: "horizontal",
  36: "horizontal",
  40: "single-0",
  47: "single-0",
  43: "single-1",
  44: "single-1",
};

const ROM_NAMETABLES: Readonly<Record<Mirroring, readonly (readonly [number, number])[]>> = {
  vertical: [
    [6, 0],
    [6, 1],
    [7, 0],
    [7, 1],
  ],
  horizontal: [
    [6, 0],
    [7, 0],
    [6, 1],
    [7, 1],
  ],
  "single-0": [
    [6, 0],
    [6, 0],
    [7, 0],
    [7, 0],
  ],
  "single-1": [
    [6, 1],
    [7, 1],
    [6, 1],
    [7, 1],
  ],
  "four-screen": [
    [6, 0],
    [6, 1],
    [7, 0],
    [7, 1],
  ],
};

/**
 * Mappers 24 (VRC6a) and 26 (VRC6b, with A0 and A1 swapped). $B003 can also map CHR ROM as nametables and
 * select 2 KiB windows, which no game does. https://www.nesdev.org/wiki/VRC6
 */
class Vrc6 extends VrcIrqBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_AUDIO;
  readonly #sound = new Vrc6Sound(
    this.registers.subarray(SOUND, SOUND + VRC6_SOUND_BYTES),
    this.words.subarray(SOUND_WORDS, SOUND_WORDS + VRC6_SOUND_WORDS),
    VRC6_SOUND_UNIT,
  );
  readonly #swapsLines = this.image.mapper === 26;

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    this.#sound.powerOn();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
  }

  protected override count(cycles: number, first: number): void {
    super.count(cycles, first);
    this.#sound.run(cycles, first, this.sound);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const select = this.#swapsLines ? ((address & 1) << 1) | ((address >> 1) & 1) : address & 3;
    const { registers } = this;
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG_16] = value & 0x0f;
        break;
      case 0x9000:
      case 0xa000:
        this.#sound.write((address >> 12) - 9, select, value);
        break;
      case 0xb000:
        if (select === 3) registers[MODE] = value;
        else this.#sound.write(2, select, value);
        break;
      case 0xc000:
        registers[PRG_8] = value & 0x1f;
        break;
      case 0xd000:
      case 0xe000:
        registers[CHR + ((address >> 12) - 0xd) * 4 + select] = value;
        break;
      case 0xf000:
        if (select === 0) this.writeIrqLatch(value);
        else if (select === 1) this.writeIrqControl(value, cycle);
        else if (select === 2) this.acknowledgeIrq(cycle);
        break;
      default:
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[MODE] & 0x80) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    memory.mapPrg(0x8000, 16 * KIB, registers[PRG_16]);
    memory.mapPrg(0xc000, 8 * KIB, registers[PRG_8]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    this.#mapPatterns();
    this.#mapNametables();
  }

  /** In the 2 KiB modes one register selects two pages. Bit 5 makes PPU A10 replace its low bit. */
  #mapPatterns(): void {
    const { memory, registers } = this;
    const layout = registers[MODE] & 3;
    for (let page = 0; page < 8; page++) {
      const paired = layout === 1 || (layout >= 2 && page >= 4);
      if (!paired) {
        memory.mapChr(page * KIB, KIB, registers[CHR + page]);
        continue;
      }
      const register = registers[CHR + (layout === 1 ? page >> 1 : 4 + ((page - 4) >> 1))];
      memory.mapChr(
        page * KIB,
        KIB,
        (registers[MODE] & 0x20) !== 0 ? (register & 0xfe) | (page & 1) : register,
      );
    }
  }

  #mapNametables(): void {
    const { memory, registers } = this;
    const mode = registers[MODE];
    const inRom = (mode & 0x10) !== 0;
    const mirroring = PLAIN_MIRRORING[mode & 0x2f];
    if (mirroring !== undefined && !inRom) {
      memory.mirror(mirroring);
      return;
    }
    for (let nametable = 0; nametable < 4; nametable++) {
      const address = 0x2000 + nametable * KIB;
      if (mirroring !== undefined) {
        const [register, low] = ROM_NAMETABLES[mirroring][nametable];
        memory.mapPpu(address, KIB, memory.chr, (registers[CHR + register] & 0xfe) | low);
      } else {
        const bank = registers[CHR + NAMETABLE_REGISTERS[mode & 7][nametable]];
        memory.mapPpu(address, KIB, inRom ? memory.chr : memory.ciram, inRom ? bank : bank & 1);
      }
    }
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 24,
    name: "Konami VRC6a",
    board: Vrc6,
    wiki: ["VRC6"],
  },
  {
    mapper: 26,
    name: "Konami VRC6b",
    board: Vrc6,
    wiki: ["VRC6"],
  },
];

/** Names of its registers. */
export const VRC6_REGISTERS: RegisterNames = {
  board: Vrc6,
  places: {
    prg16: PRG_16,
    prg8: PRG_8,
    chr: [CHR, 8, 8],
    mode: MODE,
  },
};
