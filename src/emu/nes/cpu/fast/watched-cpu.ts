import type { Cpu } from "../cpu.ts";
import { interruptedPc, operandAddress, wasInterrupted } from "../instruction-facts.ts";
import { ACCESS_WRITE, isBranch, OPCODE_ACCESS, OPCODE_STACK } from "../opcodes.ts";
import { step } from "../step.ts";
import { EXECUTED, type InstructionCounts, type Interests } from "./interests.ts";
import { UNKNOWN, WaitingLoops } from "./waiting-loops.ts";

const STACK_PAGE = 0x100;
const WORK_RAM_END = 0x2000;
const WORK_RAM_MASK = 0x7ff;
/** An instruction and the interrupt after it push at most three bytes each. */
const MAX_PUSHED = 6;
const BRANCH_LENGTH_BYTES = 2;
/** Iterations of waiting loops with more instructions are not skipped if instructions are counted. */
const MAX_COUNTED = 256;

// What a branch did: the two low bits of an entry of `#recent`.
const TAKEN = 1;
const PASSED = 2;
const BRANCH_BITS = 2;

/**
 * Runs a CPU for observers: one instruction after the other, but without a call for those that no observer
 * must see. Typed arrays record what these did. Iterations of waiting loops are skipped.
 */
export class WatchedCpu {
  /** True if `run` has ended after an instruction that an interrupt followed. */
  interrupted = false;
  /** That instruction: its address, its opcode, and S before it. */
  pc = 0;
  opcode = 0;
  stackBefore = 0;
  readonly #cpu: Cpu;
  readonly #loops: WaitingLoops;
  readonly #prgStart: number;
  /** The last counted instructions: PRG ROM offset and what a branch did; −1 outside of PRG ROM. */
  readonly #recent = new Int32Array(MAX_COUNTED);
  #recentCount = 0;
  /** `#recentCount` at the last jump back. */
  #iterationStart = 0;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#loops = new WaitingLoops(cpu);
    this.#prgStart = cpu.memory.prgRom.offset;
  }

  /**
   * Runs to the end of the PPU's frame, or until an observer must see the next instruction or the interrupt
   * that has just followed one. The CPU must not have jammed.
   */
  run(interests: Interests): void {
    const cpu = this.#cpu;
    const { bytes, readPages, ppu } = cpu;
    const { opcodes, addresses, accesses, places, stackEnds, interrupts, written, counts } = interests;
    const prgStart = this.#prgStart;
    const isCounted = counts.executed.length > 0;
    const isMarked = written.length > 0;
    this.#loops.forget();
    this.#recentCount = 0;
    this.#iterationStart = 0;
    while (ppu.frameDone === 0) {
      const { pc } = cpu;
      const page = readPages[pc >> 11];
      if (page < 0) return;
      const place = page + (pc & 0x7ff);
      const opcode = bytes[place];
      if (((addresses[pc] & EXECUTED) | opcodes[opcode]) !== 0) return;
      const prgOffset = place - prgStart;
      if (prgOffset >= 0 && prgOffset < places.length && places[prgOffset] !== 0) return;
      const stackBefore = cpu.s;
      if (stackEnds && (stackBefore < MAX_PUSHED || stackBefore + OPCODE_STACK[opcode] > 0xff)) return;
      const kinds = OPCODE_ACCESS[opcode] & accesses;
      if (kinds !== 0) {
        const address = operandAddress(cpu, opcode);
        if ((addresses[address] & kinds) !== 0) return;
        if (isMarked && address < WORK_RAM_END && (kinds & ACCESS_WRITE) !== 0) {
          written[address & WORK_RAM_MASK] = 1;
        }
      }
      step(cpu);
      if (isMarked && cpu.s !== stackBefore) markPushed(written, stackBefore, cpu.s);
      if (isCounted) this.#count(counts, prgOffset, pc, opcode, stackBefore);
      if (interrupts && wasInterrupted(cpu, opcode, stackBefore)) {
        this.interrupted = true;
        this.pc = pc;
        this.opcode = opcode;
        this.stackBefore = stackBefore;
        return;
      }
      if (cpu.pc <= pc) this.#jumpedBack(pc, opcode, place, counts);
    }
  }

  /** The instruction at `pc` has jumped back: skips further iterations if this is a waiting loop. */
  #jumpedBack(pc: number, opcode: number, place: number, counts: InstructionCounts): void {
    const cpu = this.#cpu;
    const instructions = this.#recentCount - this.#iterationStart;
    if (instructions > MAX_COUNTED) this.#loops.forget();
    // The last cycle of a taken branch reads the opcode after it, if the target is in the same page.
    const after = (pc + BRANCH_LENGTH_BYTES) & 0xffff;
    const staysInPage = isBranch(opcode) && ((after ^ cpu.pc) & 0xff00) === 0;
    const skipped = this.#loops.notice(staysInPage ? place + BRANCH_LENGTH_BYTES : UNKNOWN);
    if (skipped > 0 && instructions > 0) this.#countAgain(counts, skipped);
    this.#iterationStart = this.#recentCount;
  }

  #count(
    { executed, taken, passed }: InstructionCounts,
    prgOffset: number,
    pc: number,
    opcode: number,
    stackBefore: number,
  ): void {
    let entry = -1;
    if (prgOffset >= 0 && prgOffset < executed.length) {
      entry = prgOffset << BRANCH_BITS;
      executed[prgOffset]!++;
      if (isBranch(opcode)) {
        const cpu = this.#cpu;
        const next = wasInterrupted(cpu, opcode, stackBefore) ? interruptedPc(cpu) : cpu.pc;
        const isPassed = next === ((pc + BRANCH_LENGTH_BYTES) & 0xffff);
        entry |= isPassed ? PASSED : TAKEN;
        if (isPassed) passed[prgOffset]!++;
        else taken[prgOffset]!++;
      }
    }
    this.#recent[this.#recentCount++ % MAX_COUNTED] = entry;
  }

  /** Counts the instructions since the last jump back `times` more. */
  #countAgain({ executed, taken, passed }: InstructionCounts, times: number): void {
    for (let at = this.#iterationStart; at < this.#recentCount; at++) {
      const entry = this.#recent[at % MAX_COUNTED]!;
      if (entry < 0) continue;
      const prgOffset = entry >> BRANCH_BITS;
      executed[prgOffset]! += times;
      if ((entry & TAKEN) !== 0) taken[prgOffset]! += times;
      if ((entry & PASSED) !== 0) passed[prgOffset]! += times;
    }
  }
}

/** Marks the bytes that an instruction and an interrupt have pushed. A larger move of S is none of pushes. */
function markPushed(written: Uint8Array, stackBefore: number, stack: number): void {
  const pushed = (stackBefore - stack) & 0xff;
  if (pushed > MAX_PUSHED) return;
  for (let at = 0; at < pushed; at++) written[STACK_PAGE | ((stackBefore - at) & 0xff)] = 1;
}
