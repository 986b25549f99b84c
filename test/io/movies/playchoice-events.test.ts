/** The control side of a PlayChoice-10 at every face that operates it from outside the machine. */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { grade } from "../../../src/io/conform/grade.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { makeEnv } from "../../../src/io/env/index.ts";
import { builtInControlRoms } from "../../../src/io/files/roms/playchoice/built-in-control.ts";
import { loadRom, readRomWith } from "../../../src/io/files/roms/rom-file.ts";
import { type Game, load } from "../../../src/io/library/index.ts";
import { MOVIE_FORMATS, machineOfMovie } from "../../../src/io/movies/movie.ts";
import { formatMovie, parseMovie } from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import { nesMachine } from "../../../src/io/serve/machine/hosted-machine.ts";
import { parseColorsText } from "../../../src/io/serve/spectators/watch-line.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { TripleBufferReader } from "../../../src/io/shared/triple-buffer.ts";
import { WatchLink } from "../../../src/io/watch/watch-link.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { GAME_BACKDROP, GAME_BUTTONS, GAME_STARTS, playChoiceFile } from "../../support/playchoice-rom.ts";
import { portOf, RpcPeer, startServer } from "../../support/serve.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const ROM = playChoiceFile();
const folder = temporaryFolder("playchoice-events");
const romFile = join(folder, "game.nes");
writeFileSync(romFile, ROM);
/** emu's control program under the names of MAME's ROMs. */
const { program, tiles, colors } = builtInControlRoms();
writeFileSync(
  join(folder, "playch10.zip"),
  zipSync({
    "pch1-c.8t": program,
    "pch1-c.8k": tiles.subarray(0, 0x2000),
    "pch1-c.8m": tiles.subarray(0x2000, 0x4000),
    "pch1-c.8p": tiles.subarray(0x4000),
    "pch1-c.6f": colors.subarray(0, 0x100),
    "pch1-c.6e": colors.subarray(0x100, 0x200),
    "pch1-c.6d": colors.subarray(0x200),
  }),
);

/** Buttons of the game as it reads them: Start is bit 4. */
const START = 0x10;
/** Frames until emu's control program has started the game. */
const BOOT = 20;

const pixels = new Uint16Array(512 * 240);

/** What the game counts and reads: its starts, and the buttons of controller 1. */
function seen(game: Pick<Game, "bytes">): number[] {
  return [game.bytes(GAME_STARTS, 1)[0]!, game.bytes(GAME_BUTTONS, 1)[0]!];
}

describe("the library", () => {
  test.each(MOVIE_FORMATS)("records a coin and the panel, and a %s movie does it again", async (format) => {
    const game = await load(ROM, { controlRoms: "built-in" });
    const recording = game.record();
    const trace: number[][] = [];
    const run = (frames: number): void => {
      for (let frame = 0; frame < frames; frame++) {
        game.frames(1);
        trace.push(seen(game));
      }
    };
    game.press("start");
    run(BOOT);
    expect(seen(game)).toEqual([1, 0]);
    game.insertCoin();
    run(20);
    game.hold(3, "start");
    run(3);
    game.hold(3);
    run(BOOT);
    expect(seen(game)).toEqual([2, START]);
    game.hold(3, "b");
    run(3);
    game.hold(3);
    run(BOOT);
    expect(seen(game)[0]).toBe(3);
    const contents = formatMovie(recording.movie(), format);
    const movie = parseMovie(typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
    const { image } = await readRomWith(ROM, "game.nes", { controlRoms: "built-in" });
    const nes = createHeadless(image, machineOfMovie(movie));
    const player = new MoviePlayer(nes, movie);
    const again = trace.map(() => {
      player.beforeFrame();
      nes.runFrame(pixels);
      player.afterFrame(pixels);
      player.check();
      return [nes.peek("cpu", GAME_STARTS), nes.peek("cpu", GAME_BUTTONS)];
    });
    expect(again).toEqual(trace);
  });

  test("has NES colours of the game's screen only", async () => {
    const { screen } = await load(ROM, { controlRoms: "built-in" }).then((game) => {
      game.frames(BOOT);
      return game;
    });
    expect(screen.colorAt(255, 100)).toBe(GAME_BACKDROP);
    expect(inputErrorOf(() => screen.colorAt(256, 100)).remedy).toBe("use rgbAt");
    expect(screen.rgbAt(256, 100)).toBe(screen.palette[screen.pixels[100 * 512 + 256]!]!);
    const crop = { x: 0, y: 0, width: 256, height: 240 };
    expect(screen.resize({ format: "indices", crop })).toHaveLength(256 * 240);
    expect(inputErrorOf(() => screen.resize({ format: "indices" })).where).toBe("format");
  });

  test("saves and loads the state of both sides", async () => {
    const game = await load(ROM, { controlRoms: "built-in" });
    game.frames(BOOT);
    const state = game.save();
    const play = (): string[] => {
      game.insertCoin();
      return Array.from({ length: 40 }, () => {
        game.frames(1);
        return game.screen.hash;
      });
    };
    const first = play();
    expect(new Set(first).size).toBeGreaterThan(1);
    game.frames(100);
    game.load(state);
    expect(play()).toEqual(first);
  });
});

test("a manifest inserts a coin and presses the panel's buttons", async () => {
  const at = `$${GAME_STARTS.toString(16)}`;
  const { tests } = await parseManifest(
    JSON.stringify([
      {
        rom: "game.nes",
        events: [[20, "coin"]],
        input: [
          [40, "p3.start"],
          [43, ""],
        ],
        expect: [
          { frame: 39, ram: { [at]: 1 } },
          { frame: 60, ram: { [at]: 2 } },
        ],
      },
    ]),
    join(folder, "tests.json"),
  );
  expect((await grade(tests[0]!)).result).toMatchObject({ verdict: "pass" });
});

test("peers of emu serve insert coins, set switches and press the panel's buttons", async () => {
  const server = await startServer({ rom: romFile, machine: { root: folder } });
  const rpc = await RpcPeer.connect(server);
  const starts = async (): Promise<number> => {
    return (await rpc.call("peek", { address: GAME_STARTS, length: 1 })).bytes[0];
  };
  await rpc.call("run", { frames: BOOT });
  expect(await starts()).toBe(1);
  await rpc.call("coin", { slot: 1 });
  await rpc.call("run", { frames: 20 });
  expect(await rpc.call("dip", { setting: "timer=2 per second" })).toMatchObject({});
  await rpc.call("press", { port: 2, buttons: ["start"] });
  await rpc.call("run", { frames: BOOT });
  expect(await starts()).toBe(2);
  await server.close();
});

test("emu serve saves the battery RAM of the control side as emu run does", async () => {
  const { storage, batteryBytes } = nesMachine(await loadRom(romFile), {});
  expect([storage?.device, storage?.bytes, batteryBytes]).toEqual(["playchoice-10", 2048, 2048]);
});

test("spectators of emu serve get both pictures and their colours", async () => {
  const server = await startServer({ rom: romFile, machine: { root: folder } });
  const link = await WatchLink.open({
    endpoint: { host: "127.0.0.1", port: portOf(server) },
    wish: { fps: 60 },
  });
  const rpc = await RpcPeer.connect(server);
  expect(link.hello).toMatchObject({ width: 512, height: 240 });
  const colors = parseColorsText(link.hello.colors)!;
  expect([...colors]).toEqual([...server.host.palette]);
  await rpc.call("run", { frames: BOOT });
  const latest = server.host.feed.latest()!;
  const reader = new TripleBufferReader(link.blocks.frames);
  while (reader.frame !== latest.frame) {
    reader.acquire();
    await Bun.sleep(5);
  }
  expect(reader.pixels).toEqual(latest.pixels as Uint16Array);
  const control = new Set(reader.pixels.filter((pixel) => pixel >= 512));
  expect(new Set([...control].map((pixel) => colors[pixel])).size).toBeGreaterThan(4);
  for (const format of ["rgb", "png", "hash"]) expect(await rpc.call("frame", { format })).toBeDefined();
  await expect(rpc.call("frame", { format: "indices" })).rejects.toThrow("rgb or gray");
  await link.close();
  await server.close();
});

test("environments play the game alone, so that pictures do not depend on the user's ROMs", async () => {
  const env = await makeEnv(romFile, { observation: { format: "indices" } });
  const { observation } = env.reset();
  expect(observation).toHaveLength(256 * 240);
});
