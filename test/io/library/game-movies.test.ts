import { describe, expect, test } from "bun:test";
import { DEVICE_DATA_BYTES } from "../../../src/emu/nes/input/devices.ts";
import type { Button, Game, GameOptions } from "../../../src/io/library/index.ts";
import { DeviceLog } from "../../../src/io/movies/device-script.ts";
import type { Movie } from "../../../src/io/movies/movie.ts";
import { libraryGame } from "../../support/library-game.ts";

/** Frames before the program reads the controller. */
const START_FRAMES = 5;

/** A movie of START_FRAMES frames, and of `frames` more with `buttons` held. */
function recorded(buttons: Button[], frames: number, options: GameOptions = {}): Movie {
  const nes = libraryGame(options);
  const recording = nes.record();
  nes.frames(START_FRAMES);
  nes.press(...buttons);
  nes.frames(frames);
  return recording.movie();
}

function playing(movie: Movie, options: GameOptions = {}): Game {
  const nes = libraryGame(options);
  nes.play(movie);
  return nes;
}

describe("a movie that is played", () => {
  test("press() takes over at its end", () => {
    const movie = recorded(["a"], 4);
    const nes = playing(movie);
    nes.frames(movie.frames);
    expect(nes.peek("a_count")).toBe(4);
    nes.frames(3);
    expect(nes.peek("a_count")).toBe(4);
    nes.press("a");
    nes.frames(3);
    expect(nes.peek("a_count")).toBe(7);
    nes.release();
    nes.frames(3);
    nes.tap("a", 2);
    expect(nes.peek("a_count")).toBe(9);
  });

  test("buttons pressed meanwhile have no effect before its end", () => {
    const movie = recorded([], 6);
    const nes = playing(movie);
    nes.press("a");
    nes.frames(movie.frames);
    expect(nes.peek("a_count")).toBe(0);
    nes.frames(2);
    expect(nes.peek("a_count")).toBe(2);
  });

  test("press() takes over within a frame that is run by instructions", () => {
    const movie = recorded(["a"], 4);
    const nes = playing(movie);
    nes.press("a");
    while (nes.frame < movie.frames + 2) nes.step();
    expect(nes.peek("a_count")).toBe(6);
  });

  test("a recording of it continues with pressed buttons", () => {
    const movie = recorded(["a"], 4);
    const nes = playing(movie);
    const recording = nes.record();
    nes.frames(movie.frames);
    nes.hold(1, "a", "right");
    nes.frames(2);
    const { input, frames } = recording.movie();
    expect(frames).toBe(movie.frames + 2);
    expect(Array.from({ length: frames }, (_, frame) => input.maskAt(frame)).slice(START_FRAMES)).toEqual([
      1, 1, 1, 1, 0x81, 0x81,
    ]);
  });

  test("devices get no input after its end", () => {
    const options: GameOptions = { devices: { port2: "zapper" } };
    const log = new DeviceLog();
    const seen = new Uint8Array(DEVICE_DATA_BYTES).fill(1);
    const frames = START_FRAMES + 2;
    for (let frame = 0; frame < frames; frame++) log.add(seen);
    const nes = playing({ ...recorded([], 2, options), deviceData: log.toScript()! }, options);
    nes.frames(frames);
    expect(nes.machine.latchedDevices).toEqual(seen);
    nes.frames(1);
    expect(nes.machine.latchedDevices).toEqual(new Uint8Array(DEVICE_DATA_BYTES));
  });
});
