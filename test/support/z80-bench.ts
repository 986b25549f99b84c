import * as at from "../../src/emu/z80/registers.ts";
import { Z80 } from "../../src/emu/z80/z80.ts";

/** Where each register is, and how many bytes it has. */
const PLACES = {
  a: [at.A, 1],
  f: [at.F, 1],
  b: [at.B, 1],
  c: [at.C, 1],
  bc: [at.BC, 2],
  d: [at.D, 1],
  e: [at.E, 1],
  de: [at.DE, 2],
  h: [at.H, 1],
  l: [at.L, 1],
  hl: [at.HL, 2],
  ixh: [at.IX, 1],
  ixl: [at.IX + 1, 1],
  ix: [at.IX, 2],
  iyh: [at.IY, 1],
  iyl: [at.IY + 1, 1],
  iy: [at.IY, 2],
  sp: [at.SP, 2],
  pc: [at.PC, 2],
  wz: [at.WZ, 2],
  i: [at.I, 1],
  r: [at.R, 1],
  q: [at.Q, 1],
  iff1: [at.IFF1, 1],
  iff2: [at.IFF2, 1],
  im: [at.INTERRUPT_MODE, 1],
} as const;

export type Z80Values = Partial<Record<keyof typeof PLACES, number>>;

/** A Z80 with 64 KiB of RAM. Every port reads `input`. */
export class Z80Bench {
  readonly memory = new Uint8Array(0x10000);
  readonly registers = new Uint8Array(at.Z80_REGISTER_BYTES);
  /** Each access to a port, such as "in 1234" and "out 1234=56". */
  readonly ports: string[] = [];
  readonly cpu: Z80;
  input = 0xff;

  constructor() {
    this.cpu = new Z80(
      {
        read: (address) => this.memory[this.#checked(address, 0xffff)]!,
        write: (address, value) => {
          this.memory[this.#checked(address, 0xffff)] = this.#checked(value, 0xff);
        },
        readPort: (port) => {
          this.ports.push(`in ${hex(this.#checked(port, 0xffff), 4)}`);
          return this.input;
        },
        writePort: (port, value) => {
          this.ports.push(`out ${hex(this.#checked(port, 0xffff), 4)}=${hex(this.#checked(value, 0xff), 2)}`);
        },
      },
      this.registers,
    );
    this.cpu.reset();
  }

  /** Puts a program, as hex digits, at an address. */
  load(program: string, address = 0): this {
    const bytes = program.match(/[0-9a-f]{2}/gi) ?? [];
    for (const [offset, byte] of bytes.entries()) this.memory[address + offset] = Number.parseInt(byte, 16);
    return this;
  }

  set(values: Z80Values): this {
    for (const [name, value] of Object.entries(values)) {
      const [place, bytes] = PLACES[name as keyof Z80Values];
      if (bytes === 2) this.registers[place] = value >> 8;
      this.registers[place + bytes - 1] = value;
    }
    return this;
  }

  get(name: keyof Z80Values): number {
    const [place, bytes] = PLACES[name];
    const first = this.registers[place]!;
    return bytes === 2 ? (first << 8) | this.registers[place + 1]! : first;
  }

  /** The registers of the same names. */
  values(like: Z80Values): Z80Values {
    return Object.fromEntries(Object.keys(like).map((name) => [name, this.get(name as keyof Z80Values)]));
  }

  /** Runs steps and returns their T-states. */
  step(steps = 1): number {
    const start = this.cpu.cycle;
    for (let count = 0; count < steps; count++) this.cpu.step();
    return this.cpu.cycle - start;
  }

  /** Runs until HALT. Throws after `limit` steps. */
  runToHalt(limit = 100_000): void {
    for (let count = 0; !this.cpu.isHalted; count++) {
      if (count >= limit) throw new Error(`no HALT in ${limit} steps`);
      this.cpu.step();
    }
  }

  #checked(value: number, max: number): number {
    if (!Number.isInteger(value) || value < 0 || value > max) throw new Error(`${value} on the bus`);
    return value;
  }
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
