/** Options of `emu run` that have no effect are errors, whatever is played. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkForBuiltIn,
  checkForChoice,
  checkForMusic,
  checkRunOptions,
  forOtherGames,
  type RunCommandOptions,
} from "../../../src/cli/run/options.ts";
import { emu } from "../../support/cli.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { buildNsf, RTS } from "../../support/nsf-builder.ts";
import { HAS_PTY, Pty } from "../../support/pty.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "emu-run-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What commander gives without any option. */
const NONE: RunCommandOptions = { statusLine: true };
const given = (options: Partial<RunCommandOptions>): RunCommandOptions => ({ ...NONE, ...options });

describe("options that have no effect", () => {
  test.each<[string, () => unknown, string]>([
    ["music", () => checkForMusic(given({ cheat: ["SXIOPO"] })), "--cheat has no effect on music"],
    ["music", () => checkForMusic(given({ runAhead: 0 })), "--run-ahead has no effect on music"],
    ["music", () => checkForMusic(given({ statusLine: false })), "--no-status-line has no effect"],
    [
      "a built-in game",
      () => checkForBuiltIn(given({ patch: ["a.ips"] }), "swingby"),
      "swingby comes with emu",
    ],
    ["a built-in game", () => checkForBuiltIn(given({ watch: true }), "swingby"), "--watch is for files"],
    ["a folder", () => checkForChoice(given({ cheat: ["SXIOPO"] })), "--cheat is for one game"],
    [
      "--library",
      () => checkRunOptions(undefined, given({ library: true, state: "a" })),
      "--state is for one",
    ],
    ["--library", () => checkRunOptions("a.nes", given({ library: true })), "--library chooses a game"],
    ["--debug", () => checkRunOptions("a.nes", given({ debug: true, runAhead: 1 })), "cannot be used with"],
    ["no movie", () => checkRunOptions("a.nes", given({ anyRom: true })), "no movie is played"],
    [
      "a movie",
      () => checkRunOptions("a.nes", given({ input: "a.json", saveLock: "play" })),
      "--save-lock has no effect on movies",
    ],
  ])("%s: %#", (_, check, message) => {
    const error = inputErrorOf(check);
    expect(error).toMatchObject({ kind: "usage", message: expect.stringContaining(message) });
  });

  test("nothing is wrong without options", () => {
    for (const path of [undefined, "a.nes"]) checkRunOptions(path, NONE);
    checkForMusic(NONE);
    checkForBuiltIn(given({ patch: false }), "swingby");
    checkForChoice(given({ region: "pal", patch: false }));
  });

  test("games that are opened later get the options of the console and the player only", () => {
    const all = given({
      patch: ["a.ips"],
      cheat: ["SXIOPO"],
      dip: ["lives=5"],
      core: "x",
      region: "pal",
      volume: 5,
    });
    expect(forOtherGames(all)).toEqual(given({ region: "pal", volume: 5 }));
    expect(forOtherGames(given({ patch: false }))).toEqual(given({ patch: false }));
  });

  test("dump names the option that needs a movie", () => {
    const argv = ["dump", "roms/swingby.nes", "--frames", "1", "--format", "hash", "--input-offset", "2"];
    expect(emu(argv)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--input-offset") });
  });

  test.skipIf(!HAS_PTY)("run checks what it plays", async () => {
    const tune = join(folder, "tune.nsf");
    writeFileSync(tune, buildNsf({ program: [RTS] }));
    const games = join(folder, "games");
    mkdirSync(games);
    for (const [path, message] of [
      [tune, "has no effect on music"],
      [games, "is for one game"],
    ]) {
      await using pty = new Pty(["bun", "src/cli/main.ts", "run", path!, "--cheat", "SXIOPO"]);
      await pty.waitFor(message!);
      expect(await pty.end()).toBe(2);
    }
  });
});
