import { Arena } from "../../../../src/emu/arena.ts";
import { Apu } from "../../../../src/emu/nes/apu/apu.ts";
import { InterruptLines } from "../../../../src/emu/nes/interrupts.ts";
import { REGIONS, type RegionName } from "../../../../src/emu/nes/region.ts";

const ARENA_BYTES = 1 << 14;

/** A separate APU, with the lines that it pulls and the memory for its state. */
export interface Bench {
  readonly apu: Apu;
  readonly lines: InterruptLines;
  readonly memory: Uint8Array;
  /** What of the memory is the machine's state, without the sound filters. */
  machineState(): Uint8Array;
}

export function createBench(region: RegionName = "ntsc"): Bench {
  const lines = new InterruptLines();
  const arena = new Arena(new SharedArrayBuffer(ARENA_BYTES));
  const apu = new Apu({ arena, region: REGIONS[region], lines });
  const machineBytes = arena.position;
  apu.allocSoundState(arena);
  return { apu, lines, memory: arena.bytes, machineState: () => arena.bytes.slice(0, machineBytes) };
}

/** Frame lengths in CPU cycles, even as `endFrame` requires. */
export const FRAME_CYCLES: Readonly<Record<RegionName, number>> = { ntsc: 29780, pal: 33240, dendy: 35464 };

/**
 * Writes registers four cycles apart, as fast as a program can, starting at `cycle`. Returns the cycle after
 * the last.
 */
export function writeAll(apu: Apu, cycle: number, writes: readonly (readonly [number, number])[]): number {
  let at = cycle;
  for (const [address, value] of writes) {
    apu.writeRegister(address, value, at);
    at += 4;
  }
  return at;
}

/**
 * Runs whole frames and returns their samples. A frame that was run by hand before must not have passed its
 * end.
 */
export function runFrames(apu: Apu, count: number, cycles = FRAME_CYCLES.ntsc): Int16Array {
  const parts: Int16Array[] = [];
  for (let frame = 0; frame < count; frame++) {
    apu.endFrame(cycles);
    parts.push(apu.samples.slice(0, apu.sampleCount));
  }
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
