import { ACCESS_READ, ACCESS_WRITE, OPCODE_ACCESS, OPCODES, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { Operands } from "./operands.ts";

/** An access of an instruction to a watched address. */
export interface MemoryAccess {
  readonly kind: "read" | "write";
  readonly address: number;
  /** The byte that was read or written. */
  readonly value: number;
  /** The byte before a write. */
  readonly before: number;
  /** Address of the instruction. */
  readonly pc: number;
}

export type ExecuteCallback = (pc: number) => void;
export type AccessCallback = (access: MemoryAccess) => void;

/** Is called before and after every instruction. Coverage, routine times and the crash guard are spies. */
export interface InstructionSpy {
  before?(pc: number, opcode: number): void;
  /** `interrupted` is true if an interrupt followed; then the CPU is already at its handler. */
  after?(pc: number, opcode: number, stackBefore: number, interrupted: boolean): void;
}

const EXECUTED = 4;
const STACK_PAGE = 0x100;

/**
 * Runs a machine instruction by instruction and reports what each one does. It decodes each instruction and
 * computes its operand address before it runs, so that the CPU needs no checks: a machine that is not
 * observed runs at full speed. It reports only accesses of the program, not dummy accesses of the 6502 or
 * DMA.
 */
export class Observer {
  readonly #nes: Nes;
  readonly #operands: Operands;
  /** ACCESS_ bits and EXECUTED of each observed address. */
  readonly #wanted = new Uint8Array(0x10000);
  readonly #executed = new Map<number, ExecuteCallback[]>();
  readonly #accessed: { from: number; to: number; kinds: number; callback: AccessCallback }[] = [];
  readonly #spies: InstructionSpy[] = [];
  #watchesStack = false;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.#operands = new Operands(nes);
  }

  /** True if nothing is observed. Whole frames can then run at once. */
  get idle(): boolean {
    return this.#executed.size === 0 && this.#accessed.length === 0 && this.#spies.length === 0;
  }

  /** Calls `callback` before the instruction at `address` runs, until the returned function is called. */
  onExecute(address: number, callback: ExecuteCallback): () => void {
    const callbacks = this.#executed.get(address) ?? [];
    this.#executed.set(address, [...callbacks, callback]);
    this.#wanted[address]! |= EXECUTED;
    return () => {
      const left = (this.#executed.get(address) ?? []).filter((each) => each !== callback);
      if (left.length > 0) this.#executed.set(address, left);
      else {
        this.#executed.delete(address);
        this.#wanted[address]! &= ~EXECUTED;
      }
    };
  }

  /** Calls `callback` after an instruction accesses `from` to `to`, until the returned function is called. */
  onAccess(from: number, to: number, kinds: number, callback: AccessCallback): () => void {
    const watch = { from, to, kinds, callback };
    this.#accessed.push(watch);
    this.#findWatched();
    return () => {
      const at = this.#accessed.indexOf(watch);
      if (at >= 0) this.#accessed.splice(at, 1);
      this.#findWatched();
    };
  }

  /** Calls `spy` for every instruction, until the returned function is called. */
  spy(spy: InstructionSpy): () => void {
    this.#spies.push(spy);
    return () => {
      const at = this.#spies.indexOf(spy);
      if (at >= 0) this.#spies.splice(at, 1);
    };
  }

  /** Runs one instruction. Returns true if it ended the frame, whose picture is then in `pixels`. */
  step(pixels: Uint16Array): boolean {
    const nes = this.#nes;
    const { cpu } = nes;
    // A jammed CPU executes nothing.
    if (cpu.jammed === 1) return nes.stepInstruction(pixels);
    const { pc } = cpu;
    if ((this.#wanted[pc]! & EXECUTED) !== 0) {
      for (const call of this.#executed.get(pc) ?? []) call(pc);
      // A callback may have loaded a state or changed PC. Then another instruction is next.
      if (cpu.pc !== pc) return false;
    }
    const opcode = this.#operands.byte(pc);
    const watches = this.#accessed.length > 0;
    const kinds = watches ? OPCODE_ACCESS[opcode]! : 0;
    const address = kinds === 0 ? 0 : this.#operands.address(pc, OPCODES[opcode]!.mode);
    const isWatched = kinds !== 0 && (this.#wanted[address]! & kinds) !== 0;
    const before = isWatched ? this.#operands.byte(address) : 0;
    const spies = this.#spies;
    for (let i = 0; i < spies.length; i++) spies[i]!.before?.(pc, opcode);
    const stackBefore = cpu.s;
    const ended = nes.stepInstruction(pixels);
    const interrupted = this.#operands.wasInterrupted(opcode, stackBefore);
    if (isWatched) this.#report(pc, opcode, address, kinds, before);
    if (watches && this.#watchesStack) this.#reportStack(pc, opcode, stackBefore);
    for (let i = 0; i < spies.length; i++) spies[i]!.after?.(pc, opcode, stackBefore, interrupted);
    return ended;
  }

  #findWatched(): void {
    for (let address = 0; address < 0x10000; address++) this.#wanted[address]! &= EXECUTED;
    this.#watchesStack = false;
    for (const { from, to, kinds } of this.#accessed) {
      for (let address = from; address <= to; address++) this.#wanted[address]! |= kinds;
      if (from < STACK_PAGE + 0x100 && to >= STACK_PAGE) this.#watchesStack = true;
    }
  }

  #report(pc: number, opcode: number, address: number, kinds: number, before: number): void {
    if ((kinds & ACCESS_READ) !== 0) {
      const value = address >= 0x2000 && address < 0x6000 ? this.#operands.valueRead(opcode) : before;
      this.#tell(ACCESS_READ, { kind: "read", address, value, before, pc });
    }
    if ((kinds & ACCESS_WRITE) !== 0) {
      const value = this.#operands.valueWritten(opcode, address);
      this.#tell(ACCESS_WRITE, { kind: "write", address, value, before, pc });
    }
  }

  /** Reports pushes and pulls, those of interrupts included. */
  #reportStack(pc: number, opcode: number, stackBefore: number): void {
    if (setsStack(opcode)) return;
    const moved = ((this.#nes.cpu.s - stackBefore + 128) & 0xff) - 128;
    const kind = moved < 0 ? "write" : "read";
    for (let count = 0; count < Math.abs(moved); count++) {
      const offset = moved < 0 ? stackBefore - count : stackBefore + 1 + count;
      const address = STACK_PAGE | (offset & 0xff);
      const value = this.#operands.byte(address);
      this.#tell(moved < 0 ? ACCESS_WRITE : ACCESS_READ, { kind, address, value, before: value, pc });
    }
  }

  #tell(kind: number, access: MemoryAccess): void {
    for (const watch of [...this.#accessed]) {
      if ((watch.kinds & kind) === 0 || access.address < watch.from || access.address > watch.to) continue;
      watch.callback(access);
    }
  }
}
