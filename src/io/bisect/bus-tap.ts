import type { Nes } from "../../emu/nes/nes.ts";

/** One access of the CPU to its bus. DMA cycles are not listed. */
export interface BusAccess {
  /** From the start of the frame's count of cycles. */
  readonly cycle: number;
  readonly kind: "read" | "write";
  readonly address: number;
  readonly value: number;
}

/** An access is packed into a double: cycle, kind, address and value fit in its 53 bits. */
const VALUE = 0x100;
const ADDRESS = 0x10000;
const KIND = 2;

/**
 * Observes every bus access of the CPU of one machine. The machine behaves the same but runs slower; other
 * machines are not affected.
 */
export class BusTap {
  /** Hash of all accesses since `begin`, in order. */
  hash = 0;
  count = 0;
  /** Accesses since `begin`, packed for `unpack`; filled while `records` is true. */
  readonly log: number[] = [];
  records = false;
  /** Called after each access, to inspect the machine in mid-frame. */
  onAccess: (() => void) | undefined;

  constructor(nes: Nes) {
    const { cpu } = nes;
    const { read, write } = cpu;
    nes.stepsOnly = true;
    // Overrides the methods of this CPU object only. All its accesses go through these two.
    cpu.read = (address) => {
      const value = read.call(cpu, address);
      this.#heard(cpu.cycle, (address << 8) | value);
      return value;
    };
    cpu.write = (address, value) => {
      write.call(cpu, address, value);
      this.#heard(cpu.cycle, WRITE | (address << 8) | value);
    };
  }

  /** Clears the hash and the log. Call it before each frame. */
  begin(): void {
    this.hash = 0;
    this.count = 0;
    this.log.length = 0;
  }

  #heard(cycle: number, word: number): void {
    this.count++;
    const mixed = Math.imul(this.hash ^ word, 0x85eb_ca6b) + Math.imul(cycle, 0x9e37_79b1);
    this.hash = mixed ^ (mixed >>> 15);
    if (this.records) this.log.push(cycle * (KIND * ADDRESS * VALUE) + word);
    if (this.onAccess !== undefined) this.onAccess();
  }
}

const WRITE = ADDRESS * VALUE;

/** Unpacks an entry of the log. */
export function unpack(entry: number): BusAccess {
  const value = entry % VALUE;
  const address = Math.floor(entry / VALUE) % ADDRESS;
  const rest = Math.floor(entry / (VALUE * ADDRESS));
  return { cycle: Math.floor(rest / KIND), kind: rest % KIND === 1 ? "write" : "read", address, value };
}
