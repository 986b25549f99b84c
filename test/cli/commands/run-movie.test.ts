import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMovie } from "../../../src/io/movies/movie-file.ts";
import { emu } from "../../support/cli.ts";
import { HAS_PTY, Pty } from "../../support/pty.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");
const folder = mkdtempSync(join(tmpdir(), "emu-run-movie-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

describe.skipIf(!HAS_PTY)("emu run with movies", () => {
  test("records what it plays, and emu dump plays it back", async () => {
    writeFileSync(file("script.json"), "[[20, 1], [26, 0], [50, 129]]");
    const argv = [SWINGBY, "--frames", "90", "--sound", "none", "--input", file("script.json")];
    await using pty = new Pty(["bun", MAIN, "run", ...argv, "--record", file("play.fm2")]);
    expect(await pty.end()).toBe(0);
    expect(pty.output).toContain(`emu: wrote 90 frames to ${file("play.fm2")}\r\n`);
    const movie = await loadMovie(file("play.fm2"));
    expect([movie.frames, movie.hashes.length]).toEqual([90, 1]);
    expect([19, 20, 25, 26, 50, 89].map((frame) => movie.input.maskAt(frame))).toEqual([
      0, 1, 1, 0, 129, 129,
    ]);
    const dumped = ["dump", SWINGBY, "--frames", "90", "--from", "89", "--format", "hash", "--input"];
    const hash = emu([...dumped, file("play.fm2")]);
    expect(hash.exitCode).toBe(0);
    expect(hash.stdout.toString()).toBe(emu([...dumped, file("script.json")]).stdout.toString());
  });

  test.each([
    [["--record", "a.avi"], 2, "not the extension of a movie: one of .json, .fm2, .bk2 was expected"],
    [
      ["--record", "a.json", "--state", "x"],
      2,
      "--record cannot be used with --state: movies start at power-on",
    ],
    [["--input", "absent.fm2"], 66, "absent.fm2: no such file"],
  ])("%j is rejected", async (options, code, message) => {
    await using pty = new Pty(["bun", MAIN, "run", SWINGBY, ...options]);
    expect(await pty.end()).toBe(code);
    expect(pty.output).toContain(message);
  });
});
