import { EXECUTED, type Interest, Interests } from "../../emu/nes/cpu/fast/interests.ts";
import { WatchedRun } from "../../emu/nes/cpu/fast/watched-run.ts";
import {
  ACCESS_READ,
  ACCESS_WRITE,
  OPCODE_ACCESS,
  STACK_OPCODES,
  setsStack,
} from "../../emu/nes/cpu/opcodes.ts";
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

/**
 * Is called before and after instructions. Coverage, routine times and the crash guard are spies. A spy with
 * `interests` is called for at least the instructions that they name, which is faster than for every one.
 */
export interface InstructionSpy {
  readonly interests?: readonly Interest[];
  before?(pc: number, opcode: number): void;
  /**
   * `interrupted` is true if an interrupt followed; then the CPU is already at its handler. `before` was not
   * called if the spy was only interested in the interrupt.
   */
  after?(pc: number, opcode: number, stackBefore: number, interrupted: boolean): void;
}

const STACK_PAGE = 0x100;
/** Interrupts push to the stack, and their instructions are known only afterwards. */
const STACK_INTEREST: Interest = { opcodes: STACK_OPCODES, interrupts: true };

/**
 * Runs a machine and reports what its instructions do. It decodes an instruction and computes its operand
 * address before it runs, so that the CPU needs no checks: a machine that is not observed runs at full speed.
 * `WatchedRun` runs the instructions that no observer must see. It reports only accesses of the program, not
 * dummy accesses of the 6502 or DMA.
 */
export class Observer {
  readonly #nes: Nes;
  readonly #operands: Operands;
  readonly #watched: WatchedRun;
  /** What spies and callbacks must see. */
  #interests = new Interests();
  /** True if they must see every instruction. */
  #seesAll = false;
  /** The spies that must see interrupts. */
  #interruptSpies: InstructionSpy[] = [];
  readonly #executed = new Map<number, ExecuteCallback[]>();
  readonly #accessed: { from: number; to: number; kinds: number; callback: AccessCallback }[] = [];
  #spies: readonly InstructionSpy[] = [];
  #watchesStack = false;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.#operands = new Operands(nes);
    this.#watched = new WatchedRun(nes);
  }

  /** True if nothing is observed. Whole frames can then run at once. */
  get idle(): boolean {
    return this.#executed.size === 0 && this.#accessed.length === 0 && this.#spies.length === 0;
  }

  /** Calls `callback` before the instruction at `address` runs, until the returned function is called. */
  onExecute(address: number, callback: ExecuteCallback): () => void {
    const callbacks = this.#executed.get(address) ?? [];
    this.#executed.set(address, [...callbacks, callback]);
    this.#combine();
    return () => {
      const left = (this.#executed.get(address) ?? []).filter((each) => each !== callback);
      if (left.length > 0) this.#executed.set(address, left);
      else this.#executed.delete(address);
      this.#combine();
    };
  }

  /** Calls `callback` after an instruction accesses `from` to `to`, until the returned function is called. */
  onAccess(from: number, to: number, kinds: number, callback: AccessCallback): () => void {
    const watch = { from, to, kinds, callback };
    this.#accessed.push(watch);
    this.#combine();
    return () => {
      const at = this.#accessed.indexOf(watch);
      if (at >= 0) this.#accessed.splice(at, 1);
      this.#combine();
    };
  }

  /** Calls `spy` for every instruction, until the returned function is called. */
  spy(spy: InstructionSpy): () => void {
    this.#spies = [...this.#spies, spy];
    this.#combine();
    return () => {
      this.#spies = this.#spies.filter((each) => each !== spy);
      this.#combine();
    };
  }

  /**
   * Runs to the end of the frame and returns true, or to an instruction that jams the CPU and returns false.
   * A frame that begins here is drawn only if it has `pixels`. It may lack samples if not `isHeard`.
   */
  runFrame(pixels: Uint16Array | undefined, isHeard: boolean): boolean {
    const watched = this.#watched;
    const { cpu } = this.#nes;
    const isFast = watched.isPossible && !this.#seesAll;
    const wasJammed = cpu.jammed === 1;
    for (;;) {
      const ended = isFast && watched.run(this.#interests, pixels, isHeard);
      const isReported = isFast && watched.cpu.interrupted;
      if (isReported) this.#reportInterrupt();
      if (ended || (!isReported && this.step(pixels))) return true;
      if (cpu.jammed === 1 && !wasJammed) return false;
    }
  }

  /** Runs one instruction. Returns true if it ended the frame, whose picture is then in `pixels`. */
  step(pixels?: Uint16Array): boolean {
    const nes = this.#nes;
    const { cpu } = nes;
    // A jammed CPU executes nothing.
    if (cpu.jammed === 1) return nes.stepInstruction(pixels);
    const { pc } = cpu;
    const { addresses } = this.#interests;
    if ((addresses[pc]! & EXECUTED) !== 0) {
      for (const call of this.#executed.get(pc) ?? []) call(pc);
      // A callback may have loaded a state or changed PC. Then another instruction is next.
      if (cpu.pc !== pc) return false;
    }
    const opcode = this.#operands.byte(pc);
    const watches = this.#accessed.length > 0;
    const kinds = watches ? OPCODE_ACCESS[opcode]! : 0;
    const address = kinds === 0 ? 0 : this.#operands.address(opcode);
    const isWatched = kinds !== 0 && (addresses[address]! & kinds) !== 0;
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

  /**
   * Collects what must be seen. The object is replaced, not changed, because the CPU may be looking it up.
   */
  #combine(): void {
    const interests = new Interests();
    const spied = this.#spies.flatMap((spy) => spy.interests ?? []);
    const executed = [...this.#executed.keys()].map((at) => ({ from: at, to: at, kinds: EXECUTED }));
    this.#watchesStack = this.#accessed.some(({ from, to }) => from < STACK_PAGE + 0x100 && to >= STACK_PAGE);
    const all = [...spied, { ranges: [...executed, ...this.#accessed] }];
    if (this.#watchesStack) all.push(STACK_INTEREST);
    this.#interests = interests;
    const isCombined = all.map((interest) => interests.add(interest)).every((isAdded) => isAdded);
    this.#seesAll = !isCombined || this.#spies.some((spy) => spy.interests === undefined);
    this.#interruptSpies = this.#spies.filter((spy) =>
      spy.interests?.some((each) => each.interrupts === true),
    );
  }

  /** Reports the interrupt after an instruction that no spy has seen. */
  #reportInterrupt(): void {
    const { pc, opcode, stackBefore } = this.#watched.cpu;
    if (this.#watchesStack) this.#reportStack(pc, opcode, stackBefore);
    for (const spy of this.#interruptSpies) spy.after?.(pc, opcode, stackBefore, true);
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
