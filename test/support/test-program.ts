import { KIB } from "../../src/emu/units.ts";

const ORIGIN = 0xc000;
const NAMETABLE = 0x2000;
const COLUMNS = 32;

/**
 * Assembles small NROM programs for tests that need a ROM with a certain behaviour: straight code from the
 * reset vector, with a jump to itself at the end.
 */
export class TestProgram {
  readonly #code: number[] = [];

  /** The address of the next byte. */
  get here(): number {
    return ORIGIN + this.#code.length;
  }

  bytes(...code: number[]): this {
    this.#code.push(...code);
    return this;
  }

  /** LDA #value, STA address. */
  store(address: number, value: number): this {
    return this.bytes(0xa9, value, 0x8d, address & 0xff, address >> 8);
  }

  /** Stores bytes one after the other. */
  storeAll(address: number, values: Iterable<number>): this {
    let at = address;
    for (const value of values) this.store(at++, value);
    return this;
  }

  /** Waits for `frames` starts of vertical blank. */
  waitFrames(frames: number): this {
    for (let i = 0; i < frames; i++) this.bytes(0x2c, 0x02, 0x20, 0x10, 0xfb); // BIT $2002, BPL to it
    return this;
  }

  /** Writes `text` to nametable 0 at a row and column; tile numbers are ASCII. */
  print(row: number, column: number, text: string): this {
    const address = NAMETABLE + row * COLUMNS + column;
    this.store(0x2006, address >> 8).store(0x2006, address & 0xff);
    for (const character of text) this.store(0x2007, character.charCodeAt(0));
    return this;
  }

  /**
   * Counts resets in `address` and continues only after the `count`th one; until then it runs `before` and
   * loops.
   */
  untilReset(address: number, count: number, before: (program: TestProgram) => void): this {
    this.bytes(0xee, address & 0xff, address >> 8); // INC
    this.bytes(0xad, address & 0xff, address >> 8, 0xc9, count); // LDA, CMP #count
    this.bytes(0xb0, 0); // BCS over the next instructions
    const branch = this.#code.length - 1;
    before(this);
    this.forever();
    this.#code[branch] = this.#code.length - branch - 1;
    return this;
  }

  /** Changes a byte that was already written. */
  patch(address: number, value: number): this {
    this.#code[address - ORIGIN] = value;
    return this;
  }

  /** JMP to itself. */
  forever(): this {
    const { here } = this;
    return this.bytes(0x4c, here & 0xff, here >> 8);
  }

  /** The program as an iNES file: 16 KiB of PRG ROM, 8 KiB of CHR RAM, RAM at $6000. */
  toRom(): Uint8Array {
    const rom = new Uint8Array(16 + 16 * KIB);
    rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 0]);
    rom.set(this.#code, 16);
    rom.set([ORIGIN & 0xff, ORIGIN >> 8], 16 + 0x3ffc);
    return rom;
  }
}

/** Writes the status of blargg's protocol, its magic and a text. */
export function blarggStatus(program: TestProgram, status: number, text = ""): TestProgram {
  return program
    .storeAll(0x6004, new TextEncoder().encode(`${text}\0`))
    .storeAll(0x6001, [0xde, 0xb0, 0x61])
    .store(0x6000, status);
}
