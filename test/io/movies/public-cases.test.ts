import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { gzipSync, unzipSync, zipSync } from "fflate";
import type { DiskDrive } from "../../../src/emu/machine.ts";
import { DEVICE_DATA_BYTES } from "../../../src/emu/nes/input/devices.ts";
import type { NesOptions } from "../../../src/emu/nes/nes.ts";
import { type LoadedRom, loadRom, readRom } from "../../../src/io/files/roms/rom-file.ts";
import { aboutMachine, MOVIE_FORMATS, type Movie, machineOfMovie } from "../../../src/io/movies/movie.ts";
import { EventPlayer } from "../../../src/io/movies/movie-events.ts";
import {
  formatMovie,
  loadMovie,
  movieRom,
  parseMovie,
  romMismatch,
} from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import { MovieRecorder } from "../../../src/io/movies/movie-recorder.ts";
import { movieCautions } from "../../../src/io/movies/movie-start.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { SHARED } from "../../support/shared.ts";

const CASES = SHARED === undefined ? undefined : join(SHARED, "cases/movies");
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (contents: Uint8Array | string): Uint8Array =>
  typeof contents === "string" ? encode(contents) : contents;

/** Plays a movie on a new machine and records it again. */
function play(
  rom: LoadedRom,
  movie: Movie,
  options: NesOptions = {},
): { bytes: number[]; again: Movie; player: MoviePlayer } {
  const machine = createHeadless(rom.image, { ...machineOfMovie(movie), ...options });
  const player = new MoviePlayer(machine, movie);
  const recorder = new MovieRecorder(machine, 5);
  const pixels = new Uint16Array(FRAME_PIXELS);
  const bytes: number[] = [];
  for (let frame = 0; frame < movie.frames; frame++) {
    player.beforeFrame(recorder);
    machine.runFrame(pixels);
    player.afterFrame(pixels);
    recorder.afterFrame(pixels);
    bytes.push(machine.peek("cpu", 0x12), machine.peek("cpu", 0x14), machine.peek("cpu", 0x11));
  }
  return { bytes, again: recorder.movie({ rom: movieRom(rom), ...aboutMachine(machine) }), player };
}

/**
 * The ROM reads both ports eight times per frame. $12 and $14 are the ninth reads of $4016 and $4017, and the
 * backdrop is the value of $0304 at power-on.
 */
describe.if(CASES !== undefined)("movies of public reports", () => {
  const file = (name: string): string => join(CASES!, name);
  const rom = (): Promise<LoadedRom> => loadRom(file("raminit.nes"));

  test.each(["std_filesha.bk2", "subneshawk.bk2", "plain_ramopt0.fm2", "tasvideos_download_fm2.zip"])(
    "%s plays, from FCEUX's RAM",
    async (name) => {
      const loaded = await rom();
      const movie = await loadMovie(file(name));
      expect(romMismatch(movie, loaded)).toBeUndefined();
      const machine = createHeadless(loaded.image, machineOfMovie(movie));
      expect(machine.peek("cpu", 0x304)).toBe(0xff);
      expect(movie.frames).toBeGreaterThan(20);
    },
  );

  test("the microphone reaches $4016 D2", async () => {
    const text = await Bun.file(file("mic.fm2")).text();
    const blown = parseMovie(encode(text.replaceAll("|........||", "|....T...||")));
    const seen = play(await rom(), blown).bytes.filter((_, index) => index % 3 === 0);
    expect(seen.some((value) => (value & 4) !== 0)).toBe(true);
    expect(blown.devices).toEqual({ microphone: true });
  });

  test("a zapper in port 2 is aimed and fired", async () => {
    const text = await Bun.file(file("zapper_port2.fm2")).text();
    const fired = parseMovie(encode(text.replaceAll("120 100 0 0 0", "120 100 1 5 0")));
    const quiet = parseMovie(encode(text));
    const last = (movie: Movie, loaded: LoadedRom): number => play(loaded, movie).bytes.at(-2)!;
    const loaded = await rom();
    expect(last(fired, loaded) & 0x10).toBe(0x10);
    expect(last(quiet, loaded) & 0x10).toBe(0);
  });

  test.each([
    ["saveram.fm2", /starts from saved RAM, but the cartridge has no battery/],
    ["vs_coin.fm2", /^line 27: the movie inserts a coin/],
    ["fds_insert.fm2", /^frame 10: the movie changes the disk, but the game has none/],
  ] as const)("%s reports what has no effect", async (name, caution) => {
    const cautions = movieCautions(await loadMovie(file(name)), (await rom()).image);
    expect(cautions.join("\n")).toMatch(caution);
  });
});

const PADS =
  "|0|........|........||\n|0|R......A|........||\n|1|........|.L......||\n|0|........|........||\n";
const FM2 = `version 3\n${PADS}`;

describe("archives and unknown keys", () => {
  const sample = parseMovie(encode(FM2));
  const bk2 = bytesOf(formatMovie(sample, "bk2"));
  test.each<[string, Uint8Array]>([
    ["CRLF", encode(FM2.replaceAll("\n", "\r\n"))],
    ["a byte order mark", new Uint8Array([0xef, 0xbb, 0xbf, ...encode(FM2)])],
    ["gzip", gzipSync(encode(FM2))],
    ["a zip with a text beside it", zipSync({ "a.fm2": encode(FM2), "readme.txt": encode("hello") })],
    ["a BK2 in a zip", zipSync({ "a.bk2": bk2 })],
    ["many spaces", encode(`version   3\npalFlag    0 \n${PADS.replaceAll("|0|", "| 0|")}`)],
    [
      "a binary log",
      new Uint8Array([...encode("version 3\nbinary 1\n|"), 0, 0, 0, 0, 0x81, 0, 1, 0, 0x40, 0, 0, 0]),
    ],
  ])("%s", (_, bytes) => {
    const movie = parseMovie(bytes);
    expect([movie.frames, ...[0, 1, 2, 3].map((frame) => movie.input.maskAt(frame))]).toEqual([
      4, 0, 0x81, 0x4000, 0,
    ]);
    expect(movie.resets).toEqual([{ frame: 2, kind: "reset" }]);
  });

  test("several movies in a zip are named, and one can be chosen", () => {
    const zip = zipSync({ "a.fm2": encode(FM2), "b.fm2": encode(FM2.replace("|1|", "|2|")) });
    expect(inputErrorOf(() => parseMovie(zip)).message).toBe("the zip holds 2 movies: a.fm2, b.fm2");
    expect(parseMovie(zip, "b.fm2").resets).toEqual([{ frame: 2, kind: "power" }]);
    expect(
      inputErrorOf(() => parseMovie(zipSync({ "a.txt": encode("x"), "b.txt": encode("x") }))).message,
    ).toMatch(/holds no movie/);
  });

  test.each([
    "base64:AAECAwQFBgcICQoLDA0ODw==",
    "0x000102030405060708090A0B0C0D0E0F",
    "000102030405060708090a0b0c0d0e0f",
  ])("romChecksum %s", (checksum) => {
    const movie = parseMovie(encode(`version 3\nromChecksum  ${checksum}\n${PADS}`));
    expect(movie.rom.md5).toBe("000102030405060708090a0b0c0d0e0f");
  });

  test("an unknown key is named with its line", () => {
    expect(parseMovie(encode(`version 3\nwarpSpeed 9\n${PADS}`)).warnings).toEqual([
      "line 2: the unknown key warpSpeed was ignored",
    ]);
  });
});

describe("saved RAM", () => {
  const rom = readRom(buildRom({ flags6: 2 }), "battery.nes");
  const movieOf = (bytes: number): Movie =>
    parseMovie(encode(`version 3\nsaveram base64:${new Uint8Array(bytes).fill(0xaa).toBase64()}\n${PADS}`));

  test("is there at power-on, in every format", () => {
    for (const format of MOVIE_FORMATS) {
      const movie = parseMovie(bytesOf(formatMovie(movieOf(0x2000), format)));
      const machine = createHeadless(rom.image);
      expect(new MoviePlayer(machine, movie).ended).toBe(false);
      expect(machine.batteryRam[77]).toBe(0xaa);
    }
  });

  test("of another size is rejected", () => {
    const error = inputErrorOf(() => new MoviePlayer(createHeadless(rom.image), movieOf(100)));
    expect(error.message).toMatch(/starts from 100 bytes of saved RAM, the cartridge has 8192/);
  });
});

describe("BK2 as BizHawk writes it", () => {
  const rom = readRom(buildRom(), "a.nes");

  test("identifies a ROM by the SHA-1 of its file; older emu movies by that of PRG and CHR", () => {
    const movie = { ...parseMovie(encode(FM2)), rom: movieRom(rom) };
    const written = parseMovie(bytesOf(formatMovie(movie, "bk2")));
    expect(written.rom.fileSha1).toBe(rom.fileSha1);
    expect(romMismatch(written, rom)).toBeUndefined();
    expect(romMismatch({ ...written, rom: { fileSha1: rom.image.sha1 } }, rom)).toBeUndefined();
    expect(romMismatch({ ...written, rom: { fileSha1: "0".repeat(40) } }, rom)).toMatch(/another ROM/);
  });

  test("counts players port by port with the Four Score", () => {
    const masks = parseMovie(encode("version 3\nfourscore 1\n|0|.......A|......B.|.....S..|....T...||\n"));
    const back = parseMovie(bytesOf(formatMovie(masks, "bk2")));
    expect(back.input.maskAt(0)).toBe(masks.input.maskAt(0));
    const text = new TextDecoder("latin1").decode(
      zipText(bytesOf(formatMovie(masks, "bk2")), "Input Log.txt"),
    );
    expect(text).toContain("|..|.......A|.....s..|......B.|....S...|");
  });
});

function zipText(zip: Uint8Array, name: string): Uint8Array {
  return unzipSync(zip)[name]!;
}

describe("recordings replay", async () => {
  // The game reads both ports in every frame.
  const rom = await loadRom(join(import.meta.dir, "../../../roms/swingby.nes"));
  const record = (port: string, field: (frame: number) => string, head = ""): Movie => {
    const lines = Array.from(
      { length: 40 },
      (_, frame) => `|${frame === 20 ? 1 : 0}|......${frame % 3 ? "." : "B"}.|${field(frame)}||`,
    );
    return parseMovie(encode(`version 3\n${port}\n${head}${lines.join("\n")}\n`));
  };
  const cases: [string, Movie][] = [
    ["zapper", record("port1 2", (frame) => `${frame} ${2 * frame} 1 ${frame % 4} 0`)],
    ["microphone", record("microphone 1", (frame) => (frame % 5 ? "........" : "....T..."))],
    ["ports that are empty", record("port1 0", () => "")],
    ["RAM of FCEUX's generator", record("RAMInitOption 3\nRAMInitSeed 77", () => "........")],
    ["RAM of ones", record("RAMInitOption 1", () => "........")],
  ];
  const all = cases.flatMap(([name, movie]) => MOVIE_FORMATS.map((format) => [name, format, movie] as const));
  test.each(all)("%s, as %s", (_, format, movie) => {
    const { bytes, again } = play(rom, movie);
    const back = parseMovie(bytesOf(formatMovie(again, format)));
    const second = play(rom, back);
    expect(second.player.desync).toBeUndefined();
    expect(second.bytes).toEqual(bytes);
    expect(machineOfMovie(back)).toEqual(machineOfMovie(again));
    for (let frame = 0; frame < 40; frame++) {
      const [a, b] = [new Uint8Array(DEVICE_DATA_BYTES), new Uint8Array(DEVICE_DATA_BYTES)];
      again.deviceData?.fill(frame, a);
      back.deviceData?.fill(frame, b);
      // In BK2, a gun that points off-screen can only be expressed by a line below the picture.
      for (const data of [a, b]) if ((data[6]! & 2) === 0) data[5] = 0;
      expect(b).toEqual(a);
    }
  });
});

describe("disks", () => {
  const FDS = `version 3\nFDS 1\n${Array.from({ length: 30 }, (_, f) => `|${f === 3 || f === 9 ? 4 : f === 5 ? 8 : 0}|........|........||`).join("\n")}\n`;

  test("FCEUX's commands eject, select and insert; each format holds them", () => {
    const movie = parseMovie(encode(FDS));
    const calls = (each: Movie): string[] => {
      const drive = fakeDrive();
      new DiskPlay(each, drive).run();
      return drive.calls;
    };
    expect(calls(movie)).toEqual(["3: -1", "9: 1"]);
    const resolved: Movie = {
      ...movie,
      diskSides: 2,
      events: [
        { frame: 3, kind: "eject" },
        { frame: 9, kind: "insert", side: 1 },
        { frame: 12, kind: "eject" },
        { frame: 15, kind: "insert", side: 0 },
      ],
    };
    for (const format of MOVIE_FORMATS) {
      const back = parseMovie(bytesOf(formatMovie(resolved, format)));
      expect(calls(back)).toEqual(["3: -1", "9: 1", "12: -1", "15: 0"]);
    }
  });
});

interface FakeDrive extends DiskDrive {
  calls: string[];
  frame: number;
}

function fakeDrive(): FakeDrive {
  let side = 0;
  const drive = {
    sideCount: 2,
    frame: 0,
    calls: [] as string[],
    get insertedSide() {
      return side;
    },
    get wantedSide() {
      return side;
    },
    insert(next: number) {
      side = next;
      drive.calls.push(`${drive.frame}: ${next}`);
    },
  };
  return drive;
}

class DiskPlay {
  readonly #movie: Movie;
  readonly #drive: FakeDrive;

  constructor(movie: Movie, drive: FakeDrive) {
    this.#movie = movie;
    this.#drive = drive;
  }

  run(): void {
    const changer = new EventPlayer({ disk: this.#drive });
    for (const event of this.#movie.events ?? []) {
      this.#drive.frame = event.frame;
      changer.apply(event);
    }
  }
}
