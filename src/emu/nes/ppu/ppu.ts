import type { PpuState } from "./state.ts";

export { SCREEN_HEIGHT, SCREEN_WIDTH } from "./state.ts";

/**
 * The PPU as the rest of the machine sees it. It is behind the CPU until someone looks: an access to a
 * register runs it up to the moment of the access, and `nextEventCycle` tells the bus when it must run
 * without one.
 */
export interface Ppu {
  readonly state: PpuState;
  /** 1 once the frame is complete: vertical blank has begun. */
  readonly frameDone: number;
  /** The CPU cycle by whose end something happens that the CPU may notice. */
  readonly nextEventCycle: number;
  /** Reads of $2002 that end before this moment return what the last one returned; 0 if nothing is known. */
  readonly steadyUntilUnits: number;

  /** Fills palette RAM's neighbours and registers; see docs/power-on.md. Palette RAM is filled already. */
  powerOn(startsEarly: boolean, lagClocks: number): void;
  /** Runs everything before the CPU's first cycle. */
  runToStart(): void;
  /** The reset button. The PPU has caught up with the CPU. */
  reset(): void;
  /** Clears the registers as `reset` does, without changing the position in the frame. */
  resetRegisters(): void;
  /** Begins a frame. Its picture goes to `pixels` (256 × 240); unless it `isSeen`, pixels may be left out. */
  beginFrame(pixels: Uint16Array, isSeen?: boolean): void;
  /** The frame's cycle count goes back by `cycles`. */
  rebase(cycles: number): void;
  /** Call it after setting the state from outside. */
  stateLoaded(): void;

  /** $2000–$2007 by number, in CPU cycle `cycle`. */
  readRegister(register: number, cycle: number): number;
  /** `oldBus` is what the data bus held before this write. */
  writeRegister(register: number, value: number, cycle: number, oldBus: number): void;
  /**
   * Does `count` writes of $2004 (at most 256), one in each second CPU cycle from `firstCycle` on, with the
   * bytes at `from`. Returns false, and does nothing, if they have to be written one by one.
   */
  fillOam(bytes: Uint8Array, from: number, count: number, firstCycle: number): boolean;
  /**
   * The last CPU cycle in which a read of $2002 returns the same value as the last read, open-bus bits
   * included.
   */
  lastSteadyCycle(): number;
  /** The reads of $2002 in a loop have been repeated for `cycles` more CPU cycles. */
  repeatPolls(cycles: number): void;

  /** Runs up to the end of `cycle`. */
  catchUp(cycle: number): void;
  /** Runs as far as the CPU may notice by the end of `cycle`, which is after `nextEventCycle`. */
  passEvent(cycle: number): void;
  /** Runs up to the moment at which a write in `cycle` reaches the cartridge. */
  runToWrite(cycle: number): void;
  /** Runs up to the moment at which a read in `cycle` begins. */
  runToRead(cycle: number): void;
  /** A board has changed its banks or its interrupt settings. */
  pagesChanged(): void;

  /** The colour that the picture shows while rendering is off. */
  backdrop(): number;
  /** For debuggers, without side effects. */
  peekRegister(register: number): number;
  peekVideo(address: number): number;
  /** Writes to video RAM or the palette. */
  pokeVideo(address: number, value: number): void;
  pokeOam(address: number, value: number): void;
}
