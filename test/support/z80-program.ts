/** Assembles small Z80 programs for tests, from $0000 on. The NMI's routine is at $0066. */
export class Z80Program {
  readonly #code: number[] = [];

  /** The address of the next byte. */
  get here(): number {
    return this.#code.length;
  }

  bytes(...code: number[]): this {
    this.#code.push(...code);
    return this;
  }

  /** Continues at `address`, which is not before this one. */
  at(address: number): this {
    if (address < this.here) throw new Error(`the program is at ${this.here} already`);
    while (this.here < address) this.#code.push(0);
    return this;
  }

  /** LD A,value; OUT (port),A. */
  out(port: number, value: number): this {
    return this.bytes(0x3e, value, 0xd3, port);
  }

  /** LD A,value; LD (address),A. */
  store(address: number, value: number): this {
    return this.bytes(0x3e, value, 0x32, address & 0xff, address >> 8);
  }

  /** LD A,(from); LD (to),A. */
  copy(from: number, to: number): this {
    return this.bytes(0x3a, from & 0xff, from >> 8, 0x32, to & 0xff, to >> 8);
  }

  /** JP address. */
  jump(address: number): this {
    return this.bytes(0xc3, address & 0xff, address >> 8);
  }

  /** Waits until one of the bits of a port is 1. */
  waitPort(port: number, bits: number): this {
    return this.bytes(0xdb, port, 0xe6, bits, 0x28, 0xfa); // IN A,(port); AND bits; JR Z to it
  }

  /** HALT. */
  halt(): this {
    return this.bytes(0x76);
  }

  /** The ROM, with this program at its start. */
  toRom(size: number): Uint8Array<ArrayBuffer> {
    const rom = new Uint8Array(size);
    rom.set(this.#code);
    return rom;
  }
}
