/** How many bytes of state the CPU takes. */
export const CPU_65C02_BYTES = 8;

// The state.
const A = 0;
const X = 1;
const Y = 2;
const S = 3;
const P = 4;
const PC = 5; // two bytes, the low one first
const NMI_LINE = 7;

/** Bits of P. */
export const CARRY_FLAG = 0x01;
export const ZERO_FLAG = 0x02;
export const IRQ_OFF = 0x04;
export const DECIMAL_FLAG = 0x08;
/** 1 in the flags that BRK and PHP push, 0 in those of interrupts. */
export const BREAK = 0x10;
const UNUSED = 0x20;
export const OVERFLOW_FLAG = 0x40;
export const NEGATIVE_FLAG = 0x80;

/** Where BRK and IRQ find the address of their handler. */
export const IRQ_VECTOR = 0xfffe;
const STACK = 0x100;

/** The memory and the interrupt lines of a CPU. */
export interface Bus65C02 {
  read(address: number): number;
  write(address: number, value: number): void;
  /** The interrupt lines: true while asserted. */
  readonly nmi: boolean;
  readonly irq: boolean;
}

/** The registers of a 65C02, its stack and its bus, for the instructions. */
export class Registers65C02 {
  readonly bus: Bus65C02;
  readonly #state: Uint8Array;
  /** Cycles of the instruction that runs, beyond its usual number. */
  extraCycles = 0;

  /** `state` are CPU_65C02_BYTES bytes. */
  constructor(state: Uint8Array, bus: Bus65C02) {
    this.#state = state;
    this.bus = bus;
  }

  get a(): number {
    return this.#state[A];
  }

  set a(value: number) {
    this.#state[A] = value;
  }

  get x(): number {
    return this.#state[X];
  }

  set x(value: number) {
    this.#state[X] = value;
  }

  get y(): number {
    return this.#state[Y];
  }

  set y(value: number) {
    this.#state[Y] = value;
  }

  get s(): number {
    return this.#state[S];
  }

  set s(value: number) {
    this.#state[S] = value;
  }

  /** The flags as PHP pushes them: bits 4 and 5 are 1. */
  get p(): number {
    return this.#state[P] | BREAK | UNUSED;
  }

  set p(value: number) {
    this.#state[P] = value & ~(BREAK | UNUSED);
  }

  get pc(): number {
    return this.#state[PC] | (this.#state[PC + 1] << 8);
  }

  set pc(value: number) {
    this.#state[PC] = value & 0xff;
    this.#state[PC + 1] = (value >> 8) & 0xff;
  }

  /** The NMI line at the last instruction: 1 while asserted. */
  protected get nmiLine(): number {
    return this.#state[NMI_LINE];
  }

  protected set nmiLine(level: number) {
    this.#state[NMI_LINE] = level;
  }

  has(flag: number): boolean {
    return (this.#state[P] & flag) !== 0;
  }

  setFlag(flag: number, isSet: boolean): void {
    if (isSet) this.#state[P] |= flag;
    else this.#state[P] &= ~flag;
  }

  /** Sets N and Z from a byte, and returns it. */
  flagged(value: number): number {
    const byte = value & 0xff;
    this.setFlag(ZERO_FLAG, byte === 0);
    this.setFlag(NEGATIVE_FLAG, byte >= 0x80);
    return byte;
  }

  fetch(): number {
    const { pc } = this;
    this.pc = pc + 1;
    return this.bus.read(pc);
  }

  fetchWord(): number {
    const low = this.fetch();
    return low | (this.fetch() << 8);
  }

  readWord(address: number): number {
    return this.bus.read(address) | (this.bus.read((address + 1) & 0xffff) << 8);
  }

  push(value: number): void {
    this.bus.write(STACK | this.s, value & 0xff);
    this.s -= 1;
  }

  pull(): number {
    this.s += 1;
    return this.bus.read(STACK | this.s);
  }

  pushWord(value: number): void {
    this.push(value >> 8);
    this.push(value);
  }

  pullWord(): number {
    const low = this.pull();
    return low | (this.pull() << 8);
  }

  /** BRK: the byte after the opcode is skipped. */
  break(): void {
    this.pc += 1;
    this.enter(IRQ_VECTOR, this.p);
  }

  /** Pushes PC and P, and goes to a handler. Unlike the NMOS chip, this one leaves decimal mode. */
  enter(vector: number, flags: number): void {
    this.pushWord(this.pc);
    this.push(flags);
    this.disableIrq();
    this.pc = this.readWord(vector);
  }

  /** What every interrupt and a reset do to P. */
  disableIrq(): void {
    this.p = (this.p | IRQ_OFF) & ~DECIMAL_FLAG;
  }
}
