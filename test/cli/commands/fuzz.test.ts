import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { runCampaign } from "../../../src/cli/fuzz/campaign.ts";
import type { FuzzCommandOptions } from "../../../src/cli/fuzz/options.ts";
import { createProgram } from "../../../src/cli/main.ts";
import { BUTTON_NAMES } from "../../../src/io/library/pads.ts";
import { loadMovie } from "../../../src/io/movies/movie-file.ts";
import { readTraceFile } from "../../../src/io/trace/trace-file.ts";
import { emu } from "../../support/cli.ts";
import { PLANTED_CONDITION, plantedRom, readPad } from "../../support/fuzz-game.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { TestProgram } from "../../support/test-program.ts";

const ROOT = join(import.meta.dir, "../../..");
const folder = mkdtempSync(join(tmpdir(), "emu-fuzz-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, contents: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};
const JAMS = file("jams.nes", plantedRom("jam"));
file("jams.mlb", "NesInternalRam:21:armed\nNesPrgRom:24:oops\n");
const SMALL = ["--frames", "40", "--shrink-frames", "8000", "--buttons", "a,start"];

describe("a campaign", () => {
  /** The report without times, and the bytes of all files. */
  const campaign = (
    name: string,
    jobs: number,
  ): { report: unknown; files: readonly (readonly [string, string])[] } => {
    const out = join(folder, name);
    const junit = join(folder, `${name}.xml`);
    const argv = ["fuzz", JAMS, ...SMALL, "--seeds", "1..4", "--jobs", String(jobs), "--json"];
    const { exitCode, stdout } = emu([...argv, "--out", out, "--junit", junit]);
    expect(exitCode).toBe(1);
    expect(readFileSync(junit, "utf8")).toMatch(/<failure [^>]*message="jam-C0/);
    const { milliseconds: _, ...report } = JSON.parse(stdout.toString().replaceAll(out, "OUT"));
    const files = readdirSync(out)
      .sort()
      .map((each) => [each, readFileSync(join(out, each), "base64").replaceAll(out, "OUT")] as const);
    return { report, files };
  };

  test("finds the same with any number of jobs; its movie ends at the failure", async () => {
    const one = campaign("one", 1);
    const two = campaign("two", 2);
    expect(two.report).toEqual(one.report as object);
    const names = one.files.map(([name]) => name);
    const [movieName = ""] = names.filter((name) => name.endsWith(".fm2"));
    const key = movieName.replace(".fm2", "");
    expect(names).toEqual([`${key}.emutrace`, `${key}.fm2`, `${key}.png`, `${key}.txt`]);
    expect(two.files.filter(([name]) => !name.endsWith(".txt"))).toEqual(
      one.files.filter(([name]) => !name.endsWith(".txt")),
    );
    const { failures, seeds } = one.report as {
      failures: readonly { frame: number; place: string }[];
      seeds: number;
    };
    expect(seeds).toBe(4);
    expect(failures).toHaveLength(1);
    expect(failures[0]!.place).toMatch(/^\$C0\w\w oops/);
    const movie = await loadMovie(join(folder, "one", movieName));
    expect(movie.frames).toBe(failures[0]!.frame + 1);
    const trace = await readTraceFile(join(folder, "one", `${key}.emutrace`));
    expect(trace.place).toContain(`oops`);
    expect(trace.failure).toStartWith("the CPU has jammed");
    // The movie has hashes, so that it can be verified.
    expect(emu(["verify", join(folder, "one"), "--roms", folder]).exitCode).toBe(0);
  });

  test("that finds nothing ends with 0 and leaves no folder", () => {
    const out = join(folder, "none");
    const { exitCode, stdout } = emu([
      "fuzz",
      JAMS,
      ...SMALL,
      "--seeds",
      "7",
      "--ignore",
      "jam",
      "--buttons",
      "b",
      "--out",
      out,
    ]);
    expect(stdout.toString()).toMatch(
      /^1 seed, 360 frames in [\d.]+ s, \d+ instructions reached, 0 failures\n$/,
    );
    expect([exitCode, existsSync(out)]).toEqual([0, false]);
  });

  test.each([
    ["--for", "10h"],
    ["--seeds", "1..2000000000"],
  ])(
    "with %s %s that is interrupted keeps whole files, and says that it is incomplete",
    async (name, value) => {
      const out = join(folder, `interrupted${name}`);
      const child = Bun.spawn(
        [
          process.execPath,
          "src/cli/main.ts",
          "fuzz",
          JAMS,
          ...SMALL,
          name,
          value,
          "--runs",
          "1",
          "--jobs",
          "1",
          "--out",
          out,
        ],
        { cwd: ROOT, stdin: "ignore", stdout: "pipe", stderr: "ignore" },
      );
      while (
        child.exitCode === null &&
        !(existsSync(out) && readdirSync(out).some((name) => name.endsWith(".txt")))
      )
        await Bun.sleep(20);
      child.kill("SIGINT");
      const text = await new Response(child.stdout).text();
      expect(await child.exited).toBe(130);
      expect(text).toContain("incomplete: interrupted");
      expect(text).toContain("1 failure\n");
      const names = readdirSync(out).sort();
      expect(names.map((name) => name.replace(/^.*\./, ""))).toEqual(["emutrace", "fm2", "png", "txt"]);
      expect((await loadMovie(join(out, names[1]!))).frames).toBeGreaterThan(2);
    },
  );
});

describe("bad input", () => {
  const options = (more: Partial<FuzzCommandOptions>): FuzzCommandOptions => ({
    seeds: { from: 1, to: 1 },
    frames: 10,
    runs: 1,
    ignore: [],
    lag: 0,
    hang: 0,
    frozen: 0,
    buttons: BUTTON_NAMES,
    pads: 1,
    set: [],
    shrinkFrames: 0,
    out: join(folder, "unused"),
    jobs: 1,
    hangSeconds: 30,
    farmWait: 1,
    ...more,
  });
  const blocked = file("blocked", "");
  const script = file("script.json", "[[10, 8]]");
  const other = file(
    "other.json",
    JSON.stringify({ emuMovie: 1, frames: 3, input: [], rom: { sha1: "0".repeat(40) } }),
  );

  test.each([
    ["a missing ROM", join(folder, "none.nes"), {}, "missing", ""],
    ["a file that is no ROM", blocked, {}, "data", ""],
    ["an expression with an unknown name", JAMS, { fail: ["lives > 9"] }, "usage", "unknown symbol lives"],
    ["an expression that does not end", JAMS, { fail: ["[$21"] }, "usage", ""],
    ["an expression that assigns", JAMS, { fail: ["[$21] = 1"] }, "usage", "assigned"],
    ["an expression to maximise", JAMS, { maximise: "(" }, "usage", ""],
    ["an unknown key of the console", JAMS, { set: ["colour=red"] }, "usage", "unknown key"],
    ["another ROM as a key", JAMS, { set: ["rom=x.nes"] }, "usage", "--set takes"],
    ["a missing movie", JAMS, { movie: join(folder, "none.fm2") }, "missing", ""],
    ["a movie of another ROM", JAMS, { movie: other }, "data", "the movie is for another ROM"],
    ["--any-rom without a movie", JAMS, { anyRom: true }, "usage", "no movie is played"],
    ["an input script as a movie", JAMS, { movie: script }, "data", "an input script has no end"],
    ["a folder that is a file", JAMS, { out: blocked }, "io", ""],
    ["a folder below a file", JAMS, { out: join(blocked, "out") }, "io", ""],
    ["a farm that is no Redis", JAMS, { farm: "http://farm" }, "usage", "is not the address of a Redis"],
  ] as const)("%s is rejected", async (_, rom, more, kind, text) => {
    const error = await inputErrorFrom(runCampaign(rom, options(more), new AbortController().signal));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(text);
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });

  test.each([
    ["--seeds", "9..2"],
    ["--seeds", "0..2"],
    ["--seeds", "1..2000000001"],
    ["--seeds", "-1"],
    ["--seeds", "1...3"],
    ["--for", "0s"],
    ["--for", "10"],
    ["--for", "99999999h"],
    ["--frames", "0"],
    ["--compare", "all"],
    ["--ignore", "jams"],
    ["--ignore", "jam-../../x"],
    ["--buttons", "a,turbo"],
    ["--pads", "5"],
  ])("%s %s is rejected", async (name, value) => {
    const program = await createProgram("fuzz");
    program.commands[0]!.exitOverride().configureOutput({ writeErr: () => {} });
    const parsed = program.parseAsync(["fuzz", "none.nes", name, value], { from: "user" });
    await expect(parsed).rejects.toBeInstanceOf(CommanderError);
  });

  test("--any-rom plays a movie of another ROM", async () => {
    const chosen = options({ movie: other, anyRom: true, ignore: ["jam"], out: join(folder, "any") });
    const { seedsDone, errors } = await runCampaign(JAMS, chosen, new AbortController().signal);
    expect([seedsDone, errors]).toEqual([1, []]);
  });

  test("a demo, which no button changes, is not frozen", async () => {
    const program = new TestProgram();
    const main = program.here;
    readPad(program.waitFrames(1));
    const demo = file("demo.nes", program.bytes(0x4c, main & 0xff, main >> 8).toRom());
    const chosen = options({ frozen: 1200, frames: 300, out: join(folder, "demo") });
    const { failures, seedsDone } = await runCampaign(demo, chosen, new AbortController().signal);
    expect([failures, seedsDone]).toEqual([[], 1]);
  });

  test("a condition that holds without input ends the campaign", async () => {
    const result = await runCampaign(
      JAMS,
      options({ fail: [PLANTED_CONDITION, "frame > 5"], out: join(folder, "idle") }),
      new AbortController().signal,
    );
    expect(result.failures.map(({ finding, seedCount }) => [finding.key, seedCount])).toEqual([
      ["condition-2", 0],
    ]);
    expect(result.seedsDone).toBe(0);
  });
});

test("the help fits a terminal of 80 × 24, and names each option", async () => {
  const { stdout } = emu(["fuzz", "--help"]);
  const lines = stdout.toString().trimEnd().split("\n");
  const [command] = (await createProgram("fuzz")).commands;
  const named = new Set(stdout.toString().match(/--[a-z-]+/g));
  expect(command!.options.filter(({ long }) => !named.has(long!))).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});
