import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_AUDIO, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { CYCLES_PER_SAMPLE, OPLL_BYTES } from "../parts/opll.ts";
import { VrcIrqBoard } from "../parts/vrc-irq.ts";
import { vrc7Sound } from "./vrc7-sound.ts";

const CHR = 0;
const PRG = 8; // three registers
const CONTROL = 11; // RS....MM: RAM enable, silence, mirroring

const SILENT = 0x40;
const SOUND_DIVIDER_WORD = 16; // cycles to the next sample

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * Address lines that select the second register of each pair, by submapper: one line each, both for old
 * headers.
 */
const SECOND_LINE = [0x18, 0x08, 0x10];

/** Mapper 85, VRC7: submapper 1 is VRC7b, 2 VRC7a. https://www.nesdev.org/wiki/VRC7 */
class Vrc7 extends VrcIrqBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_AUDIO;
  readonly #sound = vrc7Sound(
    this.memory.bytes.subarray(this.memory.extraRam.offset, this.memory.extraRam.offset + OPLL_BYTES),
  );
  readonly #secondLine = SECOND_LINE[this.image.submapper] ?? SECOND_LINE[0];

  static override chips(): BoardChips {
    return { extraRamBytes: OPLL_BYTES };
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    this.#sound.powerOn();
    this.words[SOUND_DIVIDER_WORD] = CYCLES_PER_SAMPLE;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.soundDivider", this.words, range(1, CYCLES_PER_SAMPLE), SOUND_DIVIDER_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x8000) return;
    const { registers } = this;
    const second = (address & this.#secondLine) !== 0 ? 1 : 0;
    switch (((address >> 11) & 0x0e) | second) {
      case 0:
      case 1:
      case 2:
        registers[PRG + ((address >> 11) & 2) + second] = value & 0x3f;
        break;
      case 3:
        if ((address & 0x20) === 0) this.#sound.select(value);
        else this.#sound.write(value);
        break;
      case 12:
        registers[CONTROL] = value;
        break;
      case 13:
        this.writeIrqLatch(value);
        break;
      case 14:
        this.writeIrqControl(value, cycle);
        break;
      case 15:
        this.acknowledgeIrq(cycle);
        break;
      default:
        registers[CHR + (((address - 0xa000) >> 11) & 6) + second] = value;
    }
  }

  protected override count(cycles: number, first: number): void {
    super.count(cycles, first);
    const { words } = this;
    const silent = (this.registers[CONTROL] & SILENT) !== 0;
    let left = cycles;
    for (; words[SOUND_DIVIDER_WORD] <= left; words[SOUND_DIVIDER_WORD] = CYCLES_PER_SAMPLE) {
      left -= words[SOUND_DIVIDER_WORD];
      if (silent) this.sound.setExpansionLevel(first + cycles - left, 0, 0);
      else this.#sound.sample(first + cycles - left, this.sound);
    }
    words[SOUND_DIVIDER_WORD] -= left;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = (registers[CONTROL] & 0x80) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    for (let slot = 0; slot < 3; slot++)
      memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, registers[PRG + slot]);
    memory.mapPrg(0xe000, 8 * KIB, -1);
    for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[CHR + page]);
    memory.mirror(MIRRORINGS[registers[CONTROL] & 3]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 85,
    name: "Konami VRC7",
    board: Vrc7,
    wiki: ["VRC7"],
    unif: [{ names: "VRC7" }],
    knownSubmappers: [1, 2],
  },
];

/** Names of its registers. */
export const VRC7_REGISTERS: RegisterNames = {
  board: Vrc7,
  places: {
    prg: [PRG, 8, 3],
    chr: [CHR, 8, 8],
    control: CONTROL,
  },
};
