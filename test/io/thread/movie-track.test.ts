import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CartridgeImage } from "../../../src/emu/nes/cartridge/image.ts";
import { DEVICE_DATA_BYTES } from "../../../src/emu/nes/input/devices.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { deviceScriptOf } from "../../../src/io/movies/device-script.ts";
import { checkHoldsGame, finishRecording } from "../../../src/io/movies/live-recording.ts";
import { RecordingBlock } from "../../../src/io/shared/recording-block.ts";
import { EmuClient, type EmuClientOptions } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { arcadeRomFile } from "../../support/arcade-rom.ts";
import { deviceReader } from "../../support/device-reader.ts";
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

test.each([
  ["a.json", { expansion: "party-tap" }, undefined],
  ["a.fm2", {}, undefined],
  ["a.fm2", { port2: "zapper" }, undefined],
  ["a.fm2", { expansion: "party-tap" }, "party-tap"],
  ["a.bk2", { expansion: "oeka-kids-tablet" }, undefined],
  ["a.bk2", { port1: "snes-mouse" }, "snes-mouse"],
] as const)("a recording to %s with %o is refused before the game: %p", (path, devices, device) => {
  const check = () =>
    checkHoldsGame(path, { image, fileName: "swingby.nes", fileSha1: image.sha1 }, { devices });
  if (device === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(device);
});

describe("what is played on the machine thread", () => {
  test(
    "is recorded frame by frame, and replays exactly",
    async () => {
      const { recording } = await play(somePlay);
      expect(recording.frames).toBe(85);
      const kept: number[] = [];
      const { movie, isExact } = await finishRecording(
        recording,
        { image, fileName: "swingby.nes", fileSha1: image.sha1 },
        {},
        async ({ frames, hashes }) => void kept.push(frames, hashes.length),
      );
      expect(isExact).toBe(true);
      // It is kept before its hashes are known.
      expect(kept).toEqual([85, 0]);
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
        const { bytes } = await client.saveState();
        await somePlay(client);
        await client.loadState(bytes);
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

describe("other devices, coins and switches", () => {
  const reader = readRom(deviceReader().toRom(), "reader.nes").image;
  const arcade = readRom(arcadeRomFile(deviceReader(), { vs: 0 }), "arcade.nes").image;
  const identity = (game: CartridgeImage) => ({ image: game, fileName: "game.nes", fileSha1: game.sha1 });

  test(
    "the devices of a movie are used on the machine thread, recorded, and replay exactly",
    async () => {
      const options = { devices: { port2: "zapper", expansion: "family-basic-keyboard" } } as const;
      const entries = [
        [5, { port2: "trigger", expansion: "A" }],
        [8, { expansion: "RETURN" }],
      ] as const;
      const script = deviceScriptOf(entries, options.devices, String);
      const recording = new RecordingBlock();
      const client = await EmuClient.start({
        machine: nesSource(reader, options),
        startPaused: true,
        warmUpFrames: 10,
        track: { devices: script.entries, deviceFrames: 11, recording: recording.buffer },
      });
      await client.step(13);
      await client.stop();
      const { movie, isExact } = await finishRecording(recording, identity(reader), options);
      expect(isExact).toBe(true);
      const [played, recorded] = [0, 1].map(() => new Uint8Array(DEVICE_DATA_BYTES));
      for (let frame = 0; frame < 13; frame++) {
        // After the movie the devices are the player's, who does nothing.
        if (frame < 11) script.fill(frame, played!);
        else played!.fill(0);
        movie.deviceData?.fill(frame, recorded!);
        expect([frame, ...recorded!]).toEqual([frame, ...played!]);
      }
    },
    TIMEOUT_MS,
  );

  test(
    "coins, service button and switches are recorded and replay exactly",
    async () => {
      const recording = new RecordingBlock();
      const options = { dips: 0x80 };
      const client = await EmuClient.start({
        machine: nesSource(arcade, options),
        startPaused: true,
        warmUpFrames: 10,
        track: { events: [{ frame: 2, kind: "coin", slot: 2 }], recording: recording.buffer },
      });
      await client.step(5);
      await client.pressService();
      await client.step(5);
      await client.setDips(0x03);
      await client.step(5);
      await client.stop();
      const { movie, isExact } = await finishRecording(recording, identity(arcade), options);
      expect(movie.events).toEqual([
        { frame: 0, kind: "dip", setting: "00000001" },
        { frame: 2, kind: "coin", slot: 2 },
        { frame: 5, kind: "service" },
        { frame: 10, kind: "dip", setting: "11000000" },
      ]);
      expect(isExact).toBe(true);
    },
    TIMEOUT_MS,
  );
});
