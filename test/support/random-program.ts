import { Prng } from "./prng.ts";
import { buildRom } from "./rom-builder.ts";

const PRG_BASE = 0x8000;
const HEADER_BYTES = 16;
const SUBROUTINES = 8;
/** Written by the NMI handler; programs wait for it. */
const NMI_COUNT = 0x10;

const READ_REGISTERS = [0x2002, 0x2002, 0x2004, 0x2007, 0x4015, 0x4016, 0x4017, 0x3f02];
const WRITE_REGISTERS = [
  0x2000, 0x2001, 0x2001, 0x2003, 0x2004, 0x2005, 0x2006, 0x2006, 0x2007, 0x2007, 0x4000, 0x4002, 0x4003,
  0x4004, 0x4006, 0x4007, 0x4008, 0x400a, 0x400b, 0x400c, 0x400e, 0x400f, 0x4010, 0x4010, 0x4011, 0x4012,
  0x4013, 0x4014, 0x4015, 0x4015, 0x4016, 0x4017, 0x4017,
];
/** Registers of various boards for interrupts and pictures, and few for program banks. */
const CARTRIDGE_REGISTERS = [
  0xa000, 0xb000, 0xb001, 0xc000, 0xc001, 0xd000, 0xe000, 0xe001, 0xe008, 0xe010, 0xf000, 0xf001, 0xf002,
  0xf003, 0x5000, 0x5015, 0x5101, 0x5104, 0x5105, 0x5203, 0x5204, 0x5800,
];
/** Opcodes by length, without those that jump, stop the CPU or move the stack. */
const IMPLIED = [
  0x0a, 0x18, 0x1a, 0x2a, 0x38, 0x4a, 0x58, 0x6a, 0x78, 0x88, 0x8a, 0x98, 0xa8, 0xaa, 0xb8, 0xc8, 0xca, 0xd8,
  0xe8, 0xea, 0xf8,
];
const BRANCHES = [0x10, 0x30, 0x50, 0x70, 0x90, 0xb0, 0xd0, 0xf0];
const SHORT = [
  0x01, 0x05, 0x06, 0x09, 0x15, 0x21, 0x24, 0x25, 0x26, 0x29, 0x31, 0x35, 0x36, 0x41, 0x45, 0x46, 0x49, 0x51,
  0x61, 0x65, 0x66, 0x69, 0x71, 0x84, 0x85, 0x86, 0x94, 0x95, 0x96, 0xa0, 0xa1, 0xa2, 0xa4, 0xa5, 0xa6, 0xa9,
  0xb1, 0xb4, 0xb5, 0xb6, 0xc0, 0xc4, 0xc5, 0xc6, 0xc9, 0xd1, 0xe0, 0xe4, 0xe5, 0xe6, 0xe9, 0xf1, 0x07, 0x27,
  0x87, 0xa7, 0xc7,
];
const LONG = [
  0x0d, 0x0e, 0x19, 0x1d, 0x1e, 0x2c, 0x2d, 0x39, 0x3d, 0x4d, 0x4e, 0x59, 0x6d, 0x79, 0x7d, 0x8c, 0x8d, 0x8e,
  0x99, 0x9d, 0xac, 0xad, 0xae, 0xb9, 0xbc, 0xbd, 0xbe, 0xcc, 0xcd, 0xd9, 0xdd, 0xee, 0xed, 0xf9, 0xfd, 0xfe,
  0xde, 0x5e,
];

/**
 * A ROM with a random program: it reads and writes registers at any moment, runs loops that count and loops
 * that wait, and uses DMA and delayed interrupts, also in ways that no game does. It never stops. `mapper`
 * decides where the cartridge's registers are. The PRG ROM has two units, so that all of $8000–$FFFF is
 * visible in boards that start with the first and the last bank.
 */
export function randomProgram(seed: number, mapper: number): Uint8Array {
  const rom = buildRom({ mapper, prgUnits: 2, chrUnits: 1 });
  return new ProgramWriter(new Prng(seed), rom).write();
}

class ProgramWriter {
  readonly #random: Prng;
  readonly #rom: Uint8Array;
  #address = PRG_BASE;

  constructor(random: Prng, rom: Uint8Array) {
    this.#random = random;
    this.#rom = rom;
  }

  write(): Uint8Array {
    const subroutines = Array.from({ length: SUBROUTINES }, () => this.#routine([0x60]));
    const nmi = this.#routine([0xe6, NMI_COUNT, 0x40]);
    // These acknowledge the frame IRQ and those of most boards; with the others the program makes little
    // progress.
    const irq = this.#routine([0xad, 0x15, 0x40, 0x8d, 0x00, 0xe0, 0x8d, 0x00, 0xf0, 0x40]);
    const reset = this.#address;
    while (this.#address < 0xff00) {
      if (this.#random.below(12) === 0) this.#put([0x20, ...word(this.#pick(subroutines))]);
      else this.#gadget();
    }
    this.#put([0x4c, ...word(reset)]);
    this.#rom.set([...word(nmi), ...word(reset), ...word(irq)], HEADER_BYTES + 0x7ffa);
    return this.#rom;
  }

  #routine(end: readonly number[]): number {
    const start = this.#address;
    for (let count = this.#random.below(8); count > 0; count--) this.#gadget();
    this.#put(end);
    return start;
  }

  #gadget(): void {
    this.#put(this.#gadgetBytes());
  }

  #gadgetBytes(): number[] {
    const random = this.#random;
    const chance = random.below(100);
    // LDA count: BIT $2002: BMI out: CMP count: BEQ, until NMI or vertical blank.
    if (chance < 1) return [0xa5, NMI_COUNT, 0x2c, 0x02, 0x20, 0x30, 0x04, 0xc5, NMI_COUNT, 0xf0, 0xf7];
    // LDX #n: DEX: BNE, a delay.
    if (chance < 4) return [0xa2, random.byte(), 0xca, 0xd0, 0xfd];
    // BIT $2002 and BVC or BVS, some rounds of waiting for sprite 0: LDY #n: BIT: branch out: DEY: BNE.
    if (chance < 6)
      return [0xa0, random.byte(), 0x2c, 0x02, 0x20, this.#pick([0x50, 0x70]), 3, 0x88, 0xd0, 0xf8];
    // If a program's own bank is switched away, little of interest usually follows.
    if (chance < 7) return [0xa9, random.byte(), 0x8d, ...word(0x8000 | (random.next() & 0x7fff))];
    if (chance < 16) return [0xa9, random.byte(), 0x8d, ...word(this.#pick(CARTRIDGE_REGISTERS))];
    if (chance < 24) return [this.#pick([0xad, 0x2c, 0xae]), ...word(this.#pick(READ_REGISTERS))];
    if (chance < 44) return [0xa9, random.byte(), 0x8d, ...word(this.#pick(WRITE_REGISTERS))];
    if (chance < 47)
      return this.#pick([
        [0x08, 0x28],
        [0x48, 0x68],
        [0x48, 0xea, 0x68],
      ]);
    if (chance < 55) return [this.#pick(BRANCHES), 0x02, 0xe6, random.byte()];
    if (chance < 70) return [this.#pick(LONG), ...word(random.next() & 0x07ff)];
    if (chance < 85) return [this.#pick(SHORT), random.byte()];
    if (chance < 92) return [this.#pick(LONG), ...word(random.next() & 0xffff)];
    return [this.#pick(IMPLIED)];
  }

  #put(bytes: readonly number[]): void {
    this.#rom.set(bytes, HEADER_BYTES + this.#address - PRG_BASE);
    this.#address += bytes.length;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)]!;
  }
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
