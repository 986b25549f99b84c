import { expect, spyOn, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { AudioClient } from "../../../src/io/audio/audio-client.ts";
import type { CheatList } from "../../../src/io/play/cheat-list.ts";
import { PlaySession } from "../../../src/io/play/play-session.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";
import { STAT_AUDIO_ORDER } from "../../../src/io/shared/layout-words.ts";
import type { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

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

test("rewinding several times in a pause counts from the first time, until the game jumps", async () => {
  let position = 1000;
  const stats = () => ({ rewindFrames: position, rewindPosition: position });
  const done = async () => {};
  const client = {
    stats,
    setRewinding: done,
    pause: done,
    resume: done,
    reset: done,
    loadState: done,
    step: done,
  };
  const session = new PlaySession(
    { ...client, ready: { geometry: { frameRateHz: 60 } } } as unknown as EmuClient,
    DEFAULT_SETTINGS,
    { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
    () => {},
  );
  using _slot = spyOn(session.slots, "load").mockResolvedValue(new Uint8Array(1));
  /** Rewinds to a position. Returns where that is said to be. */
  const rewindTo = async (to: number, meanwhile = done) => {
    await session.hold("rewind", true);
    position = to;
    await meanwhile();
    await session.hold("rewind", false);
    return session.rewindPlace;
  };

  await session.setPaused(true);
  expect(session.rewindPlace).toBeUndefined();
  expect(await rewindTo(900)).toMatchObject({ oldest: 0, newest: 1000, position: 900 });
  expect(await rewindTo(700)).toMatchObject({ newest: 1000, position: 700 });
  for (const jump of [() => session.load(0), () => session.reset("reset"), () => session.setPaused(true)]) {
    await jump();
    expect(session.rewindPlace).toBeUndefined();
    const from = position;
    expect(await rewindTo(from - 100)).toMatchObject({ newest: from, position: from - 100 });
  }
  await session.setPaused(false);
  position = 800;
  expect(await rewindTo(600)).toBeUndefined();
  // A pause during rewinding keeps the place.
  expect(await rewindTo(500, () => session.setPaused(true))).toMatchObject({ newest: 600, position: 500 });
});

test("a state that is loaded in a pause is shown, by one frame", async () => {
  const told: string[] = [];
  const tell = (name: string) => async () => {
    told.push(name);
  };
  const client = {
    stats: () => ({ rewindFrames: 0 }),
    loadState: tell("load"),
    step: tell("step"),
    pause: tell("pause"),
    resume: tell("resume"),
  };
  const session = new PlaySession(
    client as unknown as EmuClient,
    DEFAULT_SETTINGS,
    { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
    () => {},
  );
  using _slot = spyOn(session.slots, "load").mockResolvedValue(new Uint8Array(1));
  await session.load(0);
  await session.setPaused(true);
  await session.load(0);
  expect(told).toEqual(["load", "pause", "load", "step"]);
});

test.each([
  ["none", "muted; the sound system is off"],
  ["auto", "muted; no sound device"],
] as const)("with the sound system %p and no device, a change of the sound says so", (sound, text) => {
  const session = new PlaySession(
    {} as EmuClient,
    { ...DEFAULT_SETTINGS, sound },
    { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
    () => {},
  );
  expect(session.aboutSound("muted")).toBe(text);
});

test("modes that the machine refuses do not stay on", async () => {
  const refuse = async () => {
    throw new InputError("usage", "not possible in a game that is played with others");
  };
  const client = {
    stats: () => ({ rewindPosition: 0, rewindFrames: 0 }),
    setSpeed: refuse,
    setRewinding: refuse,
    step: refuse,
  };
  const session = new PlaySession(
    client as unknown as EmuClient,
    DEFAULT_SETTINGS,
    { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
    () => {},
  );
  for (const change of [
    () => session.toggleSlow(),
    () => session.toggleFast(),
    () => session.step(),
    () => session.hold("rewind", true),
    () => session.hold("fast", true),
  ]) {
    expect((await inputErrorFrom(change())).kind).toBe("usage");
    expect(session).toMatchObject({ isSlow: false, isFast: false, isPaused: false, isAtNormalSpeed: true });
  }
  const twice = [session.toggleSlow(), session.toggleSlow(), session.toggleFast(), session.toggleFast()];
  await Promise.allSettled(twice);
  expect(session).toMatchObject({ isSlow: false, isFast: false });
  // The key's release asks the machine for nothing.
  await session.hold("rewind", false);
});

test("a change of the disk says which side is in the drive now", async () => {
  const texts: string[] = [];
  const client = { changeDisk: async () => ({ side: 2, sideCount: 4 }) };
  const session = new PlaySession(
    client as unknown as EmuClient,
    DEFAULT_SETTINGS,
    { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
    (text) => texts.push(text),
  );
  await session.changeDisk();
  expect(texts).toEqual(["disk side 3 of 4"]);
});

test.each([
  [100, ["r"], "loaded slot 3; hold R to undo", "reset; hold R to undo"],
  [100, ["backspace"], "loaded slot 3; hold Backspace to undo", "reset; hold Backspace to undo"],
  [100, [], "loaded slot 3", "reset"],
  [0, ["r"], "loaded slot 3", "reset"],
])(
  "with %p frames to rewind by %p, jumps say how to undo them",
  async (rewindFrames, rewind, load, reset) => {
    const texts: string[] = [];
    const done = async () => {};
    const client = { stats: () => ({ rewindFrames }), loadState: done, reset: done };
    const session = new PlaySession(
      client as unknown as EmuClient,
      { ...DEFAULT_SETTINGS, keys: { ...DEFAULT_SETTINGS.keys, rewind } },
      { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
      (text) => texts.push(text),
    );
    using _slot = spyOn(session.slots, "load").mockResolvedValue(new Uint8Array(1));
    await session.load(3);
    await session.reset("reset");
    expect(texts).toEqual([load, reset]);
  },
);

test("a movie is counted until its end, and back while the player rewinds", () => {
  let position = 60;
  const client = {
    stats: () => ({ frames: 300, rewindFrames: position, rewindPosition: position }),
    ready: { geometry: { frameRateHz: 60 } },
  } as unknown as EmuClient;
  const cheats = {} as CheatList;
  const files = { name: "game", statesFolder: "/nowhere", capturesFolder: "/nowhere", cheats };
  const session = new PlaySession(client, DEFAULT_SETTINGS, files, () => {});
  expect(session.states).toEqual([]);
  session.movieFrames = 600;
  expect(session.states).toEqual(["▶ movie 0:01 / 0:10"]);
  session.settings = { ...DEFAULT_SETTINGS, rewindMebibytes: 0 };
  expect(session.states).toEqual(["▶ movie 0:05 / 0:10"]);
  session.settings = DEFAULT_SETTINGS;
  position = 600;
  expect(session.states).toEqual([]);
});

test.each([
  [
    "one screen",
    256,
    "both",
    [1, 0],
    ["the menu and the time stay on the screen", "the game is on the screen while it is played"],
  ],
  ["both screens", 512, "one", [], ["this game has no other screen", "this game has no other screen"]],
] as const)(
  "with %s, the key for the other one goes by the machine, not by the setting for the next game",
  async (...args) => {
    const [, width, screens, chosen, said] = args;
    const choices: number[] = [];
    const notices: string[] = [];
    const client = {
      ready: { geometry: { width }, coins: { hasPanel: true } },
      choose: async (_option: number, value: number) => void choices.push(value),
    };
    const session = new PlaySession(
      client as unknown as EmuClient,
      { ...DEFAULT_SETTINGS, screens },
      { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
      (text) => notices.push(text),
    );
    await session.changeScreen();
    await session.changeScreen();
    expect(choices).toEqual([...chosen]);
    expect(notices).toEqual([...said]);
  },
);

test.each([
  [false, ["7"], "coin inserted: press Start"],
  [true, ["7"], "coin inserted: 7 is Enter"],
  [true, [], "coin inserted"],
])(
  "after a coin the player is told what to press, with a panel: %p, its key: %p",
  async (hasPanel, keys, said) => {
    const notices: string[] = [];
    const client = { ready: { coins: { hasPanel } }, insertCoin: async () => {} };
    const session = new PlaySession(
      client as unknown as EmuClient,
      { ...DEFAULT_SETTINGS, keys: { ...DEFAULT_SETTINGS.keys, "panel-enter": keys } },
      { name: "game", statesFolder: "", capturesFolder: "", cheats: {} as CheatList },
      (text) => notices.push(text),
    );
    await session.insertCoin(0);
    expect(notices).toEqual([said]);
  },
);
