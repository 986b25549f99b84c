import { BITS_3_5, F, HL, IX, PC, PREVIOUS, R, SP, WZ } from "./registers.ts";

/** Memory and ports as the Z80 sees them. */
export interface Z80Bus {
  /** Returns the byte at a 16-bit address. */
  read(address: number): number;
  write(address: number, value: number): void;
  /** Returns the byte at a port. The 16 bits on the address bus are B or A, then the port's number. */
  readPort(port: number): number;
  writePort(port: number, value: number): void;
}

/**
 * The registers of the Z80 and its machine cycles. Each access to the bus adds its T-states, so the time of
 * an instruction follows from its accesses. Zilog, Z80 CPU User Manual (UM0080), "Timing".
 */
export class Z80Core {
  /** T-states since the owner last set it. */
  cycle = 0;
  /** Whether the current instruction has set flags. Only valid during an instruction. */
  hasSetFlags = false;

  readonly bus: Z80Bus;
  /** All registers, at the indices of registers.ts. */
  readonly registers: Uint8Array;

  constructor(bus: Z80Bus, registers: Uint8Array) {
    this.bus = bus;
    this.registers = registers;
  }

  byte(at: number): number {
    return this.registers[at]!;
  }

  setByte(at: number, value: number): void {
    this.registers[at] = value;
  }

  /** The pair whose high byte is at an index. */
  pair(at: number): number {
    return (this.registers[at]! << 8) | this.registers[at + 1]!;
  }

  setPair(at: number, value: number): void {
    this.registers[at] = value >> 8;
    this.registers[at + 1] = value;
  }

  setFlags(flags: number): void {
    this.registers[F] = flags;
    this.hasSetFlags = true;
  }

  /** An instruction that the next step must know of: `AFTER_EI`, for example. */
  remember(instruction: number): void {
    this.registers[PREVIOUS] = instruction;
  }

  /** T-states in which the bus is idle. */
  idle(states: number): void {
    this.cycle += states;
  }

  /** The M1 cycle: an opcode, and a refresh of dynamic RAM, which counts the low seven bits of R. */
  fetchOpcode(): number {
    const opcode = this.fetchIgnored();
    this.setPair(PC, this.pair(PC) + 1);
    return opcode;
  }

  /** An M1 cycle that leaves PC, as HALT and the acceptance of an NMI do. */
  fetchIgnored(): number {
    this.cycle += 4;
    this.countRefresh();
    return this.bus.read(this.pair(PC));
  }

  countRefresh(): void {
    const r = this.registers[R]!;
    this.registers[R] = (r & 0x80) | ((r + 1) & 0x7f);
  }

  /** A byte that follows the opcode. */
  fetchByte(): number {
    const pc = this.pair(PC);
    this.setPair(PC, pc + 1);
    return this.read(pc);
  }

  fetchWord(): number {
    const low = this.fetchByte();
    return low | (this.fetchByte() << 8);
  }

  read(address: number): number {
    this.cycle += 3;
    return this.bus.read(address);
  }

  write(address: number, value: number): void {
    this.cycle += 3;
    this.bus.write(address, value);
  }

  readPort(port: number): number {
    this.cycle += 4;
    return this.bus.readPort(port);
  }

  writePort(port: number, value: number): void {
    this.cycle += 4;
    this.bus.writePort(port, value);
  }

  push(value: number): void {
    const sp = this.pair(SP);
    this.setPair(SP, sp - 2);
    this.write((sp - 1) & 0xffff, value >> 8);
    this.write((sp - 2) & 0xffff, value & 0xff);
  }

  pop(): number {
    const sp = this.pair(SP);
    this.setPair(SP, sp + 2);
    const low = this.read(sp);
    return low | (this.read((sp + 1) & 0xffff) << 8);
  }

  jump(address: number): void {
    this.setPair(PC, address);
    this.setPair(WZ, address);
  }

  call(address: number): void {
    this.push(this.pair(PC));
    this.jump(address);
  }

  /**
   * The address of the operand that opcodes call (HL). After a prefix it is (IX+d) or (IY+d), whose sum takes
   * five T-states.
   */
  operandAddress(index: number): number {
    if (index === HL) return this.pair(HL);
    const address = this.displaced(index, this.fetchByte());
    this.idle(5);
    return address;
  }

  /** Adds a signed byte to the pair at an index. The sum is in WZ too. */
  displaced(at: number, displacement: number): number {
    const address = (this.pair(at) + ((displacement << 24) >> 24)) & 0xffff;
    this.setPair(WZ, address);
    return address;
  }

  /** Repeats a block instruction: PC returns to it, and bits 3 and 5 of F are those of PC's high byte. */
  repeat(): void {
    const pc = (this.pair(PC) - 2) & 0xffff;
    this.idle(5);
    this.setPair(PC, pc);
    this.setPair(WZ, pc + 1);
    this.setFlags((this.byte(F) & ~BITS_3_5) | ((pc >> 8) & BITS_3_5));
  }
}

/** The register with a code of an opcode: after a prefix, H and L are the halves of IX or IY. */
export function registerWithCode(code: number, index: number): number {
  return code >> 1 === HL >> 1 && index >= IX ? index + (code & 1) : code;
}
