import { operandAddress, wasInterrupted } from "../../emu/nes/cpu/instruction-facts.ts";
import type { Nes } from "../../emu/nes/nes.ts";

const PAGE_BITS = 11;
const PAGE_BYTES = 1 << PAGE_BITS;
const PAGE_MASK = (0x10000 >> PAGE_BITS) - 1;

/** Decodes what an instruction accesses: its operand before it runs, the values after it has run. */
export class Operands {
  readonly #nes: Nes;
  readonly #memory: Uint8Array;
  readonly #pages: Int32Array;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.#memory = nes.memory.bytes;
    this.#pages = nes.memory.cpuReadPages;
  }

  /** Computes the operand address of the next instruction from the registers. `opcode` is the byte at PC. */
  address(opcode: number): number {
    return operandAddress(this.#nes.cpu, opcode);
  }

  /** The byte that the CPU would read, without side effects. */
  byte(address: number): number {
    const page = this.#pages[(address >> PAGE_BITS) & PAGE_MASK]!;
    if (page < 0) return this.#nes.peek("cpu", address & 0xffff);
    return this.#memory[page + (address & (PAGE_BYTES - 1))]!;
  }

  /** Returns true if an interrupt followed the instruction that has just run. */
  wasInterrupted(opcode: number, stackBefore: number): boolean {
    return wasInterrupted(this.#nes.cpu, opcode, stackBefore);
  }

  /**
   * Reading a register again has side effects, so the value is taken from the loaded CPU register or the bus.
   */
  valueRead(opcode: number): number {
    const { cpu } = this.#nes;
    switch (opcode) {
      case 0xad:
      case 0xbd:
      case 0xb9:
      case 0xa1:
      case 0xb1:
        return cpu.a;
      case 0xae:
      case 0xbe:
        return cpu.x;
      case 0xac:
      case 0xbc:
        return cpu.y;
      default:
        return cpu.dataBus;
    }
  }

  /** STA, STX, STY and SAX store unchanged CPU registers. For others, the value is what memory now holds. */
  valueWritten(opcode: number, address: number): number {
    const { cpu } = this.#nes;
    if ((opcode & 0xe3) === 0x81) return cpu.a;
    if (opcode === 0x86 || opcode === 0x8e || opcode === 0x96) return cpu.x;
    if (opcode === 0x84 || opcode === 0x8c || opcode === 0x94) return cpu.y;
    if (opcode === 0x83 || opcode === 0x87 || opcode === 0x8f || opcode === 0x97) return cpu.a & cpu.x;
    return this.byte(address);
  }
}
