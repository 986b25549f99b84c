import { KIB } from "../../../../units.ts";

/** The program memory: 512 words of 12 bits, each stored in two bytes, the low one first. */
export const PIC_ROM_BYTES = KIB;
/** How many bytes the chip's state takes. */
export const PIC_STATE_BYTES = 48;

// The state: the register file, whose first registers are special, then what programs cannot address.
const TMR0 = 1;
const PCL = 2;
const STATUS = 3;
const FSR = 4;
const PORT_A = 5;
const PORT_B = 6;
const W = 32;
const OPTION = 33;
const TRIS_A = 34; // 1 is an input
const TRIS_B = 35;
const PC_HIGH = 36;
const STACK = 37; // two addresses of two bytes, the newest first
const PRESCALER = 41;
/** Instruction cycles in which the timer does not count, after a write to it. */
const TIMER_DELAY = 42;
/** 1 in the second cycle of an instruction. */
const IS_BUSY = 43;

// STATUS
const CARRY = 1;
const DIGIT_CARRY = 2;
const ZERO = 4;
const POWER_DOWN = 8; // 0 while the chip sleeps
const TIME_OUT = 0x10;

// OPTION
const PRESCALER_IS_WATCHDOGS = 8;
const COUNTS_PIN = 0x20;

/**
 * A Microchip PIC16C54, a microcontroller with 25 bytes of RAM and 12 pins of input and output. The watchdog
 * is off and T0CKI does not change: no board here uses them. Microchip DS30453, PIC16C5X data sheet.
 */
export class Pic16c54 {
  readonly #state: Uint8Array;
  readonly #rom: Uint8Array;
  #pinsA = 0;
  #pinsB = 0;

  /** `state` are PIC_STATE_BYTES bytes, `rom` PIC_ROM_BYTES. */
  constructor(state: Uint8Array, rom: Uint8Array) {
    this.#state = state;
    this.#rom = rom;
  }

  /** Starts the program at the last word. RAM keeps its contents. */
  reset(): void {
    const state = this.#state;
    state.fill(0, IS_BUSY, PIC_STATE_BYTES);
    state[PCL] = 0xff;
    state[PC_HIGH] = 1;
    state[STATUS] = (state[STATUS] & (CARRY | DIGIT_CARRY | ZERO)) | TIME_OUT | POWER_DOWN;
    state[OPTION] = 0x3f;
    state[TRIS_A] = 0x0f;
    state[TRIS_B] = 0xff;
    state[PRESCALER] = 0;
    state[TIMER_DELAY] = 0;
  }

  /** The level of a pin of port A: true if the chip drives it low. */
  drivesLow(pin: number): boolean {
    return ((this.#state[TRIS_A] | this.#state[PORT_A]) & (1 << pin)) === 0;
  }

  /** Runs an instruction cycle, four of the clock. `pinsA` and `pinsB` are the levels of the input pins. */
  runCycle(pinsA: number, pinsB: number): void {
    const state = this.#state;
    this.#pinsA = pinsA;
    this.#pinsB = pinsB;
    if ((state[STATUS] & POWER_DOWN) === 0) return;
    if (state[IS_BUSY] === 0) this.#execute(this.#fetch());
    else state[IS_BUSY] = 0;
    this.#countTimer();
  }

  #fetch(): number {
    const pc = this.#pc;
    this.#pc = pc + 1;
    return this.#rom[pc * 2] | ((this.#rom[pc * 2 + 1] & 0x0f) << 8);
  }

  get #pc(): number {
    return this.#state[PCL] | ((this.#state[PC_HIGH] & 1) << 8);
  }

  set #pc(address: number) {
    this.#state[PCL] = address & 0xff;
    this.#state[PC_HIGH] = (address >> 8) & 1;
  }

  /** Sets the program counter in an instruction of two cycles. */
  #jump(address: number): void {
    this.#pc = address;
    this.#state[IS_BUSY] = 1;
  }

  #countTimer(): void {
    const state = this.#state;
    const option = state[OPTION];
    if ((option & COUNTS_PIN) !== 0) return;
    if (state[TIMER_DELAY] !== 0) state[TIMER_DELAY]--;
    else if ((option & PRESCALER_IS_WATCHDOGS) !== 0) state[TMR0]++;
    else {
      const rate = 2 << (option & 7);
      state[PRESCALER]++;
      if ((state[PRESCALER] & (rate - 1)) === 0) state[TMR0]++;
    }
  }

  #execute(word: number): void {
    const state = this.#state;
    const literal = word & 0xff;
    switch (word >> 8) {
      case 0x8: // RETLW
        state[W] = literal;
        this.#jump(state[STACK] | (state[STACK + 1] << 8));
        state.copyWithin(STACK, STACK + 2, STACK + 4);
        break;
      case 0x9: // CALL reaches the lower half only
        state.copyWithin(STACK + 2, STACK, STACK + 2);
        state[STACK] = state[PCL];
        state[STACK + 1] = state[PC_HIGH];
        this.#jump(literal);
        break;
      case 0xa: // GOTO
      case 0xb:
        this.#jump(word & 0x1ff);
        break;
      case 0xc: // MOVLW
        state[W] = literal;
        break;
      case 0xd: // IORLW
        state[W] |= literal;
        this.#setZero(state[W]);
        break;
      case 0xe: // ANDLW
        state[W] &= literal;
        this.#setZero(state[W]);
        break;
      case 0xf: // XORLW
        state[W] ^= literal;
        this.#setZero(state[W]);
        break;
      default:
        if (word >= 0x400) this.#executeBit(word);
        else if (word >= 0x80) this.#executeByte(word);
        else this.#executeShort(word);
    }
  }

  /** MOVWF, CLRW, CLRF, and what has no operand. Unknown words do nothing. */
  #executeShort(word: number): void {
    const state = this.#state;
    if (word >= 0x40) {
      if (word >= 0x60) this.#write(word & 0x1f, 0);
      else state[W] = 0;
      this.#setZero(0);
    } else if (word >= 0x20) this.#write(word & 0x1f, state[W]);
    else if (word === 2) state[OPTION] = state[W] & 0x3f;
    else if (word === 3)
      state[STATUS] = (state[STATUS] & ~POWER_DOWN) | TIME_OUT; // SLEEP
    else if (word === 4)
      state[STATUS] |= TIME_OUT | POWER_DOWN; // CLRWDT
    else if (word === 5) state[TRIS_A] = state[W] & 0x0f;
    else if (word === 6) state[TRIS_B] = state[W];
  }

  /** BCF, BSF, BTFSC, BTFSS. */
  #executeBit(word: number): void {
    const register = word & 0x1f;
    const mask = 1 << ((word >> 5) & 7);
    const value = this.#read(register);
    switch (word >> 8) {
      case 4:
        this.#write(register, value & ~mask);
        break;
      case 5:
        this.#write(register, value | mask);
        break;
      case 6:
        this.#skipIf((value & mask) === 0);
        break;
      default:
        this.#skipIf((value & mask) !== 0);
    }
  }

  /** Operations on a register and W, whose result goes to the register if bit 5 is set, else to W. */
  #executeByte(word: number): void {
    const state = this.#state;
    const register = word & 0x1f;
    const value = this.#read(register);
    const w = state[W];
    const operation = word >> 6;
    const carryIn = state[STATUS] & CARRY;
    const result = resultOf(operation, value, w, carryIn);
    // A write to STATUS does not change the flags that the instruction sets.
    if ((word & 0x20) !== 0) this.#write(register, result & 0xff);
    else state[W] = result & 0xff;
    if (operation === DECFSZ || operation === INCFSZ) this.#skipIf((result & 0xff) === 0);
    else if (operation === RRF) this.#setFlags(CARRY, value & 1);
    else if (operation === RLF) this.#setFlags(CARRY, value >> 7);
    else if (operation !== SWAPF) this.#setZero(result & 0xff);
    if (operation === ADDWF) {
      const digit = (value & 15) + (w & 15) > 15;
      this.#setFlags(CARRY | DIGIT_CARRY, (result > 0xff ? CARRY : 0) | (digit ? DIGIT_CARRY : 0));
    } else if (operation === SUBWF) {
      // Both are 1 if nothing was borrowed.
      const digit = (value & 15) >= (w & 15);
      this.#setFlags(CARRY | DIGIT_CARRY, (value >= w ? CARRY : 0) | (digit ? DIGIT_CARRY : 0));
    }
  }

  /** Skips the next instruction, which takes its cycle. */
  #skipIf(isTrue: boolean): void {
    if (isTrue) this.#jump(this.#pc + 1);
  }

  #setZero(result: number): void {
    this.#setFlags(ZERO, result === 0 ? ZERO : 0);
  }

  #setFlags(mask: number, flags: number): void {
    this.#state[STATUS] = (this.#state[STATUS] & ~mask) | flags;
  }

  /** Register 0 is the one that FSR names. */
  #read(named: number): number {
    const state = this.#state;
    const register = named === 0 ? state[FSR] & 0x1f : named;
    switch (register) {
      case 0:
        return 0;
      case FSR:
        return state[FSR] | 0xe0;
      case PORT_A:
        return ((this.#pinsA & state[TRIS_A]) | (state[PORT_A] & ~state[TRIS_A])) & 0x0f;
      case PORT_B:
        return (this.#pinsB & state[TRIS_B]) | (state[PORT_B] & ~state[TRIS_B] & 0xff);
      default:
        return state[register];
    }
  }

  #write(named: number, value: number): void {
    const state = this.#state;
    const register = named === 0 ? state[FSR] & 0x1f : named;
    switch (register) {
      case 0:
        return;
      case TMR0:
        state[TMR0] = value;
        state[TIMER_DELAY] = 3; // the rest of this instruction, and two more
        if ((state[OPTION] & PRESCALER_IS_WATCHDOGS) === 0) state[PRESCALER] = 0;
        return;
      case PCL:
        this.#jump(value);
        return;
      case STATUS:
        this.#setFlags(0xff & ~(TIME_OUT | POWER_DOWN), value & ~(TIME_OUT | POWER_DOWN));
        return;
      default:
        state[register] = value;
    }
  }
}

// Operations of #executeByte: bits 6 to 9 of the instruction.
const SUBWF = 2;
const ADDWF = 7;
const DECFSZ = 11;
const RRF = 12;
const RLF = 13;
const SWAPF = 14;
const INCFSZ = 15;

/** The result of an operation; more than 8 bits are carry. */
function resultOf(operation: number, value: number, w: number, carry: number): number {
  switch (operation) {
    case SUBWF:
      return value - w;
    case 3: // DECF
    case DECFSZ:
      return value - 1;
    case 4: // IORWF
      return value | w;
    case 5: // ANDWF
      return value & w;
    case 6: // XORWF
      return value ^ w;
    case ADDWF:
      return value + w;
    case 9: // COMF
      return ~value;
    case 10: // INCF
    case INCFSZ:
      return value + 1;
    case RRF:
      return (value >> 1) | (carry << 7);
    case RLF:
      return (value << 1) | carry;
    case SWAPF:
      return (value >> 4) | (value << 4);
    default: // MOVF
      return value;
  }
}
