import { BYTE, defineFields, range } from "../state-fields.ts";
import type { Apu } from "./apu/apu.ts";
import {
  type Board,
  HOOK_CPU_ADDRESS,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_NMI,
  HOOK_NSF,
} from "./cartridge/board.ts";
import type { CartridgeMemory } from "./cartridge/memory.ts";
import type { InputPorts } from "./input/ports.ts";
import { type InterruptLines, NEVER } from "./interrupts.ts";
import type { Ppu } from "./ppu/ppu.ts";
import { MAX_CYCLES } from "./region.ts";

/** The parts of the machine that the CPU's bus reaches. */
export interface BusParts {
  readonly memory: CartridgeMemory;
  readonly board: Board;
  readonly ppu: Ppu;
  readonly apu: Apu;
  readonly ports: InputPorts;
  readonly lines: InterruptLines;
}

/** Before a DMA unit is connected, nothing halts a read. */
const NO_DMA: DmaUnit = { haltCycle: NEVER, startOam() {}, halt() {} };

/** The DMA unit, as the bus sees it. */
export interface DmaUnit {
  /** The first cycle in which a DMA may halt a read; NEVER if none waits. */
  readonly haltCycle: number;
  /** Call it when $4014 is written, in `cycle`. The copy of `page` to OAM begins with the next read. */
  startOam(page: number, cycle: number): void;
  /**
   * Runs the DMA that halts the read of `address` in this cycle. Returns in the cycle in which the CPU can
   * read.
   */
  halt(address: number): void;
}

/**
 * The CPU's address space, $0000–$FFFF, and the machine's time: one access is one CPU cycle. Each access
 * compares its cycle with `horizon`, the last cycle before anything but the CPU can matter. The other chips
 * catch up only after it. Memory is read through page tables, registers through methods.
 * https://www.nesdev.org/wiki/CPU_memory_map
 */
export class Bus {
  /** The cycle of the current access, or of the last one, counted from the start of the frame. */
  cycle = 0;
  /** The last cycle before an event: later accesses first bring the rest of the machine up to date. */
  horizon = -1;
  /** The byte that the external data bus holds. Reads of unmapped addresses return it. */
  dataBus = 0;
  /** The last value read from $4015, and its cycle. */
  statusRead = 0;
  statusReadCycle = -2;
  /** The cycle in which the last opcode was read, or is being read. */
  opcodeCycle = -1;
  /** Number of accesses that may have changed something: writes, DMA, and reads of registers. */
  effects = 0;
  /** The cycle of the last read of $2002 that changed nothing. */
  pollCycle = -1;

  readonly memory: CartridgeMemory;
  readonly lines: InterruptLines;
  readonly board: Board;
  readonly ppu: Ppu;
  readonly apu: Apu;
  readonly ports: InputPorts;
  readonly bytes: Uint8Array;
  readonly readPages: Int32Array;
  readonly writePages: Int32Array;
  /** Set once, by `connectDma`. */
  #dma: DmaUnit = NO_DMA;

  constructor(parts: BusParts) {
    this.memory = parts.memory;
    this.lines = parts.lines;
    this.board = parts.board;
    this.ppu = parts.ppu;
    this.apu = parts.apu;
    this.ports = parts.ports;
    this.bytes = parts.memory.bytes;
    this.readPages = parts.memory.cpuReadPages;
    this.writePages = parts.memory.cpuWritePages;
  }

  /** Connects the unit that can halt reads. */
  connectDma(dma: DmaUnit): void {
    this.#dma = dma;
  }

  /** Power-on values. The first access is cycle 0. */
  powerOn(): void {
    this.cycle = -1;
    this.horizon = -1;
    this.opcodeCycle = -1;
    this.dataBus = 0;
    this.statusRead = 0;
    this.statusReadCycle = -2;
    this.pollCycle = -1;
  }

  /** Subtracts `cycles` from the count of cycles, at the end of a frame. */
  rebase(cycles: number): void {
    this.cycle -= cycles;
    this.horizon -= cycles;
    this.opcodeCycle -= cycles;
    this.pollCycle = -1;
    this.statusReadCycle = Math.max(this.statusReadCycle - cycles, -cycles);
  }

  /** Call it after setting fields from outside: the next access computes the horizon again. */
  stateLoaded(): void {
    this.horizon = -1;
    this.opcodeCycle = -1;
    this.pollCycle = -1;
  }

  /** Runs a read cycle. DMA can take the bus for some cycles before it. */
  read(address: number): number {
    if (++this.cycle > this.horizon) this.passHorizonReading(address);
    const page = this.readPages[address >> 11];
    if (page < 0) return this.readRegister(address);
    const value = this.bytes[page + (address & 0x7ff)];
    this.dataBus = value;
    return value;
  }

  /** Reads within a cycle that is already counted. */
  busRead(address: number): number {
    const page = this.readPages[address >> 11];
    if (page < 0) return this.readRegister(address);
    const value = this.bytes[page + (address & 0x7ff)];
    this.dataBus = value;
    return value;
  }

  /** Runs a write cycle. DMA never takes the bus from a write. */
  write(address: number, value: number): void {
    if (++this.cycle > this.horizon) this.passHorizon(address);
    this.effects++;
    const page = this.writePages[address >> 11];
    if (page < 0) this.writeRegister(address, value);
    else this.bytes[page + (address & 0x7ff)] = value;
    this.dataBus = value;
  }

  /** Handles a read after the horizon: first events, then any DMA that waits for a read. */
  passHorizonReading(address: number): void {
    this.passHorizon(address);
    if (this.cycle >= this.#dma.haltCycle) this.#dma.halt(address);
  }

  /**
   * Brings the machine up to the end of the last cycle and computes a new horizon. `address` is on the bus in
   * this cycle.
   */
  passHorizon(address: number): void {
    const { hooks } = this.board;
    const done = this.cycle - 1;
    if (this.apu.nextEventCycle <= done || this.apu.dmc.requestCycle <= this.cycle) this.apu.runTo(done);
    if (this.ppu.nextEventCycle <= done) this.ppu.passEvent(done);
    if (this.ports.nextEventCycle <= done) this.ports.passEvent(done);
    if ((hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(done);
    if ((hooks & HOOK_CPU_ADDRESS) !== 0 && this.board.nextEventCycle <= done)
      this.board.seeAddress(address, this.cycle);
    this.updateHorizon();
  }

  /**
   * Computes the horizon again. Call it after anything that may bring an event nearer, mostly register
   * accesses.
   */
  updateHorizon(): void {
    const apu = this.apu.nextEventCycle;
    const ppu = this.ppu.nextEventCycle;
    const board = this.board.nextEventCycle;
    const dma = this.#dma.haltCycle - 1;
    const chips = apu < ppu ? apu : ppu;
    const others = board < dma ? board : dma;
    const ports = this.ports.nextEventCycle;
    const nearest = chips < others ? chips : others;
    this.horizon = nearest < ports ? nearest : ports;
  }

  /** Reads where no memory is mapped: registers, the board, or open bus. */
  readRegister(address: number): number {
    if (address < 0x4000) {
      this.dataBus = this.ppu.readRegister(address & 7, this.cycle);
      if (this.ppu.steadyUntilUnits !== 0) {
        this.pollCycle = this.cycle;
        return this.dataBus;
      }
      this.effects++;
      this.updateHorizon();
      return this.dataBus;
    }
    this.effects++;
    const isInternal = address < 0x4018 || (address < 0x4020 && (this.board.hooks & HOOK_NSF) === 0);
    if (isInternal) return this.readInternal(address);
    if ((this.board.hooks & HOOK_CPU_READS) !== 0) {
      this.ppu.runToRead(this.cycle);
      this.dataBus = this.board.readRegister(address, this.dataBus, this.cycle);
      this.updateHorizon();
    }
    return this.dataBus;
  }

  /** The CPU has read the vector of an NMI. */
  nmiVectorRead(): void {
    if ((this.board.hooks & HOOK_NMI) === 0) return;
    this.ppu.runToRead(this.cycle);
    this.board.seeNmi(this.cycle);
    this.updateHorizon();
  }

  /**
   * Reads a register inside the 2A03, by the low five bits of `address`. $4015 drives the internal bus
   * alone: the external one keeps its value. https://www.nesdev.org/wiki/Open_bus_behavior
   */
  readInternal(address: number): number {
    const register = address & 0x1f;
    if (register === 0x15) return this.#readApuStatus();
    if (register === 0x16 || register === 0x17) {
      this.dataBus = this.ports.read(register & 1, this.cycle, this.dataBus);
    }
    return this.dataBus;
  }

  /** Bit 5 of $4015 is open bus: bit 5 of the byte that was read before, which may also be from $4015. */
  #readApuStatus(): number {
    const repeats = this.statusReadCycle === this.cycle - 1;
    const internalBus = repeats ? this.statusRead : this.dataBus;
    this.statusRead = this.apu.readStatus(this.cycle) | (internalBus & 0x20);
    this.statusReadCycle = this.cycle;
    this.updateHorizon();
    return this.statusRead;
  }

  /** Writes where no RAM is mapped. */
  writeRegister(address: number, value: number): void {
    if (address < 0x4000) {
      if ((this.board.hooks & HOOK_CPU_WRITES) !== 0) this.#writeToSeeingBoard(address, value);
      if ((this.board.hooks & HOOK_NSF) === 0)
        this.ppu.writeRegister(address & 7, value, this.cycle, this.dataBus);
    } else if (address < 0x4018 || (address < 0x4020 && (this.board.hooks & HOOK_NSF) === 0)) {
      this.#writeInternal(address, value);
      if ((this.board.hooks & HOOK_CPU_WRITES) !== 0) this.#writeToSeeingBoard(address, value);
    } else {
      const isSeen = !this.board.isUnseenByPpu(address, value);
      if (isSeen) this.ppu.runToWrite(this.cycle);
      if ((this.board.hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(this.cycle - 1);
      this.board.writeRegister(address, value, this.cycle);
      if (isSeen) this.ppu.pagesChanged();
    }
    this.updateHorizon();
  }

  /** A board that sees writes below $4020 may also watch the PPU's reads, which come first. */
  #writeToSeeingBoard(address: number, value: number): void {
    this.ppu.runToWrite(this.cycle);
    this.board.writeRegister(address, value, this.cycle);
    this.ppu.pagesChanged();
  }

  #writeInternal(address: number, value: number): void {
    if (address === 0x4014) this.#dma.startOam(value, this.cycle);
    else if (address === 0x4016) this.ports.write(value, this.cycle);
    else if (address <= 0x4017) this.apu.writeRegister(address, value, this.cycle);
    else if (address >= 0x401c) this.ports.writeSound(address, value, this.cycle);
  }

  /** Reads a byte without side effects. Registers read as open bus. */
  peek(address: number): number {
    const page = this.readPages[address >> 11];
    if (page >= 0) return this.bytes[page + (address & 0x7ff)];
    if (address >= 0x4020) return this.board.peekRegister(address, this.dataBus);
    if (address < 0x4000) return this.ppu.peekRegister(address & 7);
    return address === 0x4015 ? this.apu.peekStatus() | (this.dataBus & 0x20) : this.dataBus;
  }

  /** Writes to RAM only. */
  poke(address: number, value: number): void {
    const page = this.writePages[address >> 11];
    if (page >= 0) this.bytes[page + (address & 0x7ff)] = value & 0xff;
  }
}

/** The fields that a saved state holds. */
export const BUS_FIELDS = defineFields<Bus, "horizon" | "opcodeCycle" | "effects" | "pollCycle">()({
  cycle: range(-1, MAX_CYCLES),
  dataBus: BYTE,
  statusRead: BYTE,
  statusReadCycle: range(-MAX_CYCLES, MAX_CYCLES),
});
