import type { Nes } from "../../emu/nes/nes.ts";

/** One cycle of the CPU's bus; DMA has it in between. */
export interface BusAccess {
  /** From the start of the frame's count of cycles. */
  readonly cycle: number;
  readonly kind: "read" | "write";
  readonly address: number;
  readonly value: number;
}

/** Accesses are packed into doubles: cycle, kind, address and value fit their 53 bits. */
const VALUE = 0x100;
const ADDRESS = 0x10000;
const KIND = 2;

/**
 * Listens to every access that the CPU of one machine makes. Nothing of the machine changes by it, only
 * its speed, and other machines are not touched.
 */
export class BusTap {
  /** Of all accesses since `begin`, in their order. */
  hash = 0;
  count = 0;
  /** Accesses since `begin`, as `unpack` reads them, while `records` is true. */
  readonly log: number[] = [];
  records = false;
  /** Called after each access, where something must be looked at in mid-frame. */
  onAccess: (() => void) | undefined;

  constructor(nes: Nes) {
    const { cpu } = nes;
    const { read, write } = cpu;
    cpu.runAllLoops();
    // Methods of this one CPU: all its accesses go through these two.
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

  /** Forgets what was heard: before a frame. */
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

/** An entry of a tap's log. */
export function unpack(entry: number): BusAccess {
  const value = entry % VALUE;
  const address = Math.floor(entry / VALUE) % ADDRESS;
  const rest = Math.floor(entry / (VALUE * ADDRESS));
  return { cycle: Math.floor(rest / KIND), kind: rest % KIND === 1 ? "write" : "read", address, value };
}
