import type { CoinSlots } from "../../machine.ts";
import type { SoundChip } from "../../sound-channels.ts";
import type { StateCheck } from "../../state-check.ts";
import type { WatchedCabinet } from "../input/cabinet.ts";
import { type InterruptLines, IRQ_BOARD, NEVER } from "../interrupts.ts";
import type { RegionTiming } from "../region.ts";
import type { CartridgeImage } from "./image.ts";
import type { BoardChips, CartridgeMemory, Chip } from "./memory.ts";

/** Hooks that a board can request. A hook that no board requests costs nothing. */
export const HOOK_A12 = 1; // ppuA12Rise
export const HOOK_CPU_TIME = 2; // runTo, nextEventCycle: counters driven by M2
export const HOOK_PPU_FETCH = 4; // ppuFetch: the board sees, and may replace, every PPU read
export const HOOK_AUDIO = 8; // expansion sound
export const HOOK_CPU_WRITES = 16; // writeRegister also gets writes below $4020
export const HOOK_CPU_READS = 32; // readRegister handles UNMAPPED pages of $4020–$FFFF
export const HOOK_NSF = 64; // $4018–$401F are registers of the board, and the PPU's registers ignore writes
export const HOOK_CPU_ADDRESS = 128; // seeAddress: the board watches the address bus of the CPU
export const HOOK_NMI = 256; // seeNmi: the board watches for the NMI vector

export interface BoardOptions {
  /** MMC3 interrupts: "B" asserts whenever the counter is 0 after a clock, "A" only if it changes to 0. */
  readonly mmc3Revision: "A" | "B";
  /** The disk side in the drive at power-on, counted from 0. */
  readonly diskSide?: number;
  /** The track of a music file, from 0. */
  readonly track?: number;
  /** The console's region. */
  readonly region?: RegionTiming;
  /** Only for the consoles of a VS. DualSystem. */
  readonly vsWiring?: VsWiring | undefined;
  /** The DIP switches of an arcade board; by default its own. */
  readonly dips?: number | undefined;
  /** False if ROM never drives the bus during writes, whatever the board. */
  readonly hasConflicts?: boolean;
}

/** What connects the board of one console of a VS. DualSystem with the other console. */
export interface VsWiring {
  readonly isSub: boolean;
  /** RAM at $6000–$7FFF of the main console while its OUT1 is high, else of the sub console. */
  readonly sharedRam: Chip;
  /** The registers of the main console's board. */
  readonly mainRegisters: Uint8Array;
  /** OUT1 of this console has changed in `cycle`: while it is low, the other console's IRQ line is low. */
  out1Changed(isHigh: boolean, cycle: number): void;
}

/** Where expansion sound goes: the machine's mixer. */
export interface LevelSink {
  /**
   * Sets the cartridge's output to `level`, in LEVEL_UNIT, from `cycle` of this frame on. `heard` is the
   * level without the channels that are muted.
   */
  setExpansionLevel(cycle: number, level: number, heard: number): void;
}

const SILENCE: LevelSink = { setExpansionLevel() {} };

/** What a board is built from. */
export interface BoardParts {
  readonly image: CartridgeImage;
  readonly memory: CartridgeMemory;
  readonly lines: InterruptLines;
  /** REGISTER_BYTES bytes of the mutable run: the board's whole state between writes. */
  readonly registers: Uint8Array;
  readonly options: BoardOptions;
}

export const REGISTER_BYTES = 256;

/** A constructor of boards, with the chips that its boards need. */
export interface BoardClass {
  new (parts: BoardParts): Board;
  readonly prototype: Board;
  chips(image: CartridgeImage): BoardChips;
}

/** The controllers of all ports: one byte each, the first lowest. */
export interface PadSource {
  /** Buttons of this frame, if they have been latched. */
  readonly buttons: number;
  /** Latches the buttons of this frame, unless that has happened, and returns them. */
  latchButtons(): number;
  /** The line of a barcode reader in `cycle`: 8 or 0. */
  readBarcode(cycle: number): number;
  /** The keys of a row of the keyboard in the expansion port, 1 while held; 0 if there is no such row. */
  readKeys(row: number): number;
  /** Writes $401C–$401F of the sound module in the expansion port, if there is one. */
  writeSound(address: number, value: number, cycle: number): void;
  /** Starts that module anew. */
  restartSound(cycle: number): void;
}

/**
 * The logic of a cartridge: registers that the program writes and the banks that follow from them.
 * A board stores all its state in `registers`, so boards need no code to save or load states. Wider
 * counters take several bytes. `updateBanks` maps every bank again from the registers. It runs at
 * power-on, after a state is loaded and after register writes. A cycle is a CPU cycle of the current
 * frame; boards that store cycle times override `rebase`.
 */
export abstract class Board {
  /** HOOK_ bits. */
  readonly hooks: number = 0;
  /**
   * With HOOK_CPU_TIME: the earliest cycle at which `runTo` may change the IRQ line. With HOOK_CPU_ADDRESS:
   * the cycle before that of the next `seeAddress`. Else NEVER.
   */
  nextEventCycle = NEVER;
  /**
   * With HOOK_A12: true if the next rise of A12 may change the IRQ line. While false, the PPU may catch up in
   * long spans; `ppuA12Rise` is still called for each rise, with its time.
   */
  irqImminent = true;

  /** With HOOK_A12: the smallest number of A12 rises until one asserts IRQ; NEVER if none can. */
  get risesUntilIrq(): number {
    return this.irqImminent ? 1 : 2;
  }

  /**
   * With HOOK_PPU_FETCH: the smallest number of PPU reads until one changes IRQ, if no register is written;
   * NEVER if none can. The PPU has made up to `readsOfLine` reads of its line.
   */
  readsUntilIrq(_readsOfLine: number): number {
    return NEVER;
  }

  protected readonly image: CartridgeImage;
  protected readonly memory: CartridgeMemory;
  protected readonly lines: InterruptLines;
  protected readonly registers: Uint8Array;
  protected readonly options: BoardOptions;

  /** With HOOK_AUDIO: the sink that receives the board's output levels. */
  protected sound: LevelSink = SILENCE;

  /** Chips that the header of `image` does not name, and sizes that it leaves open. */
  static chips(_image: CartridgeImage): BoardChips {
    return {};
  }

  constructor(parts: BoardParts) {
    this.image = parts.image;
    this.memory = parts.memory;
    this.lines = parts.lines;
    this.registers = parts.registers;
    this.options = parts.options;
  }

  /** With HOOK_AUDIO: the channels that the board adds to the console's. */
  get soundChip(): SoundChip | undefined {
    return undefined;
  }

  /** The coin slots and switches of an arcade board. */
  declare readonly coins?: CoinSlots;

  /** Instead of `coins`: the cabinet of an arcade board, which also sees the controllers. */
  declare readonly cabinet?: WatchedCabinet;

  /** Connects the controllers, for cartridges with buttons of their own. */
  connectPads(_pads: PadSource): void {}

  /** Connects the machine's mixer. Boards with HOOK_AUDIO send their levels to `sink`. */
  connectSound(sink: LevelSink): void {
    this.sound = sink;
  }

  /** Power-on. All registers are zero; set those that start otherwise. `updateBanks` runs afterwards. */
  powerOn(): void {}

  /** The reset button. Boards whose registers react to it override this. */
  reset(): void {}

  /**
   * The CPU writes `value` to `address` ($4020–$FFFF where no RAM is mapped) in `cycle`. The board has
   * already run to `cycle`, and so has the PPU unless `isUnseenByPpu` returned true.
   */
  abstract writeRegister(address: number, value: number, cycle: number): void;

  /**
   * Returns true if a write changes nothing that the PPU sees, such as a write to a PRG bank register.
   * The PPU is then not caught up before the write.
   */
  isUnseenByPpu(_address: number, _value: number): boolean {
    return false;
  }

  /** With HOOK_CPU_READS: a read where no memory is mapped. `openBus` is the bus's last value. */
  readRegister(_address: number, openBus: number, _cycle: number): number {
    return openBus;
  }

  /** Like `readRegister` but without side effects, for debuggers. */
  peekRegister(_address: number, openBus: number): number {
    return openBus;
  }

  /** Maps every bank and sets mirroring and RAM protection from the registers. */
  abstract updateBanks(): void;

  /**
   * With HOOK_A12: PPU address line 12 has risen after having been low for three falling edges of M2
   * (the filter of MMC3-like boards); the sample of `cycle` would be the first to see an IRQ.
   */
  ppuA12Rise(_cycle: number): void {}

  /**
   * With HOOK_PPU_FETCH: the PPU reads `address` ($0000–$3EFF), for the picture or through $2007; returns
   * the byte. `value` is the byte in the mapped page. The sample of `cycle` would be the first to see an IRQ.
   */
  ppuFetch(_address: number, value: number, _cycle: number): number {
    return value;
  }

  /** With HOOK_CPU_TIME: runs the counters up to and including `cycle`, and sets `nextEventCycle`. */
  runTo(_cycle: number): void {}

  /**
   * With HOOK_CPU_ADDRESS: the CPU or its DMA unit accesses `address` in `cycle`, the first one after
   * `nextEventCycle`. Sets `nextEventCycle`.
   */
  seeAddress(_address: number, _cycle: number): void {}

  /** With HOOK_NMI: the CPU, which begins an NMI, reads its vector in `cycle`. The PPU has run up to it. */
  seeNmi(_cycle: number): void {}

  /** End of a frame: subtract `cycles` from every stored cycle time. */
  rebase(_cycles: number): void {}

  /**
   * Declares the valid range of each register that cannot hold every byte: counters, times and table
   * indexes. Bank numbers need no range because they wrap.
   */
  declareState(_state: StateCheck): void {}

  /** Checks that declared fields agree with each other; throws through `state.require`. */
  checkState(_state: StateCheck): void {}

  /** Returns the bus value of a write that conflicts with ROM: a 0 bit from either side wins. */
  protected busConflict(address: number, value: number): number {
    return this.options.hasConflicts === false ? value : value & this.memory.cpuByte(address, value);
  }

  /** The board pulls IRQ low from the sample of `cycle` on. */
  protected assertIrq(cycle: number): void {
    this.lines.assertIrq(IRQ_BOARD, cycle);
  }

  /** The board releases IRQ from `cycle` on. */
  protected clearIrq(cycle: number): void {
    this.lines.clearIrq(IRQ_BOARD, cycle);
  }
}
