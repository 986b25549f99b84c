import { CPU_TRAITS, type CpuTraits } from "../revisions.ts";
import { Addressing } from "./addressing.ts";
import { FLAG_B } from "./registers.ts";

const VECTOR_NMI = 0xfffa;
export const VECTOR_RESET = 0xfffc;
const VECTOR_IRQ = 0xfffe;

/**
 * Where two sources drive one internal bus, the winner differs between chips, and between a chip and a
 * switch-level simulation of it. A mask here is ORed into the operand before the AND that the conflict
 * amounts to: $00 is a clean AND, $FF an operand that loses altogether.
 */
export interface BusConflicts {
  /** ANE and LXA, ORed into A. https://www.nesdev.org/wiki/Visual6502wiki/6502_Opcode_8B_(XAA,_ANE) */
  readonly aneLxa: number;
  /** ANC, ALR and ARR. */
  readonly immediateAnd: number;
  /** LAS. */
  readonly las: number;
  /** True if LAS stores its result in X and S; false if it keeps S and copies it to X. */
  readonly lasLoadsStack: boolean;
}

export type ConflictSource = "rp2a03g" | "netlist";

/**
 * `rp2a03g` is the console's chip. `netlist` is the NMOS 6502 as a transistor-level simulation runs it,
 * whose traces differ from the chip in these five opcodes and nowhere else.
 */
export const BUS_CONFLICTS: Readonly<Record<ConflictSource, BusConflicts>> = {
  rp2a03g: { aneLxa: 0xff, immediateAnd: 0x00, las: 0x00, lasLoadsStack: true },
  netlist: { aneLxa: 0xff, immediateAnd: 0xff, las: 0x11, lasLoadsStack: false },
};

/** What each instruction does, given its operand's value or address. */
export abstract class Instructions extends Addressing {
  /** Configuration, not state. */
  busConflicts: BusConflicts = BUS_CONFLICTS.rp2a03g;
  /** Of the chip's revision. Configuration as well. */
  traits: CpuTraits = CPU_TRAITS.G;
  /** For debuggers that run a routine by itself: while 1, interrupts wait. Not part of the state. */
  holdsInterrupts = 0;
  /** Set by JAM: the CPU reads but executes nothing until it is reset. */
  jammed = 0;
  /** Cycle that ended a branch whose last cycle does not poll, so that the poll is one cycle older. */
  lateBranchCycle = -1;
  /** Cycle that ended a branch to another page whose first poll, before its operand, found an IRQ. */
  earlyIrqCycle = -1;
  /** Cycle that ended CLI, SEI or PLP, and the I flag before it: that is what their poll sees. */
  flagChangeCycle = -1;
  flagBeforeChange = 0;
  /** Cycle that ended a BRK: its sequence does not poll. */
  unpolledCycle = -1;

  protected lda(value: number): void {
    this.a = value;
    this.setNz(value);
  }

  protected ldx(value: number): void {
    this.x = value;
    this.setNz(value);
  }

  protected ldy(value: number): void {
    this.y = value;
    this.setNz(value);
  }

  protected ora(value: number): void {
    this.lda(this.a | value);
  }

  protected and(value: number): void {
    this.lda(this.a & value);
  }

  protected eor(value: number): void {
    this.lda(this.a ^ value);
  }

  /** The 2A03 has no decimal mode: D changes nothing. */
  protected adc(value: number): void {
    const sum = this.a + value + this.carry;
    this.overflow = ((this.a ^ sum) & (value ^ sum) & 0x80) >> 7;
    this.carry = sum >> 8;
    this.lda(sum & 0xff);
  }

  protected sbc(value: number): void {
    this.adc(value ^ 0xff);
  }

  protected compare(register: number, value: number): void {
    const difference = register - value;
    this.carry = difference >= 0 ? 1 : 0;
    this.setNz(difference & 0xff);
  }

  protected bit(value: number): void {
    this.negativeFrom = value;
    this.overflow = (value >> 6) & 1;
    this.zeroFrom = this.a & value;
  }

  protected shiftLeft(value: number): number {
    this.carry = value >> 7;
    const result = (value << 1) & 0xff;
    this.setNz(result);
    return result;
  }

  protected shiftRight(value: number): number {
    this.carry = value & 1;
    const result = value >> 1;
    this.setNz(result);
    return result;
  }

  protected rotateLeft(value: number): number {
    const result = ((value << 1) | this.carry) & 0xff;
    this.carry = value >> 7;
    this.setNz(result);
    return result;
  }

  protected rotateRight(value: number): number {
    const result = (value >> 1) | (this.carry << 7);
    this.carry = value & 1;
    this.setNz(result);
    return result;
  }

  /** Read-modify-writes put the old value on the bus before the new one. */
  protected asl(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    this.write(address, this.shiftLeft(value));
  }

  protected lsr(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    this.write(address, this.shiftRight(value));
  }

  protected rol(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    this.write(address, this.rotateLeft(value));
  }

  protected ror(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    this.write(address, this.rotateRight(value));
  }

  protected inc(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = (value + 1) & 0xff;
    this.setNz(result);
    this.write(address, result);
  }

  protected dec(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = (value - 1) & 0xff;
    this.setNz(result);
    this.write(address, result);
  }

  protected slo(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = this.shiftLeft(value);
    this.write(address, result);
    this.ora(result);
  }

  protected rla(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = this.rotateLeft(value);
    this.write(address, result);
    this.and(result);
  }

  protected sre(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = this.shiftRight(value);
    this.write(address, result);
    this.eor(result);
  }

  protected rra(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = this.rotateRight(value);
    this.write(address, result);
    this.adc(result);
  }

  protected dcp(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = (value - 1) & 0xff;
    this.write(address, result);
    this.compare(this.a, result);
  }

  protected isc(address: number): void {
    const value = this.read(address);
    this.write(address, value);
    const result = (value + 1) & 0xff;
    this.write(address, result);
    this.sbc(result);
  }

  protected lax(value: number): void {
    this.a = value;
    this.ldx(value);
  }

  protected anc(value: number): void {
    this.and(value | this.busConflicts.immediateAnd);
    this.carry = this.a >> 7;
  }

  protected alr(value: number): void {
    const carry = this.a & value & 1;
    this.a = this.shiftRight(this.a & (value | this.busConflicts.immediateAnd));
    this.carry = carry;
  }

  /** AND and ROR, with C and V from the adder's view of bits 6 and 5. */
  protected arr(value: number): void {
    this.lda(((this.a & (value | this.busConflicts.immediateAnd)) >> 1) | (this.carry << 7));
    this.carry = (this.a >> 6) & 1;
    this.overflow = ((this.a >> 6) ^ (this.a >> 5)) & 1;
  }

  protected ane(value: number): void {
    this.lda((this.a | this.busConflicts.aneLxa) & this.x & value);
  }

  protected lxa(value: number): void {
    this.lax((this.a | this.busConflicts.aneLxa) & value);
  }

  protected axs(value: number): void {
    const difference = (this.a & this.x) - value;
    this.carry = difference >= 0 ? 1 : 0;
    this.ldx(difference & 0xff);
  }

  protected las(value: number): void {
    this.setNz(this.s & value);
    this.a = this.s & (value | this.busConflicts.las);
    if (this.busConflicts.lasLoadsStack) this.s = this.a;
    this.x = this.s;
  }

  /**
   * SHA, SHX, SHY and SHS drive the stored register and the incremented high address byte on the same
   * internal bus, so they AND; with a page crossing that value is the high byte of the address as well.
   * When RDY halts the CPU before the store, the high byte is no longer on the bus and does not take part.
   * `highRegister` is what takes part in the address.
   */
  protected storeHigh(register: number, base: number, index: number, highRegister = register): void {
    const carried = (base + index) & 0xffff;
    const before = this.cycle;
    this.read((base & 0xff00) | (carried & 0xff));
    const halted = this.cycle - before > 1;
    const high = ((base >> 8) + 1) & 0xff;
    const value = halted ? register : register & high;
    const crossed = (base ^ carried) > 0xff;
    this.write(crossed ? ((highRegister & high) << 8) | (carried & 0xff) : carried, value);
  }

  /** SHA and SHS: A AND X, of which late chips put X alone into the address. */
  protected storeHighAndX(base: number): void {
    const register = this.a & this.x;
    this.storeHigh(register, base, this.y, this.traits.storesHighByA ? register : this.x);
  }

  protected branch(taken: boolean): void {
    const offset = this.fetch();
    if (!taken) return;
    const firstPoll = this.cycle - 1;
    const from = this.pc;
    const target = (from + (offset < 0x80 ? offset : offset - 0x100)) & 0xffff;
    this.read(from);
    if (((from ^ target) & 0xff00) === 0) {
      this.lateBranchCycle = this.cycle;
    } else {
      this.read((from & 0xff00) | (target & 0xff));
      if (this.interruptDisable === 0 && this.lines.irqAt(firstPoll)) this.earlyIrqCycle = this.cycle;
    }
    this.pc = target;
    if (offset >= 0x80) this.noticeLoop();
  }

  /** After a short backward jump: `pc` may be the start of an idle loop. */
  protected abstract noticeLoop(): void;

  protected jump(): void {
    const from = this.pc;
    this.pc = this.absolute();
    if (this.pc < from) this.noticeLoop();
  }

  protected jumpIndirect(): void {
    const at = this.absolute();
    const low = this.read(at);
    // The pointer's high byte does not carry: JMP ($10FF) takes its high byte from $1000.
    this.pc = low | (this.read((at & 0xff00) | ((at + 1) & 0xff)) << 8);
  }

  /** The high address byte is fetched last, after the pushes: code in the stack page can change it. */
  protected jsr(): void {
    const low = this.fetch();
    this.read(0x100 | this.s);
    this.push(this.pc >> 8);
    this.push(this.pc & 0xff);
    this.pc = low | (this.read(this.pc) << 8);
  }

  protected rts(): void {
    this.read(this.pc);
    this.read(0x100 | this.s);
    const low = this.pull();
    this.pc = low | (this.pull() << 8);
    this.fetch();
  }

  protected rti(): void {
    this.read(this.pc);
    this.read(0x100 | this.s);
    this.setStatus(this.pull());
    const low = this.pull();
    this.pc = low | (this.pull() << 8);
  }

  protected php(): void {
    this.read(this.pc);
    this.push(this.status() | FLAG_B);
  }

  protected pha(): void {
    this.read(this.pc);
    this.push(this.a);
  }

  protected plp(): void {
    this.read(this.pc);
    this.read(0x100 | this.s);
    const before = this.interruptDisable;
    this.setStatus(this.pull());
    this.flagChanged(before);
  }

  protected pla(): void {
    this.read(this.pc);
    this.read(0x100 | this.s);
    this.lda(this.pull());
  }

  protected setInterruptDisable(value: number): void {
    this.read(this.pc);
    const before = this.interruptDisable;
    this.interruptDisable = value;
    this.flagChanged(before);
  }

  private flagChanged(before: number): void {
    this.flagBeforeChange = before;
    this.flagChangeCycle = this.cycle;
  }

  protected brk(): void {
    this.fetch();
    this.interruptSequence(FLAG_B);
    this.unpolledCycle = this.cycle;
  }

  /**
   * Pushes PC and P and jumps through a vector. An NMI edge latched before the cycle that pushes P takes
   * the vector over, from BRK as from IRQ. No poll follows: the handler's first instruction runs.
   * https://www.nesdev.org/wiki/CPU_interrupts#Interrupt_hijacking
   */
  protected interruptSequence(flagB: number): void {
    this.push(this.pc >> 8);
    this.push(this.pc & 0xff);
    this.push(this.status() | flagB);
    const isNmi = this.lines.nmiFrom < this.cycle;
    if (isNmi) this.lines.nmiTaken();
    this.interruptDisable = 1;
    const vector = isNmi ? VECTOR_NMI : VECTOR_IRQ;
    const low = this.read(vector);
    this.pc = low | (this.read(vector + 1) << 8);
  }

  /** The opcode stays on the internal bus; the address bus walks to $FFFF and stays there. No interrupt helps. */
  protected jam(): void {
    this.jammed = 1;
    this.read(this.pc);
    this.read(0xffff);
    this.read(0xfffe);
    this.read(0xfffe);
    this.read(0xffff);
    this.unpolledCycle = this.cycle;
  }
}
