import type { Apu } from "./apu/apu.ts";
import { type Board, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_CPU_WRITES } from "./cartridge/board.ts";
import type { CartridgeMemory } from "./cartridge/memory.ts";
import type { InputPorts } from "./input/ports.ts";
import type { InterruptLines } from "./interrupts.ts";
import type { Ppu } from "./ppu/ppu.ts";

/** Everything that the CPU's bus can access. */
export interface BusParts {
  readonly memory: CartridgeMemory;
  readonly board: Board;
  readonly ppu: Ppu;
  readonly apu: Apu;
  readonly ports: InputPorts;
  readonly lines: InterruptLines;
  /** True if DMA halts the CPU only at the first cycle of an instruction. */
  readonly haltsAtOpcode?: boolean;
}

/**
 * The CPU's address space, $0000–$FFFF, and the machine's time: one access is one CPU cycle. Each access
 * compares its cycle with the horizon, the first cycle after which something other than the CPU may matter;
 * only accesses past it do further work. Memory is read through page tables, registers through methods.
 * https://www.nesdev.org/wiki/CPU_memory_map
 */
export abstract class Bus {
  /** The cycle of the current or last access, counted from the start of the frame. */
  cycle = 0;
  /** Accesses in cycles after this one first bring the rest of the machine up to date. */
  horizon = -1;
  /** The byte on the external data bus, which reads of unmapped addresses return. */
  dataBus = 0;
  /** Counts accesses that change the machine, or could: writes, registers, DMA. */
  effects = 0;
  /** The cycle of the last read of $2002 that changed nothing. */
  pollCycle = -1;
  /** The last read of $4015 and its cycle. */
  statusRead = 0;
  statusReadCycle = -2;

  readonly memory: CartridgeMemory;
  readonly lines: InterruptLines;
  protected readonly board: Board;
  protected readonly ppu: Ppu;
  protected readonly apu: Apu;
  protected readonly ports: InputPorts;
  protected readonly bytes: Uint8Array;
  protected readonly readPages: Int32Array;
  protected readonly writePages: Int32Array;

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

  /** A read cycle. DMA can take the bus first, for some cycles. */
  read(address: number): number {
    if (++this.cycle > this.horizon) this.passHorizonReading(address);
    const page = this.readPages[address >> 11];
    if (page < 0) return this.readRegister(address);
    const value = this.bytes[page + (address & 0x7ff)];
    this.dataBus = value;
    return value;
  }

  /** A read within a cycle that is already counted. */
  protected busRead(address: number): number {
    const page = this.readPages[address >> 11];
    if (page < 0) return this.readRegister(address);
    const value = this.bytes[page + (address & 0x7ff)];
    this.dataBus = value;
    return value;
  }

  /** A write cycle. DMA never takes the bus from a write. */
  write(address: number, value: number): void {
    if (++this.cycle > this.horizon) this.passHorizon();
    this.effects++;
    const page = this.writePages[address >> 11];
    if (page < 0) this.writeRegister(address, value);
    else this.bytes[page + (address & 0x7ff)] = value;
    this.dataBus = value;
  }

  /** Handles a read past the horizon: first events, then any DMA that waits for a read. */
  protected abstract passHorizonReading(address: number): void;

  /** Handles all events up to the end of the last cycle and computes a new horizon. */
  protected passHorizon(): void {
    const done = this.cycle - 1;
    if (this.apu.nextEventCycle <= done || this.apu.dmc.requestCycle <= this.cycle) this.apu.runTo(done);
    if (this.ppu.nextEventCycle <= done) this.ppu.passEvent(done);
    if ((this.board.hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(done);
    this.updateHorizon();
  }

  /** Must be called after anything that may bring an event nearer, mostly register accesses. */
  protected updateHorizon(): void {
    const apu = this.apu.nextEventCycle;
    const ppu = this.ppu.nextEventCycle;
    const board = this.board.nextEventCycle;
    const dma = this.dmaCycle - 1;
    const chips = apu < ppu ? apu : ppu;
    const others = board < dma ? board : dma;
    this.horizon = chips < others ? chips : others;
  }

  /** The first cycle in which a DMA may halt a read; NEVER if none waits. */
  protected abstract get dmaCycle(): number;

  /** $4014 has been written: a DMA from `page` begins with the next read. */
  protected abstract startOamDma(page: number): void;

  /** Reads an address without memory: registers, the board, or open bus. */
  protected readRegister(address: number): number {
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
    if (address < 0x4020) return this.readInternal(address);
    if ((this.board.hooks & HOOK_CPU_READS) !== 0) {
      this.ppu.runToRead(this.cycle);
      this.dataBus = this.board.readRegister(address, this.dataBus, this.cycle);
      this.updateHorizon();
    }
    return this.dataBus;
  }

  /**
   * Reads a register inside the 2A03, by the low five bits of `address`. $4015 drives only the internal bus;
   * the external one keeps its value. https://www.nesdev.org/wiki/Open_bus_behavior
   */
  protected readInternal(address: number): number {
    const register = address & 0x1f;
    if (register === 0x15) return this.#readApuStatus();
    if (register === 0x16 || register === 0x17) {
      this.dataBus = this.ports.read(register & 1, this.cycle, this.dataBus);
    }
    return this.dataBus;
  }

  /**
   * Reads $4015. Bit 5 comes from the internal bus: it is that of the byte read before, even if that came
   * from $4015.
   */
  #readApuStatus(): number {
    const repeats = this.statusReadCycle === this.cycle - 1;
    const internalBus = repeats ? this.statusRead : this.dataBus;
    this.statusRead = this.apu.readStatus(this.cycle) | (internalBus & 0x20);
    this.statusReadCycle = this.cycle;
    this.updateHorizon();
    return this.statusRead;
  }

  /** Writes an address without RAM. */
  protected writeRegister(address: number, value: number): void {
    if (address < 0x4000) {
      if ((this.board.hooks & HOOK_CPU_WRITES) !== 0) this.board.writeRegister(address, value, this.cycle);
      this.ppu.writeRegister(address & 7, value, this.cycle, this.dataBus);
    } else if (address < 0x4020) {
      this.#writeInternal(address, value);
      if ((this.board.hooks & HOOK_CPU_WRITES) !== 0) {
        this.ppu.runToWrite(this.cycle);
        this.board.writeRegister(address, value, this.cycle);
        this.ppu.pagesChanged();
      }
    } else {
      const isSeen = !this.board.isUnseenByPpu(address, value);
      if (isSeen) this.ppu.runToWrite(this.cycle);
      if ((this.board.hooks & HOOK_CPU_TIME) !== 0) this.board.runTo(this.cycle - 1);
      this.board.writeRegister(address, value, this.cycle);
      if (isSeen) this.ppu.pagesChanged();
    }
    this.updateHorizon();
  }

  #writeInternal(address: number, value: number): void {
    if (address === 0x4014) this.startOamDma(value);
    else if (address === 0x4016) this.ports.write(value, this.cycle);
    else if (address <= 0x4017) this.apu.writeRegister(address, value, this.cycle);
  }

  /** Reads a byte without side effects; registers return open bus. */
  peek(address: number): number {
    const page = this.readPages[address >> 11];
    if (page >= 0) return this.bytes[page + (address & 0x7ff)];
    if (address >= 0x4020) return this.board.peekRegister(address, this.dataBus);
    if (address < 0x4000) return this.ppu.peekRegister(address & 7);
    return address === 0x4015 ? this.apu.peekStatus() | (this.dataBus & 0x20) : this.dataBus;
  }

  /** Writes a byte, only to RAM. */
  poke(address: number, value: number): void {
    const page = this.writePages[address >> 11];
    if (page >= 0) this.bytes[page + (address & 0x7ff)] = value & 0xff;
  }
}
