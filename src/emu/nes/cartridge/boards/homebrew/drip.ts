import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_PPU_FETCH } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { CycleCounter } from "../parts/cycle-counter.ts";
import { FOUR_MIRRORINGS } from "../parts/outer-mmc3.ts";
import { DRIP_FIFO_BYTES, DRIP_SOUND_BYTES, DRIP_SOUND_WORDS, DripSound } from "./drip-sound.ts";

const IRQ_LOW = 8;
const CONTROL = 10; // ....SAMM: RAM can be written, extended attributes, mirroring
const PRG = 11;
const CHR = 12; // four registers
const SOUND = 16;
const TILE_WORD = 10; // where the last read of a tile number was, in its nametable
const SOUND_WORD = 12;

const EXTENDED_ATTRIBUTES = 4;
const ATTRIBUTE_BYTES = 2 * KIB;
/** Where the attributes begin in a nametable. */
const FIRST_ATTRIBUTE = 0x3c0;

/** The status register says that the FPGA is ready; the DIP switch is 0. */
const READY = 0x64;

/**
 * Mapper 284, Drip: an FPGA with two channels of samples, a counter of 15 bits, and a palette for each tile.
 * The two nametables' palettes are in RAM of its own at $C000–$FFFF.
 * https://www.nesdev.org/wiki/UNIF/UNL-DripGame
 */
class Drip extends CycleCounter {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_PPU_FETCH | HOOK_AUDIO | HOOK_CPU_READS;
  protected override readonly limit: number = 0x8000;
  readonly #attributes = this.#extraRam(0, ATTRIBUTE_BYTES);
  readonly #sound = new DripSound(
    this.registers.subarray(SOUND, SOUND + DRIP_SOUND_BYTES),
    this.words.subarray(SOUND_WORD, SOUND_WORD + DRIP_SOUND_WORDS),
    this.#extraRam(ATTRIBUTE_BYTES, 2 * DRIP_FIFO_BYTES),
  );

  static override chips(): BoardChips {
    return { extraRamBytes: ATTRIBUTE_BYTES + 2 * DRIP_FIFO_BYTES };
  }

  #extraRam(start: number, bytes: number): Uint8Array {
    const { bytes: arena, extraRam } = this.memory;
    return arena.subarray(extraRam.offset + start, extraRam.offset + start + bytes);
  }

  override powerOn(): void {
    this.#sound.powerOn();
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    state.slots("board.tile", this.words, range(0, FIRST_ATTRIBUTE - 1), TILE_WORD, 1);
  }

  protected override get countsDown(): boolean {
    return true;
  }

  protected override count(cycles: number, first: number): void {
    super.count(cycles, first);
    this.#sound.run(cycles, first, this.sound);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0xc000) this.#attributes[address & 0x7ff] = value & 3;
    if (address < 0x8000 || address >= 0xc000) return;
    const register = address & 0x0f;
    registers[register] = value;
    if (register < IRQ_LOW) this.#sound.write(register >> 2, register & 3, value);
    else if (register === IRQ_LOW + 1) {
      this.counter = registers[IRQ_LOW] | ((value & 0x7f) << 8);
      this.isCounting = value >= 0x80 && this.counter !== 0;
      this.clearIrq(cycle);
    }
  }

  override readRegister(address: number, openBus: number): number {
    return this.peekRegister(address, openBus);
  }

  override peekRegister(address: number, openBus: number): number {
    const range = address & 0xf800;
    if (range === 0x4800) return READY;
    return range === 0x5000 || range === 0x5800 ? this.#sound.status((address >> 11) & 1) : openBus;
  }

  /** A read of attributes returns the palette of the tile whose number was read last, for all four tiles. */
  override ppuFetch(address: number, value: number): number {
    const { registers, words, memory } = this;
    if (address < 0x2000) return value;
    const at = address & 0x3ff;
    if (at < FIRST_ATTRIBUTE) words[TILE_WORD] = at;
    else if ((registers[CONTROL] & EXTENDED_ATTRIBUTES) !== 0) {
      const page = memory.ppuReadPages[address >> 10] - memory.ciram.offset;
      return this.#attributes[(page & KIB) | words[TILE_WORD]] * 0x55;
    }
    return value;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, true, (registers[CONTROL] & 8) !== 0);
    memory.mapPrg(0x8000, 16 * KIB, registers[PRG] & 0x0f);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    for (let slot = 0; slot < 4; slot++) memory.mapChr(slot * 2 * KIB, 2 * KIB, registers[CHR + slot] & 0x0f);
    memory.mirror(FOUR_MIRRORINGS[registers[CONTROL] & 3]);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 284,
    name: "Drip (FPGA)",
    board: Drip,
    wiki: ["UNIF/UNL-DripGame", "NES_2.0_Mapper_284"],
    unif: [{ names: "DRIPGAME" }],
  },
];
