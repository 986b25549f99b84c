/** A VS. DualSystem at every face: two screens, four controllers, coins and switches of both sides. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bisect } from "../../../src/io/bisect/bisect.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { gamePage } from "../../../src/io/export/export-game.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { load } from "../../../src/io/library/index.ts";
import { MOVIE_FORMATS, type Movie, machineOfMovie } from "../../../src/io/movies/movie.ts";
import { formatMovie, parseMovie } from "../../../src/io/movies/movie-file.ts";
import { MoviePlayer } from "../../../src/io/movies/movie-player.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { BUTTONS, COINS, dualRomFile, SUB_BACKDROP } from "../../support/dual-rom.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { RpcPeer, startServer } from "../../support/serve.ts";

const ROM = dualRomFile();
const folder = mkdtempSync(join(tmpdir(), "emu-dual-events-"));
const romFile = join(folder, "dual.nes");
writeFileSync(romFile, ROM);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What both programs saw in each frame of a movie: coins, then the buttons at $4016 and $4017. */
function seenIn(movie: Movie): number[][] {
  const nes = createHeadless(readRom(ROM, "dual.nes").image, machineOfMovie(movie));
  const player = new MoviePlayer(nes, movie);
  const pixels = new Uint16Array(512 * 240);
  return Array.from({ length: movie.frames }, () => {
    player.beforeFrame();
    nes.runFrame(pixels);
    player.afterFrame(pixels);
    player.check();
    return [nes, nes.sub!].flatMap((side) =>
      [COINS, BUTTONS, BUTTONS + 1].map((address) => side.peek("cpu", address)),
    );
  });
}

async function recorded(coin: number): Promise<{ movie: Movie; seen: number[][] }> {
  const game = await load(ROM);
  game.setDip("1000000001000000");
  const recording = game.record();
  const seen: number[][] = [];
  const run = (frames: number): void => {
    for (let frame = 0; frame < frames; frame++) {
      game.frames(1);
      seen.push(
        [game.machine, game.machine.sub!].flatMap((side) =>
          [COINS, BUTTONS, BUTTONS + 1].map((address) => side.peek("cpu", address)),
        ),
      );
    }
  };
  run(6);
  game.insertCoin(coin);
  game.hold(3, "a");
  run(10);
  game.pressService();
  game.setDip("0000000000000011");
  run(6);
  return { movie: recording.movie(), seen };
}

describe("the library", () => {
  test.each(MOVIE_FORMATS)("records both sides, and a %s movie does it again", async (format) => {
    const { movie, seen } = await recorded(format === "json" ? 4 : 2);
    const contents = formatMovie(movie, format);
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    expect(seenIn(parseMovie(bytes))).toEqual(seen);
    // Controller 3 is at $4016 of the sub side; the last switches are set.
    expect(seen.at(-1)![4]! & 1).toBe(1);
    expect(seen.at(-1)![5]! & 0xfc).toBe(0xc0);
  });

  test("formats of emulators without a DualSystem cannot hold its coins", async () => {
    const { movie } = await recorded(3);
    expect(inputErrorOf(() => formatMovie(movie, "fm2"))).toMatchObject({ kind: "data" });
    expect(inputErrorOf(() => formatMovie(movie, "bk2"))).toMatchObject({ kind: "data" });
  });

  test("there is no fifth slot, and switches have 16 digits", async () => {
    const game = await load(ROM);
    expect(inputErrorOf(() => game.insertCoin(5)).remedy).toBe("1 to 4");
    expect(inputErrorOf(() => game.setDip("10000000")).remedy).toContain("16 digits");
  });

  test("the picture has both screens", async () => {
    const game = await load(ROM);
    game.frames(6);
    expect([game.screen.width, game.screen.height]).toEqual([512, 240]);
    expect(game.screen.pixels[511]).toBe(SUB_BACKDROP);
  });
});

test("coins for slots that a machine does not have do nothing in a movie", () => {
  const text = '{"emuMovie":1,"frames":3,"input":[],"events":[[0,"coin",4]]}';
  const { image } = readRom(ROM, "dual.nes");
  const nes = createHeadless({ ...image, vsHardware: 0 });
  const player = new MoviePlayer(nes, parseMovie(new TextEncoder().encode(text)));
  for (let frame = 0; frame < 3; frame++) {
    player.beforeFrame();
    nes.runFrame();
  }
  expect(nes.coins!.slotCount).toBe(2);
});

test("a manifest gives coins to both sides, and sees the main screen", async () => {
  const golden = "main.png";
  const entry = {
    rom: "dual.nes",
    dip: "1000000001000000",
    events: [
      [6, "coin", 4],
      [12, "coin", 1],
    ],
    expect: [
      { frame: 5, ram: { $30: 0 } },
      { frame: 20, ram: { $30: 3 }, picture: golden },
    ],
  };
  const read = () => parseManifest(JSON.stringify([entry]), join(folder, "tests.json"));
  const first = await grade((await read()).tests[0]!);
  expect(first.result.verdict).toBe("fail");
  const { actual } = first.pictures!;
  writeFileSync(join(folder, golden), actual!);
  expect(new DataView(actual!.buffer, actual!.byteOffset).getUint32(16)).toBe(256);
  expect((await grade((await read()).tests[0]!)).result).toMatchObject({ verdict: "pass" });
});

test("peers of emu serve see both screens, and insert coins on both sides", async () => {
  const server = await startServer({ rom: romFile, machine: { root: folder } });
  const rpc = await RpcPeer.connect(server);
  await rpc.call("run", { frames: 10 });
  const { width, height } = await rpc.call("frame", { format: "rgb" });
  expect([width, height]).toEqual([512, 240]);
  await rpc.call("coin", { slot: 4 });
  await expect(rpc.call("coin", { slot: 5 })).rejects.toThrow("slot");
  expect(await rpc.call("dip", { setting: "0000000100000001" })).toEqual({ dips: "0000000100000001" });
  const { state } = await rpc.call("stateSave", {});
  await rpc.call("run", { frames: 5 });
  await rpc.call("stateLoad", { state });
  await server.close();
});

test("commands for one screen or one CPU say so", async () => {
  const { image } = readRom(ROM, "dual.nes");
  const side = (): { nes: ReturnType<typeof createHeadless> } => ({ nes: createHeadless(image) });
  const error = await bisect(side(), side(), { frames: 3, compare: ["cpu"] }).catch((caught) => caught);
  expect(error).toMatchObject({ kind: "unavailable" });
  const rom = { ...readRom(ROM, "dual.nes"), fileName: "dual.nes" };
  const page = await gamePage(
    { rom, bytes: ROM } as never,
    { console: {}, keys: {}, scale: "fit", filter: "none" } as never,
  ).catch((caught) => caught);
  expect(page).toMatchObject({ kind: "unavailable" });
});
