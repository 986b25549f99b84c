/**
 * Program that runs a machine thread on its main thread. It marks on stderr where each measured stretch of
 * frames begins, so that the garbage collections of each can be counted. Arguments: machine ("fake", "leaky",
 * or the path of a ROM), speed in percent, warm-up frames, frames per stretch, number of stretches, 1 for
 * comforts.
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

/**
 * The allocations of a leaky machine, stored where the compiler cannot see that they are never read. @public
 */
export let leaked: { frame: number } | undefined;

const MARK = "=== mark";

/** What to run, and how to measure it. */
export interface CollectionRun {
  readonly machine: string;
  readonly speedPercent: number;
  /** Frames that run before the first stretch. */
  readonly warmUpFrames: number;
  readonly stretchFrames: number;
  readonly stretches: number;
  /** With a rewind buffer, and one frame of run-ahead. */
  readonly comforts?: boolean;
}

/**
 * Returns the number of garbage collections in each stretch of frames, counted in a separate process. There
 * the collector runs after every 64 KiB of allocation and logs each run. A smaller limit does not work: a
 * collection clears inline caches, and filling them counts as allocation, which causes the next one.
 *
 * A leak causes collections in every stretch. A stretch in which the JIT compiles has one or two by chance
 * (one stretch of 4,000 frames in ten), so check the smallest count.
 */
export function countCollections(run: CollectionRun): number[] {
  const { machine, speedPercent, warmUpFrames, stretchFrames, stretches } = run;
  const comforts = run.comforts === true ? 1 : 0;
  const args = [speedPercent, warmUpFrames, stretchFrames, stretches, comforts].map(String);
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, import.meta.path, machine, ...args], {
    env: { ...process.env, BUN_JSC_gcMaxHeapSize: "65536", BUN_JSC_logGC: "1" },
  });
  const logs = stderr.toString().split(MARK).slice(1, -1);
  if (exitCode !== 0 || logs.length !== stretches) throw new Error(`the measured run failed: ${stderr}`);
  return logs.map((log) => log.split(": START ").length - 1);
}

function measure(run: CollectionRun): void {
  const { machine: rom, speedPercent, warmUpFrames, stretchFrames, stretches, comforts } = run;
  const image = rom === "fake" || rom === "leaky" ? undefined : readRom(readFileSync(rom), rom).image;
  const source = image === undefined ? fakeSource() : nesSource(image);
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...source.sizes,
    rewindBytes: comforts ? 1024 * 1024 : 0,
  });
  const producer = new CommandProducer(attachShared(blocks.buffer, description).commands);
  const endFrame = warmUpFrames + stretches * stretchFrames;
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
      machine.runFrame = (pixels, isHeard) => {
        if (frame === 0) producer.push(COMMAND_SPEED, speedPercent);
        if (frame === 0 && comforts) producer.push(COMMAND_RUN_AHEAD, 1);
        const measured = frame - warmUpFrames;
        if (measured >= 0 && measured % stretchFrames === 0) writeSync(2, `\n${MARK}\n`);
        if (frame === endFrame) producer.push(COMMAND_STOP);
        frame++;
        if (rom === "leaky") leaked = { frame };
        runFrame(pixels, isHeard);
      };
      return machine;
    },
    () => undefined,
  );
  thread.run();
}

if (import.meta.main) {
  const [machine = "fake", ...numbers] = process.argv.slice(2);
  const [speedPercent = 0, warmUpFrames = 0, stretchFrames = 1, stretches = 0, comforts] =
    numbers.map(Number);
  measure({ machine, speedPercent, warmUpFrames, stretchFrames, stretches, comforts: comforts === 1 });
}
