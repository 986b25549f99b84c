import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRom } from "../../../src/io/files/rom-file.ts";
import { finishRecording } from "../../../src/io/movies/live-recording.ts";
import { RecordingBlock } from "../../../src/io/shared/recording-block.ts";
import { EmuClient, type EmuClientOptions } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { masksOf, movieOf } from "../../support/movies.ts";

const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");
const { image } = readRom(readFileSync(SWINGBY), SWINGBY);
const TIMEOUT_MS = 60_000;

/** Plays on the machine thread as `steps` say, and returns the recording. */
async function play(
  steps: (client: EmuClient) => Promise<void>,
  options: Partial<EmuClientOptions> = {},
): Promise<{ recording: RecordingBlock; registers: Record<string, number> }> {
  const recording = new RecordingBlock();
  const client = await EmuClient.start({
    machine: nesSource(image),
    startPaused: true,
    warmUpFrames: 10,
    track: { ...options.track, recording: recording.buffer },
    ...(options.rewindBytes === undefined ? {} : { rewindBytes: options.rewindBytes }),
  });
  try {
    await steps(client);
    return { recording, registers: await client.registers() };
  } finally {
    await client.stop();
  }
}

/** Some play: presses between stretches of frames. */
async function somePlay(client: EmuClient): Promise<void> {
  await client.step(40);
  client.setButtons("keyboard", 1);
  await client.step(5);
  client.setButtons("keyboard", 0);
  await client.step(30);
  client.setButtons("keyboard", 0x41);
  await client.step(10);
}

describe("what is played on the machine thread", () => {
  test(
    "is recorded frame by frame, and replays exactly",
    async () => {
      const { recording } = await play(somePlay);
      expect(recording.frames).toBe(85);
      const { movie, isExact } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
      );
      expect(isExact).toBe(true);
      expect(movie.hashes.map((hash) => hash.frame)).toEqual([59]);
      const masks = masksOf(movie);
      expect(masks.slice(40, 45)).toEqual([1, 1, 1, 1, 1]);
      expect(masks.filter((mask) => mask !== 0).length).toBe(15);
    },
    TIMEOUT_MS,
  );

  test(
    "with the reset button, and restarts at a power cycle",
    async () => {
      const { recording } = await play(async (client) => {
        await somePlay(client);
        await client.reset("power");
        await client.step(20);
        await client.reset("reset");
        await somePlay(client);
      });
      expect(recording.frames).toBe(105);
      const { movie, isExact } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
      );
      expect(movie.resets).toEqual([{ frame: 20, kind: "reset" }]);
      expect(isExact).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    "goes back when a state is loaded",
    async () => {
      const { recording } = await play(async (client) => {
        await client.step(30);
        await client.saveSlot(0);
        await somePlay(client);
        await client.loadSlot(0);
        client.setButtons("keyboard", 2);
        await client.step(25);
      });
      expect(recording.frames).toBe(55);
      const { movie, isExact } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
      );
      expect(isExact).toBe(true);
      expect(masksOf(movie).slice(30)).toEqual(new Array(25).fill(2));
    },
    TIMEOUT_MS,
  );

  test(
    "is distinguished from changes by anything but buttons",
    async () => {
      const { recording } = await play(async (client) => {
        await somePlay(client);
        await client.poke("cpu", 0x0300, 2);
      });
      const { movie, isExact } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
      );
      expect([isExact, movie.hashes]).toEqual([false, []]);
    },
    TIMEOUT_MS,
  );

  test(
    "combines a given movie with the player's buttons",
    async () => {
      const masks = Array.from({ length: 60 }, (_, frame) => (frame > 30 && frame < 40 ? 1 : 0));
      const track = { played: movieOf(masks).input.entries };
      const { recording } = await play(
        async (client) => {
          await client.step(50);
          client.setButtons("keyboard", 0x80);
          await client.step(10);
        },
        { track },
      );
      const { movie } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
      );
      expect(masksOf(movie)).toEqual(masks.map((mask, frame) => (frame < 50 ? mask : mask | 0x80)));
    },
    TIMEOUT_MS,
  );
});
