/** Learning computers with the video of the PEC-9588 (mapper 164). */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { mirrorBy } from "../parts/register-board.ts";
import { PEC_LOW, PecBoard, pecAnswer } from "../unlicensed/pec-9588.ts";

const TOGGLE = 16; // after the registers of the video

/** The numbers of 12 bits with their bits in reverse order. */
const REVERSED = Uint16Array.from({ length: 0x1000 }, (_, number) => {
  let reversed = 0;
  for (let bit = 0; bit < 12; bit++) reversed |= ((number >> bit) & 1) << (11 - bit);
  return reversed;
});

/**
 * Mapper 440, Sonic REC-9388: banks of 32 KiB. With bit 0 of register 0, A0–A11 of ROM and its data lines
 * are connected in reverse order. Bit 2 of $5300 changes with each read. This follows FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_440 (without details)
 */
class Rec9388 extends PecBoard {
  override powerOn(): void {
    this.registers[PEC_LOW] = 0x0e;
  }

  override readRegister(address: number, openBus: number): number {
    const value = this.peekRegister(address, openBus);
    if ((address & 0xf700) === 0x5300) this.registers[TOGGLE] ^= 4;
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if (address >= 0x8000) return this.#scrambled(address);
    if ((address & 0xf700) === 0x5300) return ~registers[TOGGLE] & 4;
    return (address & 0xf700) === 0x5500 ? pecAnswer(registers, openBus) : openBus;
  }

  protected override mapPrg(): void {
    const { memory, registers } = this;
    if ((registers[PEC_LOW] & 1) !== 0) memory.unmapCpu(0x8000, 32 * KIB);
    else memory.mapPrg(0x8000, 32 * KIB, this.#bank);
  }

  protected override mapNametables(): void {
    mirrorBy(this.memory, ~this.registers[1] & 2);
  }

  get #bank(): number {
    return (this.registers[PEC_LOW] >> 5) & 3;
  }

  #scrambled(address: number): number {
    const { bytes, prgRom } = this.memory;
    const at = (this.#bank << 15) | (address & 0x7000) | REVERSED[address & 0x0fff];
    return REVERSED[bytes[prgRom.offset + (at % prgRom.bytes)]] >> 4;
  }
}

/**
 * Mapper 442, Golden Key: bits 0–4 and 6 of register 0 are the bank of 32 KiB, as in puNES. NintendulatorNRS
 * has bits 0–2 and 4. The keyboard is in no emulator.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_442 (without details)
 */
class GoldenKey extends PecBoard {
  protected override mapPrg(): void {
    const low = this.registers[PEC_LOW];
    this.memory.mapPrg(0x8000, 32 * KIB, ((low & 0x40) >> 1) | (low & 0x1f));
  }
}

const LACKS = ["the keyboard of this computer is missing"];

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 440,
    name: "Sonic REC-9388",
    board: Rec9388,
    wiki: ["NES_2.0_Mapper_440"],
    lacks: LACKS,
  },
  { mapper: 442, name: "Golden Key", board: GoldenKey, wiki: ["NES_2.0_Mapper_442"], lacks: LACKS },
];
