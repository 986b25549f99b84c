import { expect, spyOn, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AudioClient } from "../../../src/io/audio/audio-client.ts";
import type { CheatList } from "../../../src/io/play/cheat-list.ts";
import { PlaySession } from "../../../src/io/play/play-session.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { createShared, DEFAULT_SIZES, STAT_AUDIO_ORDER } from "../../../src/io/shared/layout.ts";
import type { EmuClient } from "../../../src/io/thread/emu-client.ts";

test("only one sound system plays at a time, however often another is chosen", async () => {
  const folder = await mkdtemp(join(tmpdir(), "emu-session-"));
  const sizes = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 };
  const { blocks, description } = createShared({ ...DEFAULT_SIZES, ...sizes });
  // It is incremented for each thread that may play, and for each one that must end.
  const turn = () => Atomics.load(blocks.stats.words, STAT_AUDIO_ORDER + 1);
  const session = new PlaySession(
    { blocks, description } as unknown as EmuClient,
    { ...DEFAULT_SETTINGS, sound: "alsa" },
    { name: "game", statesFolder: folder, capturesFolder: folder, cheats: {} as CheatList },
    () => {},
  );
  await session.startSound();
  expect(turn()).toBe(1);
  const { end } = AudioClient.prototype;
  const mayEnd = Promise.withResolvers<void>();
  using _slow = spyOn(AudioClient.prototype, "end").mockImplementation(async function (this: AudioClient) {
    await mayEnd.promise;
    await end.call(this);
  });
  const changes = [session.startSound(), session.startSound(), session.startSound()];
  await Bun.sleep(1);
  // No thread follows before the first has ended.
  expect(turn()).toBe(1);
  mayEnd.resolve();
  await Promise.all(changes);
  expect(turn()).toBe(3);
  const last = session.startSound();
  await session.end();
  await last;
  expect(turn()).toBe(4);
  await rm(folder, { recursive: true, force: true });
});
