/**
 * Program that runs a machine thread on its main thread. It marks on stderr where each measured stretch of
 * frames begins, so that the garbage collections of each can be counted. Arguments: machine ("fake", "leaky",
 * or the path of a ROM), speed in percent, warm-up frames, frames per stretch, number of stretches, 1 for
 * comforts, 1 for netplay.
 */
import { readFileSync, writeSync } from "node:fs";
import type { Machine } from "../../src/emu/machine.ts";
import { Nes } from "../../src/emu/nes/nes.ts";
import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { CommandProducer } from "../../src/io/shared/command-ring.ts";
import { COMMAND_RUN_AHEAD, COMMAND_SPEED, COMMAND_STOP } from "../../src/io/shared/commands.ts";
import { attachShared, createShared, DEFAULT_SIZES } from "../../src/io/shared/layout.ts";
import { NetplayBlock } from "../../src/io/shared/netplay-block.ts";
import { MachineThread } from "../../src/io/thread/machine-thread.ts";
import type { NetplayDescription } from "../../src/io/thread/messages.ts";
import { nesSource } from "../../src/io/thread/nes-source.ts";
import { leastCollections, STRETCH_MARK } from "./collection-counts.ts";
import { fakeSource } from "./fake-emu-worker.ts";
import { FakeMachine } from "./fake-machine.ts";

/**
 * The allocations of a leaky machine, stored where the compiler cannot see that they are never read. @public
 */
export let leaked: { frame: number } | undefined;

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
  /**
   * With another player, whose inputs are predicted wrongly and come four frames late, and with pictures for
   * spectators.
   */
  readonly netplay?: boolean;
}

/**
 * Returns the smallest number of garbage collections in a stretch of frames. A thread whose stretches all
 * have some leaks. Of the stretches of 4,000 frames that leak nothing, one in ten has some.
 */
export function leastThreadCollections(run: CollectionRun): Promise<number> {
  const { machine, speedPercent, warmUpFrames, stretchFrames, stretches } = run;
  const flags = [run.comforts, run.netplay].map((flag) => (flag === true ? 1 : 0));
  const args = [speedPercent, warmUpFrames, stretchFrames, stretches, ...flags].map(String);
  return leastCollections([import.meta.path, machine, ...args], stretches);
}

/** Another player, whose buttons change in every frame and come four frames late. */
class LatePlayer {
  readonly #block = new NetplayBlock({
    players: 2,
    localPlayer: 0,
    frame: 0,
    ends: [0, 0],
    delayFrames: 1,
  });
  readonly #runtime = new Runtime({ backend: "bun" });
  readonly #late = 4;

  get description(): NetplayDescription {
    return { block: this.#block.buffer, poster: this.#runtime.poster };
  }

  /** Throws if hardly any frames were run again: then nothing was measured. */
  expectRollbacks(): void {
    const { rollbacks, replayedFrames } = this.#block.stats;
    if (rollbacks < this.#block.frame / 2 || replayedFrames < 3 * rollbacks)
      throw new Error(`${rollbacks} rollbacks of ${replayedFrames} frames in ${this.#block.frame} frames`);
  }

  /** Adds what has arrived. Also called for frames that are run again: nothing is new then. */
  play(): void {
    const block = this.#block;
    while (block.end(1) < block.frame - this.#late) block.addInput(1, block.end(1) & 0xff);
  }
}

function measure(run: CollectionRun): void {
  const { machine: rom, speedPercent, warmUpFrames, stretchFrames, stretches, comforts } = run;
  const image = rom === "fake" || rom === "leaky" ? undefined : readRom(readFileSync(rom), rom).image;
  const source = image === undefined ? fakeSource() : nesSource(image);
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    ...source.sizes,
    rewindBytes: comforts ? 1024 * 1024 : 0,
    hasSpectators: run.netplay === true,
  });
  const other = run.netplay === true ? new LatePlayer() : undefined;
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
      netplay: other?.description,
    },
    (arena): Machine => {
      const machine = image === undefined ? new FakeMachine(arena) : new Nes(arena, image);
      const runFrame = machine.runFrame.bind(machine);
      machine.runFrame = (pixels, isHeard) => {
        if (frame === 0) producer.push(COMMAND_SPEED, speedPercent);
        if (frame === 0 && comforts) producer.push(COMMAND_RUN_AHEAD, 1);
        const measured = frame - warmUpFrames;
        if (measured >= 0 && measured % stretchFrames === 0) {
          // The program may be ended after any stretch.
          if (measured > 0) other?.expectRollbacks();
          writeSync(2, `\n${STRETCH_MARK}\n`);
        }
        if (frame === endFrame) producer.push(COMMAND_STOP);
        frame++;
        other?.play();
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
  const [speedPercent = 0, warmUpFrames = 0, stretchFrames = 1, stretches = 0, comforts, netplay] =
    numbers.map(Number);
  const size = { warmUpFrames, stretchFrames, stretches };
  measure({ machine, speedPercent, ...size, comforts: comforts === 1, netplay: netplay === 1 });
}
