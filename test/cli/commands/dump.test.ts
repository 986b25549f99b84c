import { afterAll, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { emu } from "../../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-dump-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

/** The frame hashes of Swingby's first 70 frames under these options. */
function hashes(...options: string[]): { exitCode: number; text: string; stderr: string } {
  const { exitCode, stdout, stderr } = emu([
    "dump",
    "roms/swingby.nes",
    "--frames",
    "70",
    "--format",
    "hash",
    ...options,
  ]);
  return { exitCode, text: stdout.toString(), stderr };
}

describe("emu dump with movies", () => {
  writeFileSync(file("script.json"), "[[20, 8], [24, 0], [40, 1], [50, 130]]");
  const played = hashes("--input", file("script.json"), "--record", file("movie.json"));

  test("recordings in every format play back with the same pictures", () => {
    expect(played.exitCode).toBe(0);
    let from = "movie.json";
    for (const to of ["movie.fm2", "movie.bk2", "again.json"]) {
      expect(hashes("--input", file(from), "--record", file(to))).toEqual(played);
      from = to;
    }
    expect(readFileSync(file("again.json"), "utf8")).toBe(readFileSync(file("movie.json"), "utf8"));
  });

  test("a desync is a data error that names the frame", () => {
    const movie = readFileSync(file("movie.json"), "utf8");
    writeFileSync(file("other.json"), movie.replace(/"input":.*\n/, '"input": [[30, 8]],\n'));
    const { exitCode, stderr } = hashes("--input", file("other.json"));
    expect(exitCode).toBe(65);
    expect(stderr).toContain("frame 59: the movie desyncs: RAM differs from the recording; it never agreed");
  });

  test("a movie of another ROM needs --any-rom", () => {
    const argv = [
      "dump",
      "roms/test-card.nes",
      "--frames",
      "20",
      "--format",
      "hash",
      "--input",
      file("movie.fm2"),
    ];
    expect(emu(argv)).toMatchObject({ exitCode: 65 });
    expect(emu(argv).stderr).toContain("the movie is for another ROM (swingby.nes) with MD5");
    expect(emu([...argv, "--any-rom"]).exitCode).toBe(0);
  });

  test("--input-offset moves the movie", () => {
    writeFileSync(file("later.json"), "[[25, 8], [29, 0], [45, 1], [55, 130]]");
    expect(hashes("--input", file("later.json"), "--input-offset", "5").text).toBe(played.text);
    expect(hashes("--input", file("later.json")).text).not.toBe(played.text);
  });

  test("an unknown movie format is rejected before the run", () => {
    const { exitCode, stderr } = hashes("--record", file("movie.avi"));
    expect([exitCode, stderr]).toEqual([
      2,
      `emu: ${file("movie.avi")}: not the extension of a movie: one of .json, .fm2, .bk2 was expected\n`,
    ]);
  });
});

test("several PNGs do not go to a folder with the name of one", () => {
  const argv = ["dump", "roms/test-card.nes", "--frames", "2", "--out"];
  const what = "emu: --out: several PNGs need a folder (--out FOLDER, or choose one frame with --from)\n";
  expect(emu([...argv, file("two.png")])).toMatchObject({ exitCode: 2, stderr: what });
  expect(existsSync(file("two.png"))).toBe(false);
  mkdirSync(file("folder.png"));
  expect(emu([...argv, file("folder.png")])).toMatchObject({ exitCode: 0 });
});

test("a dump replaces none of its files", () => {
  const game = file("game.nes");
  const movie = file("kept.json");
  copyFileSync("roms/swingby.nes", game);
  writeFileSync(movie, "[]");
  const dump = (...options: string[]): unknown[] => {
    const { exitCode, stderr } = emu(["dump", game, "--frames", "1", "--input", movie, ...options]);
    return [exitCode, stderr];
  };
  const refused = [2, expect.stringContaining("would replace a file")];
  for (const options of [
    ["--out", game],
    ["--out", file("./game.nes"), "--format", "wav"],
    ["--out", movie, "--format", "hash"],
    ["--out", file("x.png"), "--record", movie],
    ["--out", file("x.json"), "--record", file("x.json")],
    ["--out", file("x.sav"), "--save", file("x.sav")],
  ]) {
    expect(dump(...options)).toEqual(refused);
  }
  expect(readFileSync(game)).toEqual(readFileSync("roms/swingby.nes"));
  expect(readFileSync(movie, "utf8")).toBe("[]");
  expect(dump("--out", "/dev/null", "--format", "hash")[0]).toBe(0);
});

test("--palette: the pictures have the file's colours", () => {
  const colors = Uint8Array.from({ length: 192 }, (_, at) => (at % 3 === 0 ? 0x12 : 0x34));
  writeFileSync(file("flat.pal"), colors);
  const out = file("flat.png");
  const argv = ["dump", "roms/test-card.nes", "--frames", "60", "--from", "59", "--out", out];
  expect(emu([...argv, "--palette", file("flat.pal")])).toMatchObject({ exitCode: 0, stderr: "" });
  const { data, channels, palette } = decode(readFileSync(out));
  const [first = []] = palette ?? [[...data.subarray(0, channels)]];
  expect(first.slice(0, 3)).toEqual([0x12, 0x34, 0x34]);
  writeFileSync(file("bad.pal"), colors.subarray(1));
  const { exitCode, stderr } = emu([...argv, "--palette", file("bad.pal")]);
  expect(exitCode).toBe(65);
  expect(stderr).toContain("a palette has 192 or 1536 bytes, not 191");
});
