import { InputError } from "../../../emu/input-error.ts";
import { COMMAND_STEP, STEP_FAST, STEP_LAST_PICTURE } from "../../shared/commands.ts";
import { FRAME_PUBLISHED } from "../../shared/layout-words.ts";
import type { EmuClient } from "../../thread/emu-client.ts";

/** Runs of up to a second of play take a few milliseconds and are not stopped early. */
export const MAX_BRIEF_FRAMES = 60;
/** How often a run checks if it must stop early. */
const POLL_MS = 20;
/** Longest time for which a run blocks the event loop. */
const MAX_BLOCK_MS = 2;

/**
 * Runs frames of a paused machine at full speed. Only the last one is drawn, unless `isWatched`. It cannot be
 * stopped. With `mayBlock`, it blocks the event loop for up to 2 ms: waking a blocked thread takes a third of
 * the time of waking its event loop.
 */
export async function runBriefly(
  client: EmuClient,
  frames: number,
  isWatched: boolean,
  mayBlock: boolean,
): Promise<void> {
  const { words } = client.blocks.frames;
  const before = Atomics.load(words, FRAME_PUBLISHED);
  const pictures = isWatched ? frames : 1;
  step(client, frames, isWatched ? STEP_FAST : STEP_LAST_PICTURE);
  const blocksUntilMs = mayBlock ? performance.now() + MAX_BLOCK_MS : 0;
  while (client.isRunning) {
    const published = Atomics.load(words, FRAME_PUBLISHED);
    if (((published - before) | 0) >= pictures) return;
    const leftMs = blocksUntilMs - performance.now();
    if (leftMs > 0) Atomics.wait(words, FRAME_PUBLISHED, published, leftMs);
    else await waitForPicture(words, published);
  }
}

/** Runs frames of a paused machine at full speed and draws them all. Stops early if `mustStop` says so. */
export async function runLong(client: EmuClient, frames: number, mustStop: () => boolean): Promise<void> {
  const { words } = client.blocks.frames;
  const before = Atomics.load(words, FRAME_PUBLISHED);
  step(client, frames, STEP_FAST);
  while (client.isRunning) {
    const published = Atomics.load(words, FRAME_PUBLISHED);
    if (((published - before) | 0) >= frames) return;
    if (mustStop()) return client.pause();
    await waitForPicture(words, published);
  }
}

/** The pictures answer the command, so its own answer is not awaited: that would take another wake-up. */
function step(client: EmuClient, frames: number, mode: number): void {
  if (client.send(COMMAND_STEP, frames, mode) < 0)
    throw new InputError("unavailable", "the machine's command queue is full", "", "try again");
}

async function waitForPicture(words: Int32Array, published: number): Promise<void> {
  const sleep = Atomics.waitAsync(words, FRAME_PUBLISHED, published, POLL_MS);
  if (sleep.async) await sleep.value;
}
