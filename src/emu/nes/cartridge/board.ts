import type { StateCheck } from "../../state-check.ts";
import { type InterruptLines, IRQ_BOARD, NEVER } from "../interrupts.ts";
import type { CartridgeImage } from "./image.ts";
import type { BoardChips, CartridgeMemory } from "./memory.ts";

/** Hooks that a board asks for. What is not asked for costs nothing. */
export const HOOK_A12 = 1; // ppuA12Rise
export const HOOK_CPU_TIME = 2; // runTo, nextEventCycle: counters driven by M2
export const HOOK_PPU_FETCH = 4; // ppuFetch: the board sees (and may answer) every PPU read
export const HOOK_AUDIO = 8; // expansion sound
export const HOOK_CPU_WRITES = 16; // sees writes below $4020 too
export const HOOK_CPU_READS = 32; // readRegister is asked for $4020–$FFFF pages that are UNMAPPED

export interface BoardOptions {
  /** MMC3 interrupt behaviour: "B" asserts whenever the counter is 0 after a clock, "A" only when it gets there. */
  readonly mmc3Revision: "A" | "B";
  /** The side of a disk that is in at power-on, from 0. */
  readonly diskSide?: number;
}

/** Where expansion sound goes: the machine's mixer. */
export interface LevelSink {
  /** The cartridge's output is `level`, in the mixer's LEVEL_UNIT, from `cycle` of this frame on. */
  setExpansionLevel(cycle: number, level: number): void;
}

const SILENCE: LevelSink = { setExpansionLevel() {} };

/** What a board is built from. */
export interface BoardParts {
  readonly image: CartridgeImage;
  readonly memory: CartridgeMemory;
  readonly lines: InterruptLines;
  /** REGISTER_BYTES of the mutable run: all that the board must remember between writes. */
  readonly registers: Uint8Array;
  readonly options: BoardOptions;
}

export const REGISTER_BYTES = 256;

/** What builds a board. */
export interface BoardClass {
  new (parts: BoardParts): Board;
  chips(image: CartridgeImage): BoardChips;
}

/**
 * The logic of a cartridge: registers that the program writes and the banks that follow from them.
 * Everything a board remembers lives in `registers`, so that states need no code in boards; wider
 * counters take several bytes. `updateBanks` maps everything anew from the registers: it is called at
 * power-on, after each load of a state and by register writes. Cycles count CPU cycles of the current
 * frame; boards that keep times override `rebase`.
 */
export abstract class Board {
  /** HOOK_ bits. */
  readonly hooks: number = 0;
  /** With HOOK_CPU_TIME: the earliest cycle at which `runTo` may change the IRQ line; else NEVER. */
  nextEventCycle = NEVER;
  /**
   * With HOOK_A12: whether the next rise of A12 may change the IRQ line. While false, the PPU may catch
   * up in long spans; `ppuA12Rise` is still called for each rise, with its time.
   */
  irqImminent = true;

  /** With HOOK_A12: how many rises of A12 it takes, at the least, until one asserts IRQ; NEVER when none can. */
  get risesUntilIrq(): number {
    return this.irqImminent ? 1 : 2;
  }

  /** With HOOK_PPU_FETCH: how many PPU reads it takes, at the least, until one changes IRQ; NEVER when none can. */
  get readsUntilIrq(): number {
    return NEVER;
  }

  protected readonly image: CartridgeImage;
  protected readonly memory: CartridgeMemory;
  protected readonly lines: InterruptLines;
  protected readonly registers: Uint8Array;
  protected readonly options: BoardOptions;

  /** With HOOK_AUDIO: levels go there. */
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

  /** The machine's mixer is there: boards with HOOK_AUDIO send their levels to it. */
  connectSound(sink: LevelSink): void {
    this.sound = sink;
  }

  /** Power-on: registers are zero already; set those that power up otherwise. Then updateBanks runs. */
  powerOn(): void {}

  /** The reset button, for boards whose registers see it. */
  reset(): void {}

  /**
   * The CPU writes `value` to `address` ($4020–$FFFF where no RAM is mapped) in `cycle`. The PPU, unless
   * `isUnseenByPpu` says otherwise, and the board's own time have been caught up before.
   */
  abstract writeRegister(address: number, value: number, cycle: number): void;

  /**
   * Whether a write leaves alone everything that the PPU sees, as one to a PRG bank does: then the PPU need
   * not be caught up before it.
   */
  isUnseenByPpu(_address: number, _value: number): boolean {
    return false;
  }

  /** With HOOK_CPU_READS: a read where no memory is mapped. `openBus` is what the bus holds. */
  readRegister(_address: number, openBus: number, _cycle: number): number {
    return openBus;
  }

  /** The same for debuggers: no side effects. */
  peekRegister(_address: number, openBus: number): number {
    return openBus;
  }

  /** Publishes every bank, mirroring and protection from the registers. */
  abstract updateBanks(): void;

  /**
   * With HOOK_A12: PPU address line 12 has risen after having been low for three falling edges of M2
   * (the filter of MMC3-like boards); the sample of `cycle` would be the first to see an IRQ.
   */
  ppuA12Rise(_cycle: number): void {}

  /**
   * With HOOK_PPU_FETCH: the PPU reads `address` ($0000–$3EFF), for the picture or through $2007; returns
   * the byte. `value` is what the pages hold. The sample of `cycle` would be the first to see an IRQ.
   */
  ppuFetch(_address: number, value: number, _cycle: number): number {
    return value;
  }

  /** With HOOK_CPU_TIME: lets counters run up to and including `cycle`, and sets `nextEventCycle`. */
  runTo(_cycle: number): void {}

  /** The cycle count goes back by `cycles` at the end of a frame. */
  rebase(_cycles: number): void {}

  /**
   * Declares what the registers of a state may hold, where that is not any byte: what counts, what is a time,
   * and what picks an entry of a table. Bank numbers wrap.
   */
  declareState(_state: StateCheck): void {}

  /** Checks what declared fields must have in common; throws by way of `state.require`. */
  checkState(_state: StateCheck): void {}

  /** What a write puts on the bus while ROM drives it too: a 0 from either side wins. */
  protected busConflict(address: number, value: number): number {
    return value & this.memory.cpuByte(address, value);
  }

  /** The board pulls IRQ low from the sample of `cycle` on. */
  protected assertIrq(cycle: number): void {
    this.lines.assertIrq(IRQ_BOARD, cycle);
  }

  /** The board lets go of IRQ. */
  protected clearIrq(cycle: number): void {
    this.lines.clearIrq(IRQ_BOARD, cycle);
  }
}
