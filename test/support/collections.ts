/**
 * Program that runs a machine thread on its main thread and tells, by marks on stderr, which garbage
 * collections its frames cost. Arguments: machine ("fake", or the path of a ROM), speed in percent,
 * warm-up frames, frames of the short run, frames of the long run that follows it.
 */
import { readFileSync, writeSync } from "node:fs";
import type { Machine } from "../../src/emu/machine.ts";
import { Nes } from "../../src/emu/nes/nes.ts";
import { readRom } from "../../src/io/files/rom-file.ts";
import { CommandProducer } from "../../src/io/shared/command-ring.ts";
import { COMMAND_RUN_AHEAD, COMMAND_SPEED, COMMAND_STOP } from "../../src/io/shared/commands.ts";
import { attachShared, createShared, DEFAULT_SIZES } from "../../src/io/shared/layout.ts";
import { MachineThread } from "../../src/io/thread/machine-thread.ts";
import { nesSource } from "../../src/io/thread/nes-source.ts";
import { fakeSource } from "./fake-emu-worker.ts";
import { FakeMachine } from "./fake-machine.ts";

/** What a leaky machine allocates, kept where the compiler cannot see that nobody reads it. @public */
export let leaked: { frame: number } | undefined;

const MARK = "=== mark";

/** Frames to run: each stretch after the first is measured. */
export interface CollectionRun {
  readonly machine: string;
  readonly speedPercent: number;
  readonly warmUpFrames: number;
  readonly shortFrames: number;
  readonly longFrames: number;
  /** With memory to rewind in, and a frame run ahead. */
  readonly comforts?: boolean;
}

/**
 * Counts the collections of both runs in a process of their own. There the collector runs after every
 * 64 KiB of allocation and logs each run. Less than 64 KiB would not do: a collection throws inline
 * caches away, and filling them again counts as allocation, which would bring on the next one.
 */
export function countCollections(run: CollectionRun): { short: number; long: number } {
  const { machine, speedPercent, warmUpFrames, shortFrames, longFrames } = run;
  const comforts = run.comforts === true ? 1 : 0;
  const args = [speedPercent, warmUpFrames, shortFrames, longFrames, comforts].map(String);
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, import.meta.path, machine, ...args], {
    env: { ...process.env, BUN_JSC_gcMaxHeapSize: "65536", BUN_JSC_logGC: "1" },
  });
  const [, short, long, rest] = stderr.toString().split(MARK);
  if (exitCode !== 0 || rest === undefined) throw new Error(`the measured run failed: ${stderr}`);
  const count = (log = "") => log.split(": START ").length - 1;
  return { short: count(short), long: count(long) };
}

function measure(run: CollectionRun): void {
  const { machine: rom, speedPercent, warmUpFrames, shortFrames, longFrames, comforts } = run;
  const image = rom === "fake" || rom === "leaky" ? undefined : readRom(readFileSync(rom), rom).image;
  const source = image === undefined ? fakeSource() : nesSource(image);
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...source.sizes,
    rewindBytes: comforts ? 1024 * 1024 : 0,
  });
  const producer = new CommandProducer(attachShared(blocks.buffer, description).commands);
  const shortEnd = warmUpFrames + shortFrames;
  const longEnd = shortEnd + longFrames;
  let frame = 0;
  const thread = new MachineThread(
    {
      buffer: blocks.buffer,
      description,
      payload: source.payload,
      speedPercent: 0,
      startPaused: false,
      warmUpFrames: 0,
      realtime: undefined,
      state: undefined,
      battery: undefined,
      track: undefined,
    },
    (arena): Machine => {
      const machine = image === undefined ? new FakeMachine(arena) : new Nes(arena, image);
      const runFrame = machine.runFrame.bind(machine);
      machine.runFrame = (pixels) => {
        if (frame === 0) producer.push(COMMAND_SPEED, speedPercent);
        if (frame === 0 && comforts) producer.push(COMMAND_RUN_AHEAD, 1);
        if (frame === warmUpFrames || frame === shortEnd || frame === longEnd) writeSync(2, `\n${MARK}\n`);
        if (frame === longEnd) producer.push(COMMAND_STOP);
        frame++;
        if (rom === "leaky") leaked = { frame };
        runFrame(pixels);
      };
      return machine;
    },
    () => undefined,
  );
  thread.run();
}

if (import.meta.main) {
  const [machine = "fake", ...numbers] = process.argv.slice(2);
  const [speedPercent = 0, warmUpFrames = 0, shortFrames = 0, longFrames = 0, comforts] = numbers.map(Number);
  measure({ machine, speedPercent, warmUpFrames, shortFrames, longFrames, comforts: comforts === 1 });
}
