import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { interruptedPc } from "../../emu/nes/cpu/instruction-facts.ts";
import { ACCESS_READ, ACCESS_WRITE, JSR, OPCODE_ACCESS, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { Operands } from "../library/operands.ts";
import { CallStack } from "./call-stack.ts";
import { WrittenMarks } from "./marks.ts";
import { unmirrored, unmirroredPpu } from "./mirrors.ts";

const BRK = 0x00;
const STACK_PAGE = 0x100;
const NMI_VECTOR = 0xfffa;
const IRQ_VECTOR = 0xfffe;
/** An interrupt acts on the lines up to this many cycles before its handler. */
const INTERRUPT_CYCLES = 9;
const FLAG_I = 0x04;
const OAM_DMA = 0x4014;
const OAM_DATA = 4;
const PPU_DATA = 7;
const PAGE_BITS = 11;
const PAGE_MASK = 0x7ff;

const KIND_CALL = 0;
const KIND_NMI = 1;
const KIND_IRQ = 2;
const KIND_BRK = 3;
const NO_PRG_OFFSET = -1;

/** What the probe needs to know about a C program to find its local variables. */
export interface CProgram {
  /** Address of cc65's C stack pointer; −1 if the program has none. */
  readonly cStackAddress: number;
  /** 1 for each address at which a C function begins. */
  readonly entries: Uint8Array;
}

/**
 * Runs a machine instruction by instruction and stores facts about the last one in its fields: its opcode,
 * its accesses to each memory, and the interrupt that followed. It also updates the call stack and the marks
 * of written RAM, which need every instruction.
 *
 * Only accesses of the program are reported, not dummy accesses of the 6502 or DMC fetches. OAM DMA is
 * reported as a write to OAM.
 */
export class Probe {
  readonly nes: Nes;
  readonly operands: Operands;
  readonly calls: CallStack;
  readonly marks: WrittenMarks;

  /** The last instruction: its address, opcode, and S before it. */
  pc = 0;
  opcode = 0;
  stackBefore = 0;
  /** PRG ROM offset of the instruction; −1 if it is not there. */
  prgOffset = NO_PRG_OFFSET;
  /** The address that it accessed, and ACCESS_ bits; 0 if it accessed none. */
  kinds = 0;
  address = 0;
  /** The byte that was read or written; of a read-modify-write, the written one. */
  value = 0;
  /** The byte before a write. */
  before = 0;
  /** Stack accesses: the first and the last address, from low to high, and ACCESS_ bits. */
  stackKinds = 0;
  stackFrom = 0;
  stackTo = 0;
  /** The same for the PPU's memory, through $2007. */
  ppuKinds = 0;
  ppuAddress = 0;
  /** The same for OAM: through $2004 one byte, through $4014 all 256. */
  oamKinds = 0;
  oamAddress = 0;
  oamBytes = 0;
  /** True if a read reached RAM that nothing had written. */
  readFresh = false;
  /** True if a write reached no memory at $8000 or above. */
  wroteRom = false;
  /** True if the instruction was followed by this interrupt. */
  tookNmi = false;
  tookIrq = false;
  /** True if the instruction ended the frame. */
  endedFrame = false;
  /** PPU line, and whether rendering was enabled, at an access of $2003–$2007 or $4014; else −1. */
  registerLine = -1;
  rendered = false;
  /** True if the CPU had jammed before, so that nothing was executed. */
  wasJammed = false;

  readonly #pixels: Uint16Array;
  readonly #readPages: Int32Array;
  readonly #writePages: Int32Array;
  readonly #cStackAddress: number;
  /** 1 for each address at which a C function begins. */
  readonly #entries: Uint8Array;

  constructor(nes: Nes, image: CartridgeImage, pixels: Uint16Array, { cStackAddress, entries }: CProgram) {
    this.nes = nes;
    this.operands = new Operands(nes);
    this.calls = new CallStack(nes);
    this.marks = new WrittenMarks(nes, image);
    this.#pixels = pixels;
    this.#readPages = nes.memory.cpuReadPages;
    this.#writePages = nes.memory.cpuWritePages;
    this.#cStackAddress = cStackAddress;
    this.#entries = entries;
  }

  /** Runs one instruction and any interrupt that follows it. */
  step(): void {
    const { nes, operands } = this;
    const { cpu } = nes;
    this.#clear();
    this.wasJammed = cpu.jammed === 1;
    if (this.wasJammed) {
      this.opcode = -1;
      this.endedFrame = nes.stepInstruction(this.#pixels);
      return;
    }
    const { pc, s: stackBefore } = cpu;
    if (this.#entries[pc] !== 0) this.calls.enter(pc, this.#cStack());
    const opcode = operands.byte(pc);
    const kinds = OPCODE_ACCESS[opcode]!;
    this.pc = pc;
    this.opcode = opcode;
    this.stackBefore = stackBefore;
    this.kinds = kinds;
    if (kinds !== 0) this.#beforeAccess(operands.address(opcode));
    this.prgOffset = this.prgOffsetAt(pc);
    this.endedFrame = nes.stepInstruction(this.#pixels);
    if (kinds !== 0) this.#afterAccess();
    if (cpu.s !== stackBefore) this.#afterStack(pc, opcode, stackBefore, this.prgOffset);
  }

  /** The PRG ROM offset that the CPU sees at `address`; −1 if it sees something else. */
  prgOffsetAt(address: number): number {
    const { prgRom } = this.nes.memory;
    const page = this.#readPages[address >> PAGE_BITS]!;
    const offset = page - prgRom.offset;
    return page >= 0 && offset >= 0 && offset < prgRom.bytes ? offset + (address & PAGE_MASK) : NO_PRG_OFFSET;
  }

  #clear(): void {
    this.kinds = 0;
    this.stackKinds = 0;
    this.ppuKinds = 0;
    this.oamKinds = 0;
    this.readFresh = false;
    this.wroteRom = false;
    this.tookNmi = false;
    this.tookIrq = false;
    this.rendered = false;
    this.registerLine = -1;
  }

  #beforeAccess(address: number): void {
    this.address = unmirrored(address);
    if (address >= 0x2000 && address < 0x4020) {
      this.before = 0;
      this.#beforeRegister(address);
      return;
    }
    this.before = this.operands.byte(address);
    if ((this.kinds & ACCESS_READ) !== 0) this.readFresh = this.marks.isFreshCpu(address);
    if ((this.kinds & ACCESS_WRITE) !== 0) {
      this.marks.markCpu(address);
      this.wroteRom = address >= 0x8000 && this.#writePages[address >> PAGE_BITS]! < 0;
    }
  }

  /** Registers through which the program accesses the PPU's memories. */
  #beforeRegister(address: number): void {
    const { nes, kinds } = this;
    const isPpu = address < 0x4000;
    if (!isPpu && (address !== OAM_DMA || (kinds & ACCESS_WRITE) === 0)) return;
    const register = address & 7;
    if (isPpu && register < 3) return;
    nes.catchUp();
    const ppu = nes.ppu.state;
    this.registerLine = ppu.line;
    this.rendered = (ppu.mask & 0x18) !== 0 && (ppu.line < 240 || ppu.line === nes.region.linesPerFrame - 1);
    if (!isPpu) {
      this.oamKinds = ACCESS_WRITE;
      this.oamAddress = ppu.oamAddress;
      this.oamBytes = 256;
    } else if (register === PPU_DATA) {
      this.ppuKinds = kinds;
      this.ppuAddress = unmirroredPpu(ppu.v);
      if ((kinds & ACCESS_WRITE) !== 0 && this.ppuAddress < 0x3f00) this.marks.markPpu(this.ppuAddress);
    } else if (register === OAM_DATA) {
      this.oamKinds = kinds;
      this.oamAddress = ppu.oamAddress;
      this.oamBytes = 1;
    }
  }

  #afterAccess(): void {
    const { address, operands } = this;
    if ((this.kinds & ACCESS_WRITE) !== 0) this.value = operands.valueWritten(this.opcode, address);
    else this.value = address >= 0x2000 && address < 0x6000 ? operands.valueRead(this.opcode) : this.before;
  }

  /** Handles a change of S: pushes, pulls, calls, returns and interrupts. */
  #afterStack(pc: number, opcode: number, stackBefore: number, sitePrgOffset: number): void {
    const { calls } = this;
    const { cpu } = this.nes;
    const interrupted = this.operands.wasInterrupted(opcode, stackBefore);
    const stack = interrupted ? (cpu.s + 3) & 0xff : cpu.s;
    if (!setsStack(opcode)) this.#noteStack(stackBefore, cpu.s);
    calls.unwind(stack);
    const cStack = this.#cStack();
    if (opcode === JSR) {
      calls.push(KIND_CALL, pc, sitePrgOffset, stackBefore, cStack);
      // The interrupt comes before the routine's first instruction: its return address is the routine.
      if (interrupted) calls.retarget(this.#returnAddress());
    } else if (opcode === BRK) calls.push(KIND_BRK, pc, sitePrgOffset, stackBefore, cStack);
    if (!interrupted) return;
    const site = this.#returnAddress();
    this.tookNmi = this.#isNmi();
    this.tookIrq = !this.tookNmi;
    calls.push(this.tookNmi ? KIND_NMI : KIND_IRQ, site, this.prgOffsetAt(site), stack, cStack);
  }

  /**
   * True if the interrupt that has just started is an NMI. The vector shows it. If both vectors are the same,
   * an IRQ needs the line low and a clear I flag, which was pushed.
   */
  #isNmi(): boolean {
    const { lines, pc, cycle, s } = this.nes.cpu;
    if (pc !== this.#word(NMI_VECTOR)) return false;
    if (pc !== this.#word(IRQ_VECTOR)) return true;
    const wasDisabled = (this.operands.byte(STACK_PAGE | ((s + 1) & 0xff)) & FLAG_I) !== 0;
    return wasDisabled || (lines.irqSources === 0 && lines.irqLowUntil < cycle - INTERRUPT_CYCLES);
  }

  #word(address: number): number {
    return this.operands.byte(address) | (this.operands.byte(address + 1) << 8);
  }

  #noteStack(before: number, after: number): void {
    const moved = ((after - before + 128) & 0xff) - 128;
    const { marks } = this;
    this.stackKinds = moved < 0 ? ACCESS_WRITE : ACCESS_READ;
    this.stackFrom = STACK_PAGE | ((moved < 0 ? after + 1 : before + 1) & 0xff);
    this.stackTo = STACK_PAGE | (moved < 0 ? before : after);
    for (let count = 0; moved < 0 && count < -moved; count++)
      marks.markCpu(STACK_PAGE | ((before - count) & 0xff));
  }

  /** The return address of the interrupt handler that was just entered. */
  #returnAddress(): number {
    return interruptedPc(this.nes.cpu);
  }

  #cStack(): number {
    const at = this.#cStackAddress;
    return at < 0 ? -1 : this.#word(at);
  }
}
