import { END_OF_READ_UNITS, readRegister, writeRegister } from "../definition/registers.ts";
import { ExactPpu } from "../exact-ppu.ts";
import type { PpuParts } from "../state.ts";
import { FastPath } from "./fast-path.ts";
import { fillOam } from "./oam-page.ts";
import { runUntil, settle } from "./run.ts";
import { findNextEventCycle, lineStartBefore } from "./schedule.ts";
import {
  findSteadyUntil,
  foreseeHit,
  lastSteadyCycle,
  readSteadyStatus,
  steadyStartBefore,
} from "./steady-flags.ts";

const OAMDATA = 4;
const PPUDATA = 7;
const PPUSTATUS = 2;

/**
 * The definition, with shortcuts: dots whose steps nothing can observe are run at once, any number of them.
 * Every field of the state ends with the value that the definition gives it.
 */
export class FastPpu extends ExactPpu {
  readonly #fast: FastPath;

  constructor(parts: PpuParts) {
    super(parts);
    this.#fast = new FastPath(this.state);
  }

  override reset(): void {
    super.reset();
    this.steadyUntilUnits = 0;
    this.scheduleEvent();
  }

  override resetRegisters(): void {
    super.resetRegisters();
    this.stateLoaded();
  }

  override beginFrame(pixels: Uint16Array, isSeen = true): void {
    super.beginFrame(pixels);
    this.#fast.setPixels(pixels, isSeen);
    this.scheduleEvent();
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.steadyUntilUnits = 0;
    this.nextEventCycle -= cycles;
    this.#fast.preciseFromUnits -= cycles * this.state.cpuUnits;
  }

  override stateLoaded(): void {
    this.steadyUntilUnits = 0;
    this.#fast.forget();
  }

  override readRegister(register: number, cycle: number): number {
    if (register === PPUSTATUS) {
      const endUnits = cycle * this.state.cpuUnits + END_OF_READ_UNITS;
      if (endUnits <= this.steadyUntilUnits || this.#statusIsSteady(endUnits)) {
        return readSteadyStatus(this.#fast, cycle);
      }
    }
    this.steadyUntilUnits = 0;
    const value = readRegister(this, register, cycle);
    if (register === PPUDATA) this.scheduleEvent();
    return value;
  }

  override writeRegister(register: number, value: number, cycle: number, oldBus: number): void {
    this.steadyUntilUnits = 0;
    writeRegister(this, register, value, cycle, oldBus);
    if (register === OAMDATA) this.#fast.countedHeight = 0;
    this.scheduleEvent();
  }

  override fillOam(bytes: Uint8Array, from: number, count: number, firstCycle: number): boolean {
    this.runUntil(firstCycle * this.state.cpuUnits);
    if (!fillOam(this.#fast, bytes, from, count, firstCycle + 2 * (count - 1))) return false;
    this.steadyUntilUnits = 0;
    return true;
  }

  override lastSteadyCycle(): number {
    return lastSteadyCycle(this.state, this.steadyUntilUnits);
  }

  override repeatPolls(cycles: number): void {
    this.state.highDecayUnits += cycles * this.state.cpuUnits;
  }

  override catchUp(cycle: number): void {
    super.catchUp(cycle);
    this.scheduleEvent();
  }

  override passEvent(cycle: number): void {
    const { state } = this;
    const limit = (cycle + 1) * state.cpuUnits;
    const isPrecise = state.watchesFetches || limit > this.#fast.preciseFromUnits;
    // What comes after the start of a line is better done at once later on.
    this.runUntil(isPrecise ? limit : lineStartBefore(state, limit));
    this.scheduleEvent();
  }

  override pagesChanged(): void {
    this.scheduleEvent();
  }

  override pokeOam(address: number, value: number): void {
    super.pokeOam(address, value);
    this.#fast.countedHeight = 0;
  }

  override runUntil(limitUnits: number): void {
    if (this.state.timeUnits >= limitUnits) return;
    this.steadyUntilUnits = 0;
    runUntil(this.#fast, limitUnits);
  }

  /** Finds the next cycle by whose end the PPU must have run. */
  protected scheduleEvent(): void {
    this.nextEventCycle = findNextEventCycle(this.#fast);
  }

  /**
   * Returns true if $2002 reads the same from here to a moment, so that the PPU need not run up to it. Sets
   * `steadyUntilUnits` if so.
   */
  #statusIsSteady(untilUnits: number): boolean {
    const startUnits = untilUnits - END_OF_READ_UNITS;
    const fast = this.#fast;
    settle(fast, startUnits);
    for (;;) {
      let steadyUntilUnits = findSteadyUntil(fast);
      fast.foreseenStatus = 0;
      if (untilUnits > steadyUntilUnits && steadyUntilUnits !== 0) {
        steadyUntilUnits = Math.max(steadyUntilUnits, foreseeHit(fast, untilUnits));
      }
      if (untilUnits <= steadyUntilUnits) {
        this.steadyUntilUnits = steadyUntilUnits;
        return true;
      }
      const laterUnits = steadyStartBefore(this.state, startUnits);
      if (laterUnits <= this.state.timeUnits) return false;
      this.runUntil(laterUnits);
    }
  }
}
