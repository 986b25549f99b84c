import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { collectMovies } from "../../../src/io/conform/collect-movies.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import type { TestResult } from "../../../src/io/conform/types.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { loadMovie, movieRom, saveMovie } from "../../../src/io/movies/movie-file.ts";
import { emu } from "../../support/cli.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { TestProgram } from "../../support/test-program.ts";

const root = mkdtempSync(join(tmpdir(), "emu-verify-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
/** A folder with these files; objects are written as JSON. */
function folderOf(files: Readonly<Record<string, string | Uint8Array | object>>): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  for (const [name, contents] of Object.entries(files)) {
    const isText = typeof contents === "string" || contents instanceof Uint8Array;
    writeFileSync(join(folder, name), isText ? contents : JSON.stringify(contents));
  }
  return folder;
}

async function verify(folder: string, roms: readonly string[] = []): Promise<TestResult[]> {
  const tests = await collectMovies([folder], roms);
  return Promise.all(tests.map(async (spec) => (await grade(spec)).result));
}
const verdicts = (results: readonly TestResult[], folder: string) =>
  results.map(({ name = "", rom, verdict }) => `${(name || rom).slice(folder.length + 1)} ${verdict}`);

const A = new TestProgram().waitFrames(2).forever().toRom();
const B = new TestProgram().waitFrames(3).forever().toRom();
const aFile = join(folderOf({ "a.nes": A }), "a.nes");
const rom = movieRom(await loadRom(aFile));
/** The identity of the ROM in JSON movies. */
const romOfA = { name: "elsewhere.nes", sha1: rom.sha1 };
const MOVIE = { emuMovie: 1, frames: 20, input: [[3, 8]] };
const [played] = await verify(folderOf({ "m.json": MOVIE, "m.nes": A }));
const { picture = "", ram = "" } = played?.end ?? {};

describe("movies of a folder", () => {
  test("are skipped if they have nothing to compare with, and name the hashes of their ends", () => {
    expect(played).toMatchObject({ verdict: "skip", protocol: "movie", frames: 20, end: { frame: 19 } });
    expect(played?.detail).toBe(
      `nothing to compare with; played to its end, frame 19: picture ${picture}, RAM ${ram}`,
    );
  });

  test.each([
    ["agree", [[19, picture, ram]], "pass", "1 hash; played to its end"],
    [
      "agree in any order, after the end too",
      [
        [25, picture],
        [19, picture],
      ],
      "pass",
      "2 hashes; played to its end",
    ],
    [
      "differ before others",
      [
        [19, "00000000"],
        [3, picture],
      ],
      "fail",
      "frame 19: the movie desyncs: the picture",
    ],
    [
      "differ beside one that agrees",
      [
        [19, picture],
        [19, picture, "00000000"],
      ],
      "fail",
      "frame 19: the movie desyncs: RAM",
    ],
    ["differ after the end", [[30, "00000000"]], "fail", "frame 30: the movie desyncs"],
  ] as const)("whose hashes %s", async (_what, hashes, verdict, detail) => {
    const [result] = await verify(folderOf({ "m.json": { ...MOVIE, hashes }, "m.nes": A }));
    expect(result?.verdict).toBe(verdict);
    expect(result?.detail).toStartWith(detail);
  });

  test.each(["json", "fm2", "bk2"])("find their ROMs by hash in .%s", async (format) => {
    const folder = folderOf({ "x.nes": B, "m.nes": B, "other.nes": A, "m.json": MOVIE });
    const movie = await loadMovie(join(folder, "m.json"));
    rmSync(join(folder, "m.json"));
    await saveMovie(join(folder, `m.${format}`), { ...movie, rom, hashes: [{ frame: 19, picture, ram }] });
    const [result] = await verify(folder);
    expect(result).toMatchObject({ verdict: "pass", rom: join(folder, "other.nes") });
  });

  test("find their ROMs by the name that they have for it, and in other folders", async () => {
    const folder = folderOf({
      "one.json": { ...MOVIE, rom: { name: "A.nes" } },
      "two.json": { ...MOVIE, rom: romOfA },
    });
    const roms = folderOf({ "a.nes": A });
    const results = await verify(folder, [roms]);
    expect(results.map((one) => one.rom)).toEqual([join(roms, "a.nes"), join(roms, "a.nes")]);
  });

  test("are errors without their ROM, and if they cannot be read", async () => {
    const folder = folderOf({
      "broken.json": '{ "emuMovie": 1, "frames": ',
      "none.json": MOVIE,
      "other.json": { ...MOVIE, rom: romOfA },
      "other.nes": B,
      "gone.fm2.gz": gzipSync(
        "version 3\nromChecksum base64:AAAAAAAAAAAAAAAAAAAAAA==\n|0|........|........||\n",
      ),
      "settings.json": { a: 1 },
    });
    const results = await verify(folder);
    expect(verdicts(results, folder)).toEqual([
      "broken.json error",
      "gone.fm2.gz error",
      "none.json error",
      "other.json error",
    ]);
    expect(results.map(({ detail }) => detail)).toEqual([
      expect.stringContaining("broken.json, line 1"),
      expect.stringContaining("no ROM with MD5 00000000000000000000000000000000 was found"),
      expect.stringContaining("no ROM was found: put it beside the movie"),
      expect.stringContaining("the movie is for another ROM (elsewhere.nes)"),
    ]);
  });

  test("must show what verify.toml expects, besides their own hashes", async () => {
    const entry = (movie: string, hash: string) =>
      `[[test]]\nrom = "game.nes"\ninput = "${movie}"\nprotocol = "movie"\nexpect = { frame = 19, frameHash = "${hash}" }\n`;
    const folder = folderOf({
      "verify.toml": entry("good.json", picture) + entry("bad.json", "00000000") + entry("own.json", picture),
      "game.nes": A,
      "good.json": MOVIE,
      "bad.json": MOVIE,
      "own.json": { ...MOVIE, hashes: [[5, "00000000"]] },
      "game.json": MOVIE,
    });
    const results = await verify(folder);
    expect(verdicts(results, folder)).toEqual([
      "good.json pass",
      "bad.json fail",
      "own.json fail",
      "game.json skip",
    ]);
    expect(results[0]?.detail).toStartWith("1 of 1 expectations; played to its end, frame 19");
    expect(results[1]).toMatchObject({
      detail: expect.stringContaining("expected 00000000"),
      end: { picture },
    });
  });

  test("of a manifest for other tests are an error with its place", async () => {
    const folder = folderOf({ "verify.toml": '[[test]]\nrom = "a.nes"\nprotocol = "detect"\n' });
    const error = await inputErrorFrom(collectMovies([folder], []));
    expect([error.kind, error.where] as string[]).toEqual(["data", `${join(folder, "verify.toml")}:1:3`]);
  });
});

test("emu verify reports as emu conform does", () => {
  const folder = folderOf({
    "bad.json": { ...MOVIE, rom: romOfA, hashes: [[2, "00000000"]] },
    "game.nes": A,
  });
  copyFileSync(aFile, join(folder, "skip.nes"));
  writeFileSync(join(folder, "skip.json"), JSON.stringify(MOVIE));
  const junit = join(folder, "report.xml");
  const all = emu(["verify", folder, "--json", "--junit", junit]);
  expect(all.exitCode).toBe(1);
  expect(JSON.parse(all.stdout.toString())).toMatchObject({ passed: 0, failed: 1, errors: 0, skipped: 1 });
  const one = emu(["verify", folder, "--filter", "skip.json"]);
  expect([one.exitCode, one.stdout.toString()]).toEqual([0, expect.stringContaining("1 skipped")]);
  expect(emu(["verify", folderOf({})]).exitCode).toBe(65);
  expect(emu(["verify", join(folder, "nothing")]).exitCode).toBe(66);
});
