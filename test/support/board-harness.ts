import { Arena } from "../../src/emu/arena.ts";
import {
  type Board,
  type BoardOptions,
  HOOK_CPU_TIME,
  REGISTER_BYTES,
} from "../../src/emu/nes/cartridge/board.ts";
import { boardChips, createBoard } from "../../src/emu/nes/cartridge/boards/index.ts";
import type { CartridgeImage } from "../../src/emu/nes/cartridge/image.ts";
import {
  CartridgeMemory,
  type Chip,
  CPU_PAGE_BYTES,
  PPU_PAGE_BYTES,
  UNMAPPED,
} from "../../src/emu/nes/cartridge/memory.ts";
import { InterruptLines, IRQ_BOARD } from "../../src/emu/nes/interrupts.ts";
import { KIB } from "../../src/emu/units.ts";

/** A cartridge in a test; sizes in KiB. Defaults: 32 KiB of PRG ROM, 8 KiB of CHR ROM, no RAM. */
export interface TestCartridge {
  readonly mapper: number;
  readonly submapper?: number;
  readonly prgKib?: number;
  readonly chrKib?: number;
  readonly ramKib?: number;
  readonly nvramKib?: number;
  /** Battery-backed RAM of less than 1 KiB. */
  readonly nvramBytes?: number;
  readonly chrRamKib?: number;
  /** A ROM after CHR ROM: bytes 0, 1, 2 … */
  readonly miscBytes?: number;
  /** The battery bit, for boards that save something other than RAM. */
  readonly battery?: true;
  readonly mirroring?: CartridgeImage["mirroring"];
  readonly ines1?: boolean;
  readonly expansionDevice?: number;
}

/** An image whose ROM pages contain their numbers: see `numberedRom`. */
export function testImage(cartridge: TestCartridge): CartridgeImage {
  const chrKib = cartridge.chrKib ?? (cartridge.chrRamKib === undefined ? 8 : 0);
  return {
    format: cartridge.ines1 === true ? "ines" : "nes2",
    mapper: cartridge.mapper,
    submapper: cartridge.submapper ?? 0,
    mirroring: cartridge.mirroring ?? "vertical",
    battery:
      cartridge.nvramKib !== undefined || cartridge.nvramBytes !== undefined || cartridge.battery === true,
    region: "ntsc",
    prgRom: numberedRom((cartridge.prgKib ?? 32) * KIB, CPU_PAGE_BYTES),
    chrRom: numberedRom(chrKib * KIB, PPU_PAGE_BYTES),
    prgRamBytes: (cartridge.ramKib ?? 0) * KIB,
    prgNvramBytes: cartridge.nvramBytes ?? (cartridge.nvramKib ?? 0) * KIB,
    chrRamBytes: (cartridge.chrRamKib ?? 0) * KIB,
    chrNvramBytes: 0,
    ...(cartridge.miscBytes === undefined
      ? {}
      : { miscRom: Uint8Array.from({ length: cartridge.miscBytes }, (_, at) => at & 0xff) }),
    exactHeader: cartridge.ines1 !== true,
    sha1: "",
    expansionDevice: cartridge.expansionDevice ?? 0,
    vsHardware: 0,
  };
}

/**
 * The first half of each page holds the low byte of its number, the second half $FF, which has no bus
 * conflicts.
 */
function numberedRom(bytes: number, pageBytes: number): Uint8Array {
  const rom = new Uint8Array(bytes).fill(0xff);
  for (let start = 0; start < bytes; start += pageBytes)
    rom.fill((start / pageBytes) & 0xff, start, start + pageBytes / 2);
  return rom;
}

/**
 * A board without a machine. `write`, `read`, `a12Rise`, `fetch` and `idle` do what the bus and the PPU do to
 * a board.
 */
export class BoardHarness {
  readonly board: Board;
  readonly memory: CartridgeMemory;
  readonly lines = new InterruptLines();
  readonly registers: Uint8Array;
  cycle = 0;
  /** True if counters run cycle by cycle instead of from event to event, for comparison. */
  stepwise = false;
  readonly #mutableStart: number;
  readonly #mutableEnd: number;
  readonly #arena: Arena;

  constructor(image: CartridgeImage, options: BoardOptions = { mmc3Revision: "B" }) {
    const { extraRamBytes = 0, chrRamBytes = 0 } = boardChips(image);
    const bytes = image.prgRom.length * 2 + image.chrRom.length + extraRamBytes + chrRamBytes + 512 * KIB;
    this.#arena = new Arena(new SharedArrayBuffer(bytes));
    const rom = CartridgeMemory.allocRom(this.#arena, image);
    this.#mutableStart = this.#arena.position;
    const workRam = {
      name: "workRam",
      offset: this.#arena.alloc("workRam", 2 * KIB),
      bytes: 2 * KIB,
      writable: true,
    };
    this.memory = new CartridgeMemory(this.#arena, image, rom, workRam, boardChips(image));
    this.registers = this.#arena.uint8("board", REGISTER_BYTES);
    this.#mutableEnd = this.#arena.position;
    this.board = createBoard({
      image,
      memory: this.memory,
      lines: this.lines,
      registers: this.registers,
      options,
    });
    this.#arena.bytes.fill(0, this.#mutableStart, this.#mutableEnd);
    this.memory.resetPages();
    this.board.powerOn();
    this.board.updateBanks();
  }

  /**
   * A CPU write in its own cycle, three after the last one; a `gap` of 1 is the second write of a
   * read-modify-write.
   */
  write(address: number, value: number, gap = 3): void {
    this.idle(gap);
    const page = this.memory.cpuWritePages[address >> 11];
    if (page !== UNMAPPED) this.memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))] = value;
    else this.board.writeRegister(address, value, this.cycle);
  }

  /** A CPU read; `openBus` is the value on the bus. */
  read(address: number, openBus = 0xab): number {
    this.idle(3);
    const page = this.memory.cpuReadPages[address >> 11];
    if (page !== UNMAPPED) return this.memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))];
    return this.board.readRegister(address, openBus, this.cycle);
  }

  /** A PPU read. */
  fetch(address: number): number {
    const page = this.memory.ppuReadPages[address >> 10];
    const value =
      page === UNMAPPED ? address & 0xff : this.memory.bytes[page + (address & (PPU_PAGE_BYTES - 1))];
    return this.board.ppuFetch(address, value, this.cycle);
  }

  /** Lets time pass. Counters driven by M2 run event by event, as in the machine. */
  idle(cycles: number): void {
    const end = this.cycle + cycles;
    if ((this.board.hooks & HOOK_CPU_TIME) !== 0) {
      for (let cycle = this.cycle + 1; this.stepwise && cycle <= end; cycle++) this.board.runTo(cycle);
      while (this.board.nextEventCycle <= end) {
        const event = this.board.nextEventCycle;
        this.board.runTo(event);
        if (this.board.nextEventCycle <= event) throw new Error(`nextEventCycle stays at ${event}`);
      }
      this.board.runTo(end);
    }
    this.cycle = end;
  }

  /** Makes `count` filtered rises of PPU A12, one line apart. */
  a12Rises(count: number): void {
    for (let rise = 0; rise < count; rise++) {
      this.idle(114);
      this.board.ppuA12Rise(this.cycle);
    }
  }

  /**
   * Lets time pass until the IRQ line falls. Returns the number of cycles, −1 if it does not fall within
   * `limit`.
   */
  cyclesToIrq(limit: number): number {
    const start = this.cycle;
    while (!this.irq && this.cycle < start + limit) {
      const next = Math.min(this.board.nextEventCycle, start + limit);
      this.idle(Math.max(next - this.cycle, 1));
    }
    return this.irq ? this.lines.irqLowFrom - start : -1;
  }

  get irq(): boolean {
    return (this.lines.irqSources & IRQ_BOARD) !== 0;
  }

  /** Ends the frame: cycle times are reduced. */
  endFrame(cycles: number): void {
    this.cycle -= cycles;
    this.board.rebase(cycles);
    this.lines.rebase(cycles);
  }

  /**
   * The chips at $6000, $8000, $A000, $C000 and $E000 in 8 KiB: "3" PRG ROM bank 3, "r1" PRG RAM bank 1, "x0"
   * extra RAM, "c2" CHR, "-" nothing; "ro" and "wo" follow RAM that is only readable or writable. Windows
   * that are not a whole bank are listed as 2 KiB pages in parentheses.
   */
  get prg(): string {
    return [0x6000, 0x8000, 0xa000, 0xc000, 0xe000].map((address) => this.#cpuWindow(address)).join(" ");
  }

  /** The eight 1 KiB pages of pattern tables: "3" CHR ROM bank 3, "r3" CHR RAM, "n1" CIRAM, "-" nothing. */
  get chr(): string {
    return Array.from({ length: 8 }, (_, page) => this.#ppuPage(page)).join(" ");
  }

  /** The four nametables, in the same form. */
  get nametables(): string {
    return Array.from({ length: 4 }, (_, page) => this.#ppuPage(8 + page)).join(" ");
  }

  /** All page tables and event times, which `updateBanks` must derive from the registers. */
  derived(): object {
    const { cpuReadPages, cpuWritePages, ppuReadPages, ppuWritePages } = this.memory;
    return {
      cpuRead: [...cpuReadPages],
      cpuWrite: [...cpuWritePages],
      ppuRead: [...ppuReadPages],
      ppuWrite: [...ppuWritePages],
      nextEventCycle: this.board.nextEventCycle,
      irqImminent: this.board.irqImminent,
    };
  }

  /** Saves the mutable run, the contents of a state. */
  save(): Uint8Array {
    return this.#arena.bytes.slice(this.#mutableStart, this.#mutableEnd);
  }

  /** Loads a state as the machine does. */
  load(state: Uint8Array): void {
    this.#arena.bytes.set(state, this.#mutableStart);
    this.memory.resetPages();
    this.board.updateBanks();
  }

  #cpuWindow(address: number): string {
    const pages = Array.from({ length: 4 }, (_, page) => (address >> 11) + page);
    const reads = pages.map((page) => this.memory.cpuReadPages[page]);
    const writes = pages.map((page) => this.memory.cpuWritePages[page]);
    const whole = (offsets: number[]) =>
      offsets.every((offset, i) =>
        offsets[0] === UNMAPPED ? offset === UNMAPPED : offset === offsets[0] + i * CPU_PAGE_BYTES,
      );
    if (whole(reads) && whole(writes)) {
      const name = this.#name(reads[0], writes[0], 8 * KIB);
      if (name !== undefined) return name;
    }
    return `(${reads.map((read, i) => this.#name(read, writes[i], CPU_PAGE_BYTES) ?? "?").join(" ")})`;
  }

  #ppuPage(page: number): string {
    const read = this.memory.ppuReadPages[page];
    return this.#name(read, this.memory.ppuWritePages[page], PPU_PAGE_BYTES) ?? "?";
  }

  #name(read: number, write: number, unit: number): string | undefined {
    if (read === UNMAPPED && write === UNMAPPED) return "-";
    const found = this.#chipAt(read === UNMAPPED ? write : read);
    const within = (read === UNMAPPED ? write : read) - found.chip.offset;
    if (within % unit !== 0 && unit !== found.chip.bytes) return undefined;
    const bank = `${found.prefix}${within / unit}`;
    if (!found.chip.writable) return write === UNMAPPED ? bank : `${bank}?`;
    if (read === UNMAPPED) return `${bank}wo`;
    return write === UNMAPPED ? `${bank}ro` : bank;
  }

  #chipAt(offset: number): { chip: Chip; prefix: string } {
    const { memory } = this;
    const chips = [
      { chip: memory.prgRom, prefix: "" },
      { chip: memory.chrRom, prefix: "" },
      { chip: memory.prgRam, prefix: "r" },
      { chip: memory.chrRam, prefix: "r" },
      { chip: memory.ciram, prefix: "n" },
      { chip: memory.extraRam, prefix: "x" },
    ];
    const found = chips.find(({ chip }) => offset >= chip.offset && offset < chip.offset + chip.bytes);
    if (found === undefined) throw new Error(`no chip at offset ${offset}`);
    return found;
  }
}
