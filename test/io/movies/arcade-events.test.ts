/** Coins, the service button and DIP switches at every face that operates an arcade machine. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../../src/io/conform/grade.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { load } from "../../../src/io/library/index.ts";
import { MOVIE_FORMATS, type Movie, machineOfMovie } from "../../../src/io/movies/movie.ts";
import { formatMovie, parseMovie } from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { arcadeRomFile } from "../../support/arcade-rom.ts";
import { deviceReader, READ_AT } from "../../support/device-reader.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { RpcPeer, startServer } from "../../support/serve.ts";

/** The checksum of a game whose switch 4 is "lives". */
const CRC = 0xffbef374;
const ROM = arcadeRomFile(deviceReader(), { crc: CRC });
const SERVICE = 0x04;
const COIN_1 = 0x20;
const COIN_2 = 0x40;
const TWO_LIVES = 0x08;

const folder = mkdtempSync(join(tmpdir(), "emu-arcade-events-"));
const romFile = join(folder, "arcade.nes");
writeFileSync(romFile, ROM);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pixels = new Uint16Array(FRAME_PIXELS);

function bytesOf(contents: Uint8Array | string): Uint8Array {
  return typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
}

/** The first reads of $4016 and $4017 in each frame of a movie. */
function readsOf(movie: Movie): [number, number][] {
  const nes = createHeadless(readRom(ROM, "arcade.nes").image, machineOfMovie(movie));
  const player = new MoviePlayer(nes, movie);
  return Array.from({ length: movie.frames }, () => {
    player.beforeFrame();
    nes.runFrame(pixels);
    player.afterFrame(pixels);
    player.check();
    return [nes.peek("cpu", READ_AT), nes.peek("cpu", READ_AT + 1)];
  });
}

describe("the library", () => {
  test.each(MOVIE_FORMATS)("records what was done, and a %s movie does it again", async (format) => {
    const game = await load(ROM);
    game.setDip("10000000");
    const recording = game.record();
    const reads: number[][] = [];
    const run = (frames: number): void => {
      for (let frame = 0; frame < frames; frame++) {
        game.frames(1);
        reads.push(game.bytes(READ_AT, 2));
      }
    };
    run(10);
    game.insertCoin(2);
    run(10);
    game.pressService();
    run(10);
    game.setDip("lives=2");
    game.insertCoin();
    run(10);
    expect(reads[9]).toEqual([TWO_LIVES, 0]);
    expect(reads[12]![0]! & (COIN_1 | COIN_2 | SERVICE)).toBe(COIN_2);
    expect(reads[22]![0]! & (COIN_1 | COIN_2 | SERVICE)).toBe(SERVICE);
    expect(reads[32]![0]! & (COIN_1 | COIN_2 | SERVICE)).toBe(COIN_1);
    expect(reads[32]![1]).toBe(TWO_LIVES);
    const movie = parseMovie(bytesOf(formatMovie(recording.movie(), format)));
    expect(readsOf(movie)).toEqual(reads as [number, number][]);
  });

  test("a picture drawn after a switch was set is that of the frame before", async () => {
    const game = await load(ROM);
    game.frames(10);
    game.setDip("lives=2");
    game.screen.hash;
    expect(game.bytes(READ_AT, 2)).toEqual([0, 0]);
  });

  test("a switch that the game does not have is an error", async () => {
    const game = await load(ROM);
    expect(inputErrorOf(() => game.setDip("speed=9"))).toMatchObject({ kind: "usage" });
    expect(inputErrorOf(() => game.setDip("lives=9")).remedy).toBe("choose 3, 2");
  });
});

test("events of a hand-written movie may stand in any order", () => {
  const text = JSON.stringify({
    emuMovie: 1,
    frames: 30,
    input: [],
    events: [
      [20, "dip", "lives=2"],
      [10, "coin", 1],
      [0, "service"],
    ],
  });
  const reads = readsOf(parseMovie(bytesOf(text)));
  expect(reads[12]![0]! & COIN_1).toBe(COIN_1);
  expect(reads[4]![0]! & SERVICE).toBe(SERVICE);
  expect([reads[18]![1], reads[22]![1]]).toEqual([0, TWO_LIVES]);
});

test("a manifest inserts coins, presses service and sets switches", async () => {
  const at = `$${READ_AT.toString(16)}`;
  const next = `$${(READ_AT + 1).toString(16)}`;
  const { tests } = await parseManifest(
    JSON.stringify([
      {
        rom: "arcade.nes",
        dip: "lives=2",
        events: [
          [30, "dip", "00000000"],
          [10, "coin", 2],
          [20, "service"],
        ],
        expect: [
          { frame: 9, ram: { [at]: 0, [next]: TWO_LIVES } },
          { frame: 11, ram: { [at]: COIN_2 } },
          { frame: 21, ram: { [at]: SERVICE } },
          { frame: 33, ram: { [next]: 0 } },
        ],
      },
    ]),
    join(folder, "tests.json"),
  );
  expect((await grade(tests[0]!)).result).toMatchObject({ verdict: "pass" });
});

test("peers of emu serve insert coins, press service and set switches", async () => {
  const server = await startServer({ rom: romFile, machine: { root: folder } });
  const rpc = await RpcPeer.connect(server);
  const read = async (): Promise<number[]> => (await rpc.call("peek", { address: READ_AT, length: 2 })).bytes;
  await rpc.call("run", { frames: 10 });
  await rpc.call("service", {});
  await rpc.call("run", { frames: 3 });
  expect((await read())[0]! & SERVICE).toBe(SERVICE);
  expect(await rpc.call("dip", { setting: "lives=2" })).toEqual({ dips: "00010000" });
  await rpc.call("run", { frames: 3 });
  expect((await read())[1]).toBe(TWO_LIVES);
  expect(await rpc.call("dip", { setting: "10000001" })).toEqual({ dips: "10000001" });
  await expect(rpc.call("dip", { setting: "lives=4" })).rejects.toThrow("lives cannot be");
  await expect(rpc.call("disk", { side: 1 })).rejects.toThrow("disk");
  await server.close();
});
