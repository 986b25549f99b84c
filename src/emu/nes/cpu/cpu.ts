import { NEVER } from "../interrupts.ts";
import { VECTOR_RESET } from "./instructions.ts";
import { Stretches } from "./stretches.ts";

/**
 * The 6502 of the 2A03. Every bus access is one cycle, dummy accesses included, so timing is the shape
 * of the code. https://www.nesdev.org/wiki/CPU_unofficial_opcodes names the undocumented opcodes.
 */
export class Cpu extends Stretches {
  /** Power-on values; `resetSequence` then runs the seven cycles that lead to the first opcode. */
  powerOn(): void {
    this.cycle = -1;
    this.horizon = -1;
    this.dataBus = 0;
    this.statusRead = 0;
    this.statusReadCycle = -2;
    this.oamDmaCycle = NEVER;
    this.oamDmaPage = 0;
    this.pc = 0;
    this.a = 0;
    this.x = 0;
    this.y = 0;
    this.s = 0;
    this.setStatus(0);
    this.flagBeforeChange = 0;
    this.forgetPolls();
  }

  /**
   * The seven cycles of a reset: an interrupt sequence whose pushes are turned into reads, so that S
   * drops by three and nothing is written. https://www.nesdev.org/wiki/CPU_power_up_state
   */
  resetSequence(): void {
    this.jammed = 0;
    this.lines.nmiTaken();
    this.read(this.pc);
    this.read(this.pc);
    for (let push = 0; push < 3; push++) {
      this.read(0x100 | this.s);
      this.s = (this.s - 1) & 0xff;
    }
    this.interruptDisable = 1;
    const low = this.read(VECTOR_RESET);
    this.pc = low | (this.read(VECTOR_RESET + 1) << 8);
    this.forgetPolls();
  }

  /** One instruction, and the interrupt sequence that follows when its poll finds one. */
  step(): void {
    if (this.jammed === 1) {
      this.read(0xffff);
      return;
    }
    this.opcodeCycle = this.cycle + 1;
    this.execute(this.fetch());
    const { cycle, lines } = this;
    if (lines.nmiFrom < cycle) this.poll();
    else if (lines.irqLowFrom < cycle && lines.irqLowUntil >= cycle - 2) this.pollIrq();
  }

  /** Runs exactly one instruction, even in an idle loop. */
  stepSingly(): void {
    this.forgetLoop();
    this.step();
  }

  /** From now on every iteration of every loop is run. */
  runAllLoops(): void {
    this.skipsLoops = false;
  }

  /** The count of cycles goes back by `cycles` at the end of a frame. */
  rebase(cycles: number): void {
    this.forgetLoop();
    this.pollCycle = -1;
    this.cycle -= cycles;
    this.horizon -= cycles;
    this.statusReadCycle = Math.max(this.statusReadCycle - cycles, -cycles);
    if (this.oamDmaCycle !== NEVER) this.oamDmaCycle -= cycles;
    this.forgetPolls();
  }

  /** Fields were set from outside: derived values are computed again. */
  stateLoaded(): void {
    this.horizon = -1;
    this.pollCycle = -1;
    this.forgetLoop();
  }

  /** Clears the cycles of polls: they belong to the instruction that just ended and to its cycle count. */
  private forgetPolls(): void {
    this.lateBranchCycle = -1;
    this.earlyIrqCycle = -1;
    this.flagChangeCycle = -1;
    this.unpolledCycle = -1;
  }

  /** IRQ is low. Most of the time the I flag is set while it stays low, so no interrupt follows. */
  private pollIrq(): void {
    if (this.interruptDisable === 0 || this.flagChangeCycle === this.cycle) this.poll();
  }

  /**
   * Acts on the lines as they were at the end of the last cycle but one. A taken branch within a page
   * polled one cycle earlier; CLI, SEI and PLP polled before they changed I.
   * https://www.nesdev.org/wiki/CPU_interrupts#Branch_instructions_and_interrupts
   */
  private poll(): void {
    if (this.unpolledCycle === this.cycle || this.holdsInterrupts === 1) return;
    const sample = this.lateBranchCycle === this.cycle ? this.cycle - 2 : this.cycle - 1;
    const disabled = this.flagChangeCycle === this.cycle ? this.flagBeforeChange : this.interruptDisable;
    const isNmi = this.lines.nmiFrom <= sample;
    const isIrq = this.earlyIrqCycle === this.cycle || (disabled === 0 && this.lines.irqAt(sample));
    if (!isNmi && !isIrq) return;
    this.opcodeCycle = this.cycle + 1;
    this.read(this.pc);
    this.read(this.pc);
    this.interruptSequence(0);
  }

  /** The second cycle of one-byte instructions reads the next opcode and drops it. */
  private implied(): void {
    this.read(this.pc);
  }

  private execute(opcode: number): void {
    switch (opcode) {
      case 0x00:
        this.brk();
        break;
      case 0x01:
        this.ora(this.read(this.indirectX()));
        break;
      case 0x05:
        this.ora(this.read(this.zeroPage()));
        break;
      case 0x06:
        this.asl(this.zeroPage());
        break;
      case 0x08:
        this.php();
        break;
      case 0x09:
        this.ora(this.fetch());
        break;
      case 0x0a:
        this.implied();
        this.a = this.shiftLeft(this.a);
        break;
      case 0x0d:
        this.ora(this.read(this.absolute()));
        break;
      case 0x0e:
        this.asl(this.absolute());
        break;
      case 0x10:
        this.branch((this.negativeFrom & 0x80) === 0);
        break;
      case 0x11:
        this.ora(this.read(this.indirectY()));
        break;
      case 0x15:
        this.ora(this.read(this.zeroPageX()));
        break;
      case 0x16:
        this.asl(this.zeroPageX());
        break;
      case 0x18:
        this.implied();
        this.carry = 0;
        break;
      case 0x19:
        this.ora(this.read(this.absoluteY()));
        break;
      case 0x1d:
        this.ora(this.read(this.absoluteX()));
        break;
      case 0x1e:
        this.asl(this.absoluteXStore());
        break;
      case 0x20:
        this.jsr();
        break;
      case 0x21:
        this.and(this.read(this.indirectX()));
        break;
      case 0x24:
        this.bit(this.read(this.zeroPage()));
        break;
      case 0x25:
        this.and(this.read(this.zeroPage()));
        break;
      case 0x26:
        this.rol(this.zeroPage());
        break;
      case 0x28:
        this.plp();
        break;
      case 0x29:
        this.and(this.fetch());
        break;
      case 0x2a:
        this.implied();
        this.a = this.rotateLeft(this.a);
        break;
      case 0x2c:
        this.bit(this.read(this.absolute()));
        break;
      case 0x2d:
        this.and(this.read(this.absolute()));
        break;
      case 0x2e:
        this.rol(this.absolute());
        break;
      case 0x30:
        this.branch((this.negativeFrom & 0x80) !== 0);
        break;
      case 0x31:
        this.and(this.read(this.indirectY()));
        break;
      case 0x35:
        this.and(this.read(this.zeroPageX()));
        break;
      case 0x36:
        this.rol(this.zeroPageX());
        break;
      case 0x38:
        this.implied();
        this.carry = 1;
        break;
      case 0x39:
        this.and(this.read(this.absoluteY()));
        break;
      case 0x3d:
        this.and(this.read(this.absoluteX()));
        break;
      case 0x3e:
        this.rol(this.absoluteXStore());
        break;
      case 0x40:
        this.rti();
        break;
      case 0x41:
        this.eor(this.read(this.indirectX()));
        break;
      case 0x45:
        this.eor(this.read(this.zeroPage()));
        break;
      case 0x46:
        this.lsr(this.zeroPage());
        break;
      case 0x48:
        this.pha();
        break;
      case 0x49:
        this.eor(this.fetch());
        break;
      case 0x4a:
        this.implied();
        this.a = this.shiftRight(this.a);
        break;
      case 0x4c:
        this.jump();
        break;
      case 0x4d:
        this.eor(this.read(this.absolute()));
        break;
      case 0x4e:
        this.lsr(this.absolute());
        break;
      case 0x50:
        this.branch(this.overflow === 0);
        break;
      case 0x51:
        this.eor(this.read(this.indirectY()));
        break;
      case 0x55:
        this.eor(this.read(this.zeroPageX()));
        break;
      case 0x56:
        this.lsr(this.zeroPageX());
        break;
      case 0x58:
        this.setInterruptDisable(0);
        break;
      case 0x59:
        this.eor(this.read(this.absoluteY()));
        break;
      case 0x5d:
        this.eor(this.read(this.absoluteX()));
        break;
      case 0x5e:
        this.lsr(this.absoluteXStore());
        break;
      case 0x60:
        this.rts();
        break;
      case 0x61:
        this.adc(this.read(this.indirectX()));
        break;
      case 0x65:
        this.adc(this.read(this.zeroPage()));
        break;
      case 0x66:
        this.ror(this.zeroPage());
        break;
      case 0x68:
        this.pla();
        break;
      case 0x69:
        this.adc(this.fetch());
        break;
      case 0x6a:
        this.implied();
        this.a = this.rotateRight(this.a);
        break;
      case 0x6c:
        this.jumpIndirect();
        break;
      case 0x6d:
        this.adc(this.read(this.absolute()));
        break;
      case 0x6e:
        this.ror(this.absolute());
        break;
      case 0x70:
        this.branch(this.overflow !== 0);
        break;
      case 0x71:
        this.adc(this.read(this.indirectY()));
        break;
      case 0x75:
        this.adc(this.read(this.zeroPageX()));
        break;
      case 0x76:
        this.ror(this.zeroPageX());
        break;
      case 0x78:
        this.setInterruptDisable(1);
        break;
      case 0x79:
        this.adc(this.read(this.absoluteY()));
        break;
      case 0x7d:
        this.adc(this.read(this.absoluteX()));
        break;
      case 0x7e:
        this.ror(this.absoluteXStore());
        break;
      case 0x81:
        this.write(this.indirectX(), this.a);
        break;
      case 0x84:
        this.write(this.zeroPage(), this.y);
        break;
      case 0x85:
        this.write(this.zeroPage(), this.a);
        break;
      case 0x86:
        this.write(this.zeroPage(), this.x);
        break;
      case 0x88:
        this.implied();
        this.ldy((this.y - 1) & 0xff);
        break;
      case 0x8a:
        this.implied();
        this.lda(this.x);
        break;
      case 0x8c:
        this.write(this.absolute(), this.y);
        break;
      case 0x8d:
        this.write(this.absolute(), this.a);
        break;
      case 0x8e:
        this.write(this.absolute(), this.x);
        break;
      case 0x90:
        this.branch(this.carry === 0);
        break;
      case 0x91:
        this.write(this.indirectYStore(), this.a);
        break;
      case 0x94:
        this.write(this.zeroPageX(), this.y);
        break;
      case 0x95:
        this.write(this.zeroPageX(), this.a);
        break;
      case 0x96:
        this.write(this.zeroPageY(), this.x);
        break;
      case 0x98:
        this.implied();
        this.lda(this.y);
        break;
      case 0x99:
        this.write(this.absoluteYStore(), this.a);
        break;
      case 0x9a:
        this.implied();
        this.s = this.x;
        break;
      case 0x9d:
        this.write(this.absoluteXStore(), this.a);
        break;
      case 0xa0:
        this.ldy(this.fetch());
        break;
      case 0xa1:
        this.lda(this.read(this.indirectX()));
        break;
      case 0xa2:
        this.ldx(this.fetch());
        break;
      case 0xa4:
        this.ldy(this.read(this.zeroPage()));
        break;
      case 0xa5:
        this.lda(this.read(this.zeroPage()));
        break;
      case 0xa6:
        this.ldx(this.read(this.zeroPage()));
        break;
      case 0xa8:
        this.implied();
        this.ldy(this.a);
        break;
      case 0xa9:
        this.lda(this.fetch());
        break;
      case 0xaa:
        this.implied();
        this.ldx(this.a);
        break;
      case 0xac:
        this.ldy(this.read(this.absolute()));
        break;
      case 0xad:
        this.lda(this.read(this.absolute()));
        break;
      case 0xae:
        this.ldx(this.read(this.absolute()));
        break;
      case 0xb0:
        this.branch(this.carry !== 0);
        break;
      case 0xb1:
        this.lda(this.read(this.indirectY()));
        break;
      case 0xb4:
        this.ldy(this.read(this.zeroPageX()));
        break;
      case 0xb5:
        this.lda(this.read(this.zeroPageX()));
        break;
      case 0xb6:
        this.ldx(this.read(this.zeroPageY()));
        break;
      case 0xb8:
        this.implied();
        this.overflow = 0;
        break;
      case 0xb9:
        this.lda(this.read(this.absoluteY()));
        break;
      case 0xba:
        this.implied();
        this.ldx(this.s);
        break;
      case 0xbc:
        this.ldy(this.read(this.absoluteX()));
        break;
      case 0xbd:
        this.lda(this.read(this.absoluteX()));
        break;
      case 0xbe:
        this.ldx(this.read(this.absoluteY()));
        break;
      case 0xc0:
        this.compare(this.y, this.fetch());
        break;
      case 0xc1:
        this.compare(this.a, this.read(this.indirectX()));
        break;
      case 0xc4:
        this.compare(this.y, this.read(this.zeroPage()));
        break;
      case 0xc5:
        this.compare(this.a, this.read(this.zeroPage()));
        break;
      case 0xc6:
        this.dec(this.zeroPage());
        break;
      case 0xc8:
        this.implied();
        this.ldy((this.y + 1) & 0xff);
        break;
      case 0xc9:
        this.compare(this.a, this.fetch());
        break;
      case 0xca:
        this.implied();
        this.ldx((this.x - 1) & 0xff);
        break;
      case 0xcc:
        this.compare(this.y, this.read(this.absolute()));
        break;
      case 0xcd:
        this.compare(this.a, this.read(this.absolute()));
        break;
      case 0xce:
        this.dec(this.absolute());
        break;
      case 0xd0:
        this.branch(this.zeroFrom !== 0);
        break;
      case 0xd1:
        this.compare(this.a, this.read(this.indirectY()));
        break;
      case 0xd5:
        this.compare(this.a, this.read(this.zeroPageX()));
        break;
      case 0xd6:
        this.dec(this.zeroPageX());
        break;
      case 0xd8:
        this.implied();
        this.decimal = 0;
        break;
      case 0xd9:
        this.compare(this.a, this.read(this.absoluteY()));
        break;
      case 0xdd:
        this.compare(this.a, this.read(this.absoluteX()));
        break;
      case 0xde:
        this.dec(this.absoluteXStore());
        break;
      case 0xe0:
        this.compare(this.x, this.fetch());
        break;
      case 0xe1:
        this.sbc(this.read(this.indirectX()));
        break;
      case 0xe4:
        this.compare(this.x, this.read(this.zeroPage()));
        break;
      case 0xe5:
        this.sbc(this.read(this.zeroPage()));
        break;
      case 0xe6:
        this.inc(this.zeroPage());
        break;
      case 0xe8:
        this.implied();
        this.ldx((this.x + 1) & 0xff);
        break;
      case 0xe9:
        this.sbc(this.fetch());
        break;
      case 0xea:
        this.implied();
        break;
      case 0xec:
        this.compare(this.x, this.read(this.absolute()));
        break;
      case 0xed:
        this.sbc(this.read(this.absolute()));
        break;
      case 0xee:
        this.inc(this.absolute());
        break;
      case 0xf0:
        this.branch(this.zeroFrom === 0);
        break;
      case 0xf1:
        this.sbc(this.read(this.indirectY()));
        break;
      case 0xf5:
        this.sbc(this.read(this.zeroPageX()));
        break;
      case 0xf6:
        this.inc(this.zeroPageX());
        break;
      case 0xf8:
        this.implied();
        this.decimal = 1;
        break;
      case 0xf9:
        this.sbc(this.read(this.absoluteY()));
        break;
      case 0xfd:
        this.sbc(this.read(this.absoluteX()));
        break;
      case 0xfe:
        this.inc(this.absoluteXStore());
        break;
      default:
        this.executeUnofficial(opcode);
    }
  }

  /**
   * The opcodes without a name of their own in the datasheet. They stand apart for speed: JavaScriptCore
   * inlines nothing into a function of more than 10,000 bytecodes.
   */
  private executeUnofficial(opcode: number): void {
    switch (opcode) {
      case 0x02:
        this.jam();
        break;
      case 0x03:
        this.slo(this.indirectX());
        break;
      case 0x04:
        this.read(this.zeroPage());
        break;
      case 0x07:
        this.slo(this.zeroPage());
        break;
      case 0x0b:
        this.anc(this.fetch());
        break;
      case 0x0c:
        this.read(this.absolute());
        break;
      case 0x0f:
        this.slo(this.absolute());
        break;
      case 0x12:
        this.jam();
        break;
      case 0x13:
        this.slo(this.indirectYStore());
        break;
      case 0x14:
        this.read(this.zeroPageX());
        break;
      case 0x17:
        this.slo(this.zeroPageX());
        break;
      case 0x1a:
        this.implied();
        break;
      case 0x1b:
        this.slo(this.absoluteYStore());
        break;
      case 0x1c:
        this.read(this.absoluteX());
        break;
      case 0x1f:
        this.slo(this.absoluteXStore());
        break;
      case 0x22:
        this.jam();
        break;
      case 0x23:
        this.rla(this.indirectX());
        break;
      case 0x27:
        this.rla(this.zeroPage());
        break;
      case 0x2b:
        this.anc(this.fetch());
        break;
      case 0x2f:
        this.rla(this.absolute());
        break;
      case 0x32:
        this.jam();
        break;
      case 0x33:
        this.rla(this.indirectYStore());
        break;
      case 0x34:
        this.read(this.zeroPageX());
        break;
      case 0x37:
        this.rla(this.zeroPageX());
        break;
      case 0x3a:
        this.implied();
        break;
      case 0x3b:
        this.rla(this.absoluteYStore());
        break;
      case 0x3c:
        this.read(this.absoluteX());
        break;
      case 0x3f:
        this.rla(this.absoluteXStore());
        break;
      case 0x42:
        this.jam();
        break;
      case 0x43:
        this.sre(this.indirectX());
        break;
      case 0x44:
        this.read(this.zeroPage());
        break;
      case 0x47:
        this.sre(this.zeroPage());
        break;
      case 0x4b:
        this.alr(this.fetch());
        break;
      case 0x4f:
        this.sre(this.absolute());
        break;
      case 0x52:
        this.jam();
        break;
      case 0x53:
        this.sre(this.indirectYStore());
        break;
      case 0x54:
        this.read(this.zeroPageX());
        break;
      case 0x57:
        this.sre(this.zeroPageX());
        break;
      case 0x5a:
        this.implied();
        break;
      case 0x5b:
        this.sre(this.absoluteYStore());
        break;
      case 0x5c:
        this.read(this.absoluteX());
        break;
      case 0x5f:
        this.sre(this.absoluteXStore());
        break;
      case 0x62:
        this.jam();
        break;
      case 0x63:
        this.rra(this.indirectX());
        break;
      case 0x64:
        this.read(this.zeroPage());
        break;
      case 0x67:
        this.rra(this.zeroPage());
        break;
      case 0x6b:
        this.arr(this.fetch());
        break;
      case 0x6f:
        this.rra(this.absolute());
        break;
      case 0x72:
        this.jam();
        break;
      case 0x73:
        this.rra(this.indirectYStore());
        break;
      case 0x74:
        this.read(this.zeroPageX());
        break;
      case 0x77:
        this.rra(this.zeroPageX());
        break;
      case 0x7a:
        this.implied();
        break;
      case 0x7b:
        this.rra(this.absoluteYStore());
        break;
      case 0x7c:
        this.read(this.absoluteX());
        break;
      case 0x7f:
        this.rra(this.absoluteXStore());
        break;
      case 0x80:
        this.fetch();
        break;
      case 0x82:
        this.fetch();
        break;
      case 0x83:
        this.write(this.indirectX(), this.a & this.x);
        break;
      case 0x87:
        this.write(this.zeroPage(), this.a & this.x);
        break;
      case 0x89:
        this.fetch();
        break;
      case 0x8b:
        this.ane(this.fetch());
        break;
      case 0x8f:
        this.write(this.absolute(), this.a & this.x);
        break;
      case 0x92:
        this.jam();
        break;
      case 0x93:
        this.storeHighAndX(this.pointer(this.fetch()));
        break;
      case 0x97:
        this.write(this.zeroPageY(), this.a & this.x);
        break;
      case 0x9b:
        this.s = this.a & this.x;
        this.storeHighAndX(this.absolute());
        break;
      case 0x9c:
        this.storeHigh(this.y, this.absolute(), this.x);
        break;
      case 0x9e:
        this.storeHigh(this.x, this.absolute(), this.y);
        break;
      case 0x9f:
        this.storeHighAndX(this.absolute());
        break;
      case 0xa3:
        this.lax(this.read(this.indirectX()));
        break;
      case 0xa7:
        this.lax(this.read(this.zeroPage()));
        break;
      case 0xab:
        this.lxa(this.fetch());
        break;
      case 0xaf:
        this.lax(this.read(this.absolute()));
        break;
      case 0xb2:
        this.jam();
        break;
      case 0xb3:
        this.lax(this.read(this.indirectY()));
        break;
      case 0xb7:
        this.lax(this.read(this.zeroPageY()));
        break;
      case 0xbb:
        this.las(this.read(this.absoluteY()));
        break;
      case 0xbf:
        this.lax(this.read(this.absoluteY()));
        break;
      case 0xc2:
        this.fetch();
        break;
      case 0xc3:
        this.dcp(this.indirectX());
        break;
      case 0xc7:
        this.dcp(this.zeroPage());
        break;
      case 0xcb:
        this.axs(this.fetch());
        break;
      case 0xcf:
        this.dcp(this.absolute());
        break;
      case 0xd2:
        this.jam();
        break;
      case 0xd3:
        this.dcp(this.indirectYStore());
        break;
      case 0xd4:
        this.read(this.zeroPageX());
        break;
      case 0xd7:
        this.dcp(this.zeroPageX());
        break;
      case 0xda:
        this.implied();
        break;
      case 0xdb:
        this.dcp(this.absoluteYStore());
        break;
      case 0xdc:
        this.read(this.absoluteX());
        break;
      case 0xdf:
        this.dcp(this.absoluteXStore());
        break;
      case 0xe2:
        this.fetch();
        break;
      case 0xe3:
        this.isc(this.indirectX());
        break;
      case 0xe7:
        this.isc(this.zeroPage());
        break;
      case 0xeb:
        this.sbc(this.fetch());
        break;
      case 0xef:
        this.isc(this.absolute());
        break;
      case 0xf2:
        this.jam();
        break;
      case 0xf3:
        this.isc(this.indirectYStore());
        break;
      case 0xf4:
        this.read(this.zeroPageX());
        break;
      case 0xf7:
        this.isc(this.zeroPageX());
        break;
      case 0xfa:
        this.implied();
        break;
      case 0xfb:
        this.isc(this.absoluteYStore());
        break;
      case 0xfc:
        this.read(this.absoluteX());
        break;
      case 0xff:
        this.isc(this.absoluteXStore());
        break;
    }
  }
}
