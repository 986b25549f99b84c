import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { DebugSession } from "../../../src/io/debug/session.ts";
import { loadTarget } from "../../../src/io/debug/target-loader.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { type Movie, machineOfMovie } from "../../../src/io/movies/movie.ts";
import { saveMovie } from "../../../src/io/movies/movie-file.ts";
import { NO_SYMBOLS } from "../../../src/io/symbols/symbols.ts";
import { playFrames, stateOf } from "../../support/debug.ts";
import { movieOf, movies, ownRom, replay } from "../../support/movies.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PATH = join(import.meta.dir, "../../../roms/swingby.nes");

function sessionWith(movie: Movie): DebugSession {
  const rom = readRom(readFileSync(PATH), PATH);
  return new DebugSession({
    rom,
    symbols: NO_SYMBOLS,
    machine: machineOfMovie(movie),
    movie,
  });
}

/** Runs to the end of a number of frames since power-on; power cycles start the machine's count again. */
function play(session: DebugSession, frames: number): void {
  for (let left = frames; left > 0; ) {
    session.timeline.advance();
    if (session.probe.endedFrame) left--;
  }
}

describe("a movie in a session", () => {
  test("plays as in emu dump, with resets and power cycles, again and again", () => {
    fc.assert(
      fc.property(movies, fc.nat(1000), (movie, back) => {
        const machine = ownRom("swingby", machineOfMovie(movie));
        const frames = Math.min(25, movie.frames + 3);
        replay(machine, movie, frames);
        const session = sessionWith(movie);
        play(session, frames);
        const wanted = Buffer.alloc(machine.stateBytes);
        machine.save(wanted);
        expect(stateOf(session)).toBe(Bun.hash(wanted).toString(16));
        const end = session.timeline.position;
        session.seek(end - Math.min(end, back * 37));
        session.seek(end);
        expect(stateOf(session)).toBe(Bun.hash(wanted).toString(16));
      }),
      { numRuns: 6 },
    );
  });

  test("held buttons are pressed as well, and the movie goes on in another future", async () => {
    const session = sessionWith(movieOf([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4]));
    const latched = () => session.nes.latchedButtons;
    playFrames(session, 5);
    session.hold(1);
    playFrames(session, 1);
    const held = latched();
    await session.move({ kind: "frame" }, "back");
    session.hold(0);
    playFrames(session, 2);
    expect([held & 1, latched() & 1]).toEqual([1, 0]);
  });
});

describe("loading", () => {
  const folder = temporaryFolder("debug-movie");
  const movie = join(folder, "play.fm2");
  const files = { path: PATH, load: {}, machine: {}, movie };

  test("a movie of another ROM is rejected, unless any ROM is allowed", async () => {
    await saveMovie(movie, movieOf([1, 2, 3], { rom: { md5: "0".repeat(32) } }));
    await expect(loadTarget(files)).rejects.toThrow("the movie is for another ROM");
    const target = await loadTarget({ ...files, anyRom: true });
    expect(target.movie?.frames).toBe(3);
    expect(target.symbolFiles).toContain(movie);
  });

  test("a movie that does not exist or is no movie is an error", async () => {
    await expect(loadTarget({ ...files, movie: join(folder, "none.fm2") })).rejects.toThrow("no such file");
    await expect(loadTarget({ ...files, movie: PATH })).rejects.toThrow(InputError);
  });
});
