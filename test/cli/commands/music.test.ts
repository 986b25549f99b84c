import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import {
  buildNsfe,
  infoChunk,
  nsfChunk,
  nsfLongs,
  nsfTexts,
  RTS,
  stores,
} from "../../support/nsf-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-music-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

const tone = [...stores([0x4015, 1], [0x4000, 0xbf], [0x4003, 0]), 0xa9, 0xfd, 0x8d, 0x02, 0x40, RTS];
writeFileSync(
  file("tune.nsfe"),
  buildNsfe(
    infoChunk({ songs: 3, chips: 0x21, play: 0x8000 + tone.length - 1 }),
    nsfChunk("DATA", tone),
    nsfChunk("auth", nsfTexts("Three tones", "Somebody", "2026", "Nobody")),
    nsfChunk("tlbl", nsfTexts("Low", "\x1b[31mRed", "High")),
    nsfChunk("time", nsfLongs(1000, 61_000, 500)),
    nsfChunk("fade", nsfLongs(500, 5000, 0)),
  ),
);

describe("music files", () => {
  test("info", () => {
    const { exitCode, stdout } = emu(["info", file("tune.nsfe")]);
    expect(exitCode).toBe(0);
    const text = stdout.toString();
    expect(text).toMatch(/^Format +NSFe$/m);
    expect(text).toMatch(/^Sound chips +2A03, VRC6, Sunsoft 5B$/m);
    expect(text).toMatch(/^Rate +60.1 Hz$/m);
    expect(text).toMatch(/^ {2}1 +0:01 {2}Low$/m);
    expect(text).toMatch(/^ {2}2 +1:06 {2}.*Red$/m);
    expect(text).not.toContain("\x1b");
    const json = JSON.parse(emu(["info", file("tune.nsfe"), "--json"]).stdout.toString());
    expect(json).toMatchObject({ format: "nsf", board: "NSF player", supported: true });
    expect(json.music).toMatchObject({ title: "Three tones", ripper: "Nobody", firstTrack: 1 });
    expect(json.music.tracks[2]).toEqual({ song: 2, name: "High", author: "", timeMs: 500, fadeMs: 0 });
  });

  test("a track is dumped for its time, and fades out", () => {
    const argv = ["dump", file("tune.nsfe"), "--track", "1", "--format", "wav", "--out", file("one.wav")];
    expect(emu(argv)).toMatchObject({ exitCode: 0, stderr: "" });
    const bytes = readFileSync(file("one.wav"));
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) >> 1);
    expect(samples.length / 48_000).toBeCloseTo(1.5, 1);
    const peak = (from: number, to: number) =>
      Math.max(...samples.subarray(from * 48_000, to * 48_000).map(Math.abs));
    expect(peak(0.5, 0.9)).toBeGreaterThan(2000);
    expect(peak(1.2, 1.3) / peak(0.5, 0.9)).toBeCloseTo(0.6, 1);
    expect(peak(1.48, 1.5) / peak(0.5, 0.9)).toBeLessThan(0.1);
  });

  const tune = file("tune.nsfe");
  const short = ["--frames", "2", "--format", "hash"];
  test.each([
    [[tune, "--track", "4", ...short], "the music has no track 4 (1 to 3)"],
    [[tune, "--track", "2", ...short, "--record", file("a.json")], "a movie begins with the first track"],
    [["roms/swingby.nes", "--track", "1", ...short], "the file is a game, which has no tracks"],
    [["roms/swingby.nes", "--format", "hash"], "the number of frames is missing (--frames N)"],
  ])("%p", (argv, message) => {
    const { exitCode, stderr } = emu(["dump", ...argv]);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test("a damaged file is a data error with its place", () => {
    writeFileSync(file("cut.nsfe"), readFileSync(tune).subarray(0, 40));
    const { exitCode, stderr } = emu(["info", file("cut.nsfe")]);
    expect(exitCode).toBe(65);
    expect(stderr).toContain("chunk DATA is cut off");
  });
});
