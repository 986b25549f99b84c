import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../../src/io/conform/grade.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import type { TestResult } from "../../../src/io/conform/types.ts";
import { emu } from "../../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-conform-movies-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const GAME = join(import.meta.dir, "../../../roms/swingby.nes");

async function play(input: string, rom = GAME): Promise<TestResult> {
  const text = `[[test]]\nrom = "${rom}"\ninput = "${input}"\nexpect = { frame = 59, ram = { "0x0300" = 0 } }`;
  const { tests } = await parseManifest(text, join(folder, "m.toml"));
  return (await grade(tests[0]!)).result;
}

describe("movies as input", () => {
  /** A movie of 60 frames with the hash of frame 50. */
  const movie = (picture: string): string => {
    const path = join(folder, `${picture}.json`);
    writeFileSync(path, JSON.stringify({ ...MOVIE, hashes: [[50, picture]] }));
    return path;
  };
  const hash = emu(["dump", GAME, "--frames", "51", "--from", "50", "--format", "hash"])
    .stdout.toString()
    .trim();
  const MOVIE = { emuMovie: 1, frames: 60, input: [] };

  test("play, and the machine must match their hashes", async () => {
    expect(await play(movie(hash.split("\t")[1]!))).toMatchObject({ verdict: "pass" });
  });

  test("set the machine that they were recorded on", async () => {
    const details = [];
    for (const ramFill of ["zero", "ones"]) {
      const inputFile = join(folder, `${ramFill}.json`);
      writeFileSync(inputFile, JSON.stringify({ ...MOVIE, frames: 1, ramFill }));
      const { result } = await grade({
        name: ramFill,
        rom: GAME,
        romFile: GAME,
        protocol: "movie",
        inputFile,
        maxFrames: 1,
      });
      details.push(result.detail);
    }
    expect(details[0]).toContain("played to its end");
    expect(details[1]).not.toBe(details[0]);
  });

  test("that desync fail with the frame", async () => {
    const { verdict, detail } = await play(movie("00000000"));
    expect(verdict).toBe("fail");
    expect(detail).toMatch(/^frame 50: the movie desyncs: the picture/);
  });

  test("that cannot be read are an error with their place", async () => {
    const path = join(folder, "broken.fm2");
    writeFileSync(path, "version 3\nrerecordCount x\n|0|\n");
    const { verdict, detail } = await play(path);
    expect(verdict).toBe("error");
    expect(detail).toMatch(/broken\.fm2, line \d+, column \d+/);
  });
});
