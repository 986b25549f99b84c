import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { gzipSync, zipSync } from "fflate";
import { InputError } from "../../../src/emu/input-error.ts";
import { frameHash } from "../../../src/io/capture/hash.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { MOVIE_FORMATS, type Movie } from "../../../src/io/movies/movie.ts";
import { formatMovie, parseMovie, romMd5, romMismatch } from "../../../src/io/movies/movie-file.ts";
import { MovieRecorder } from "../../../src/io/movies/movie-recorder.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { masksOf, movieOf, movies, ownRom, replay } from "../../support/movies.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { soakSize } from "../../support/soak.ts";

const bytesOf = (contents: Uint8Array | string): Uint8Array =>
  typeof contents === "string" ? new TextEncoder().encode(contents) : contents;

describe("errors are about the format that the file's name says", () => {
  const fm2 = 'not an FM2 movie: "version 3" was expected';
  const bk2 = "not a BK2 movie: it does not begin like a zip";
  const json = "not JSON: a value was expected, not this word";
  const zipped = (name: string) => zipSync({ [name]: bytesOf("garbage"), "b.txt": bytesOf("x") });
  test.each([
    ["a.fm2", bytesOf("garbage"), fm2, "line 1, column 1"],
    ["a.FM2", bytesOf(""), fm2, "line 1, column 1"],
    ["a.fm2", bytesOf("[[0, 1]]"), fm2, "line 1, column 1"],
    ["a.fm2.gz", gzipSync(bytesOf("garbage")), fm2, "line 1, column 1"],
    ["a.zip", zipped("inner.fm2"), fm2, "inner.fm2, line 1, column 1"],
    ["a.bk2", bytesOf("garbage"), bk2, "byte 0"],
    ["a.json", bytesOf("garbage"), json, "line 1, column 1"],
    ["garbage", bytesOf("garbage"), json, "line 1, column 1"],
  ])("%s %#", (name, bytes, message, where) => {
    const error = inputErrorOf(() => parseMovie(bytes, undefined, name));
    expect([error.message, error.where]).toEqual([message, where]);
  });
});

describe.each(MOVIE_FORMATS.map((format) => [format] as const))("%s movies", (format) => {
  test("read back as written", () => {
    fc.assert(
      fc.property(movies, (movie) => {
        const back = parseMovie(bytesOf(formatMovie(movie, format)));
        expect(masksOf(back)).toEqual(masksOf(movie));
        expect(back).toMatchObject({
          format,
          frames: movie.frames,
          resets: [...movie.resets],
          hashes: [...movie.hashes],
          region: movie.region!,
          // In BK2 only the columns show the number of controllers: without a frame there are none.
          ...(format === "json" || movie.frames > 0 ? { fourScore: movie.fourScore } : {}),
        });
      }),
    );
  });

  test("a damaged file gives an InputError or another valid movie", () => {
    const size = soakSize(1500, 100_000);
    const whole = bytesOf(formatMovie(SAMPLE, format));
    let refused = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
        try {
          parseMovie(damages.reduce((bytes, apply) => apply(bytes), whole));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.kind).toBe("data");
          expect(error.message).not.toBe("");
          refused++;
        }
      }),
      { numRuns: size },
    );
    expect(refused).toBeGreaterThan(size / 10);
  });
});

const SAMPLE = movieOf(
  Array.from({ length: 40 }, (_, frame) => (frame % 7 < 3 ? frame : 0)),
  {
    resets: [{ frame: 9, kind: "reset" }],
    hashes: [{ frame: 20, picture: "0123abcd", ram: "89abcdef" }],
    rom: {
      name: "game",
      sha1: "a939ed4f41df436b016afccc6717759b196bd626",
      md5: "8e3630186e35d477231bf8fd50e54cdd",
    },
  },
);

/** Ways to damage a file: bytes overwritten, removed or repeated, and text inserted. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => (bytes: Uint8Array) => {
    const spoiled = bytes.slice();
    if (spoiled.length > 0) spoiled[at % spoiled.length] = value;
    return spoiled;
  }),
  fc.tuple(fc.nat(), fc.nat(60)).map(([at, count]) => (bytes: Uint8Array) => {
    const start = at % (bytes.length + 1);
    return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(start + count)]);
  }),
  fc.tuple(fc.nat(), fc.nat(60)).map(([at, count]) => (bytes: Uint8Array) => {
    const start = at % (bytes.length + 1);
    return Uint8Array.from([...bytes.subarray(0, start + count), ...bytes.subarray(start)]);
  }),
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom(
        "|",
        "\n",
        "[",
        "{",
        '"',
        "version 3\n",
        "binary 1\n",
        "length 99999999999\n",
        "|0|",
        "LogKey:#",
        "-1",
        "1e99",
        "\0",
      ),
    )
    .map(([at, text]) => (bytes: Uint8Array) => {
      const start = at % (bytes.length + 1);
      return Uint8Array.from([
        ...bytes.subarray(0, start),
        ...new TextEncoder().encode(text),
        ...bytes.subarray(start),
      ]);
    }),
);

/** Half a minute of play, repeated: some buttons in some frames, two resets. */
function playing(frames: number): Movie {
  const masks: number[] = [];
  let state = 12345;
  while (masks.length < frames) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const mask = (state >>> 16) & 0xff;
    for (let held = 0; held < 1 + ((state >>> 8) & 15) && masks.length < frames; held++) masks.push(mask);
  }
  return movieOf(masks, { resets: [{ frame: Math.floor(frames / 3), kind: "reset" }] });
}

describe("a recorded movie", () => {
  const frames = soakSize(400, 10_000);
  const hashes: string[] = [];
  const machine = ownRom("swingby");
  const recorder = new MovieRecorder(machine);
  const source = playing(frames);
  replayRecording();
  const recorded = recorder.movie({ rom: {}, region: "ntsc" });

  function replayRecording(): void {
    replay(machine, source, frames, (pixels, frame) => {
      for (const reset of source.resets) if (reset.frame === frame) recorder.reset(reset.kind);
      recorder.afterFrame(pixels);
      hashes.push(frameHash(pixels));
    });
  }

  test.each(MOVIE_FORMATS.map((format) => [format] as const))("as %s replays identically", (format) => {
    const movie = parseMovie(bytesOf(formatMovie(recorded, format)));
    expect(movie.hashes.length).toBe(Math.floor(frames / 60));
    const again: string[] = [];
    const player = replay(ownRom("swingby"), movie, frames, (pixels) => again.push(frameHash(pixels)));
    expect(again).toEqual(hashes);
    expect(player.desync).toBeUndefined();
  });

  test("reports the first hash that differs in a replay", () => {
    const masks = masksOf(recorded);
    for (let frame = 200; frame < 215; frame++) masks[frame]! ^= 9;
    const other = movieOf(masks, { hashes: recorded.hashes, resets: recorded.resets });
    const player = replay(ownRom("swingby"), other, 400);
    expect(player.desync).toEqual({ frame: 239, differs: "ram", lastAgreed: 179 });
    expect(() => player.check()).toThrow("it last agreed at frame 179");
  });

  test("of another ROM never agrees", () => {
    const player = replay(ownRom("test-card"), recorded, 120);
    expect(player.desync).toMatchObject({ frame: 59, lastAgreed: -1 });
  });
});

test("a movie knows its ROM", () => {
  const { image } = readRom(buildRom(), "a.nes");
  const md5 = romMd5(image);
  expect(romMismatch(movieOf([], { rom: { md5, sha1: image.sha1 } }), { image })).toBeUndefined();
  expect(romMismatch(movieOf([], { rom: { name: "other", sha1: "0".repeat(40) } }), { image })).toStartWith(
    `the movie is for another ROM (other) with SHA-1 ${"0".repeat(40)}`,
  );
  expect(romMismatch(movieOf([], { rom: { md5: "0".repeat(32) } }), { image })).toContain(md5);
});
