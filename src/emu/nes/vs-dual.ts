import type { Apu } from "./apu/apu.ts";
import type { VsWiring } from "./cartridge/board.ts";
import type { CartridgeMemory } from "./cartridge/memory.ts";
import type { Cpu } from "./cpu/cpu.ts";
import { IRQ_BOARD } from "./interrupts.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./ppu/ppu.ts";
import type { SecondSide } from "./second-side.ts";

/** A console as the DualSystem sees it. */
export interface DualConsole {
  readonly cpu: Cpu;
  readonly apu: Apu;
  readonly memory: CartridgeMemory;
  readonly boardRegisters: Uint8Array;
  /** CPU cycles before the current frame. */
  readonly cyclesBefore: number;
  /** True if a frame has begun and not ended. */
  readonly midFrame: boolean;
  beginFrame(pixels: Uint16Array, isSeen: boolean, isHeard: boolean): void;
  endFrame(): void;
  /** Runs one instruction. */
  stepCpu(): void;
}

/** Width of the picture of both consoles. */
export const DUAL_WIDTH = 2 * SCREEN_WIDTH;
/** The most by which one console is behind the other: an instruction with OAM and DMC DMA. */
const MAX_LAG_CYCLES = 1000;

/**
 * The two consoles of a VS. DualSystem, which one clock drives. They share 2 KiB of RAM, and OUT1 of each is
 * the IRQ line of the other (`VsWiring`). https://www.nesdev.org/wiki/Vs._System
 *
 * They run in turns: one instruction of the main console, then those of the sub console that begin before its
 * end. So each sees what the other does at most one instruction too early or too late. The exception is the
 * instruction after a write to $4014, which includes the OAM DMA of 513 cycles. Games need less: they give
 * the RAM to one side at a time, and tell the other by an interrupt.
 */
export class DualSystem implements SecondSide {
  readonly left = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  readonly #right = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  target: Uint16Array | undefined;
  readonly #main: DualConsole;
  readonly #sub: DualConsole;
  /** Number of samples by which the main console's sound is ahead, at the start of the frame. */
  #leadSamples = 0;

  constructor(main: DualConsole, sub: DualConsole) {
    this.#main = main;
    this.#sub = sub;
  }

  beginFrame(isSeen: boolean, isHeard: boolean): void {
    const main = this.#main;
    const sub = this.#sub;
    sub.beginFrame(this.#right, isSeen, isHeard);
    const { numerator, denominator, fraction } = main.apu.sound;
    const cycles = main.cyclesBefore - sub.cyclesBefore;
    this.#leadSamples = Math.round((cycles * numerator - fraction + sub.apu.sound.fraction) / denominator);
  }

  step(): void {
    this.#main.stepCpu();
    const { cyclesBefore, cpu } = this.#sub;
    const until = this.#main.cyclesBefore + this.#main.cpu.cycle - cyclesBefore;
    while (cpu.cycle < until && cpu.ppu.frameDone === 0) this.#sub.stepCpu();
  }

  /** Ends the sub console's frame, which is as long as the main console's. */
  finishFrame(): void {
    const { cpu, midFrame } = this.#sub;
    if (!midFrame) return; // the reset button has ended it
    while (cpu.ppu.frameDone === 0) this.#sub.stepCpu();
    this.#sub.endFrame();
  }

  /** Adds the sub console's samples of this frame to the main console's. */
  mix(): void {
    const { samples, sampleCount } = this.#main.apu;
    const other = this.#sub.apu;
    const last = other.sampleCount - 1;
    if (last < 0) return;
    for (let i = 0; i < sampleCount; i++) {
      // Frames end at the end of an instruction, so one console may have a sample more than the other.
      const at = Math.min(last, Math.max(0, i + this.#leadSamples));
      samples[i] = Math.max(-32768, Math.min(32767, samples[i] + other.samples[at]));
    }
  }

  show(): void {
    const { target } = this;
    if (target === undefined) return;
    for (let y = 0; y < SCREEN_HEIGHT; y++) {
      const row = y * SCREEN_WIDTH;
      target.set(this.left.subarray(row, row + SCREEN_WIDTH), 2 * row);
      target.set(this.#right.subarray(row, row + SCREEN_WIDTH), 2 * row + SCREEN_WIDTH);
    }
  }
}

/**
 * Returns the wires of the board of `from` to the other console, which `to` returns once it exists. The
 * shared RAM is in the memory of `main`.
 */
export function dualWiring(
  from: DualConsole,
  main: DualConsole,
  to: () => DualConsole | undefined,
): VsWiring {
  const isSub = from !== main;
  return {
    isSub,
    sharedRam: main.memory.prgRam,
    mainRegisters: main.boardRegisters,
    out1Changed(isHigh, cycle) {
      const other = to();
      if (other === undefined) return;
      const { cpu } = other;
      const at = from.cyclesBefore + cycle - other.cyclesBefore;
      const sample = Math.min(Math.max(cpu.cycle, at), cpu.cycle + MAX_LAG_CYCLES);
      if (isHigh) cpu.lines.clearIrq(IRQ_BOARD, sample);
      else cpu.lines.assertIrq(IRQ_BOARD, sample);
      if (!isSub) cpu.board.updateBanks();
    },
  };
}
