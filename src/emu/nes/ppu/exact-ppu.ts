import { peekVideo, pokeVideo } from "./definition/debug.ts";
import { runDots } from "./definition/dots.ts";
import { backdrop } from "./definition/output.ts";
import { powerOnPpu, rebase, reset, resetRegisters, startAtZero } from "./definition/power.ts";
import {
  END_OF_READ_UNITS,
  peekRegister,
  type RunnablePpu,
  readRegister,
  writeRegister,
} from "./definition/registers.ts";
import type { Ppu } from "./ppu.ts";
import { type PpuParts, PpuState } from "./state.ts";

/** Before every cycle: the PPU runs after each of the CPU's accesses. */
const EVERY_CYCLE = -1;

/** The definition alone: every dot is run by itself, and nothing is predicted. `--exact` selects it. */
export class ExactPpu implements Ppu, RunnablePpu {
  readonly state: PpuState;
  nextEventCycle = EVERY_CYCLE;
  steadyUntilUnits = 0;

  constructor(parts: PpuParts) {
    this.state = new PpuState(parts);
  }

  get frameDone(): number {
    return this.state.frameDone;
  }

  powerOn(startsEarly: boolean, lagClocks: number): void {
    powerOnPpu(this.state, startsEarly, lagClocks);
    this.stateLoaded();
  }

  runToStart(): void {
    this.runUntil(0);
    startAtZero(this.state);
  }

  reset(): void {
    reset(this.state);
  }

  resetRegisters(): void {
    resetRegisters(this.state);
  }

  beginFrame(pixels: Uint16Array, _isSeen = true): void {
    this.state.pixels = pixels;
    this.state.frameDone = 0;
  }

  rebase(cycles: number): void {
    rebase(this.state, cycles);
  }

  stateLoaded(): void {}

  readRegister(register: number, cycle: number): number {
    return readRegister(this, register, cycle);
  }

  writeRegister(register: number, value: number, cycle: number, oldBus: number): void {
    writeRegister(this, register, value, cycle, oldBus);
  }

  fillOam(_bytes: Uint8Array, _from: number, _count: number, _firstCycle: number): boolean {
    return false;
  }

  lastSteadyCycle(): number {
    return EVERY_CYCLE;
  }

  repeatPolls(_cycles: number): void {}

  catchUp(cycle: number): void {
    this.runUntil((cycle + 1) * this.state.cpuUnits);
  }

  passEvent(cycle: number): void {
    this.runUntil((cycle + 1) * this.state.cpuUnits);
  }

  runToWrite(cycle: number): void {
    this.runUntil(cycle * this.state.cpuUnits + END_OF_READ_UNITS);
  }

  runToRead(cycle: number): void {
    this.runUntil(cycle * this.state.cpuUnits);
  }

  pagesChanged(): void {}

  /** Runs all halves of dots that begin before `limitUnits`. */
  runUntil(limitUnits: number): void {
    runDots(this.state, limitUnits);
  }

  backdrop(): number {
    return backdrop(this.state);
  }

  peekRegister(register: number): number {
    return peekRegister(this.state, register);
  }

  peekVideo(address: number): number {
    return peekVideo(this.state, address);
  }

  pokeVideo(address: number, value: number): void {
    pokeVideo(this.state, address, value);
  }

  pokeOam(address: number, value: number): void {
    this.state.oam[address & 0xff] = value;
  }
}
