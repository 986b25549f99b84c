/** Two machine threads in this process that play over real UDP sockets. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NesOptions } from "../../../src/emu/nes/nes.ts";
import { loadRom } from "../../../src/io/files/rom-file.ts";
import { LiveGame } from "../../../src/io/netplay/live-game.ts";
import { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { emu } from "../../support/cli.ts";
import { twoPlayerRom } from "../../support/two-player-rom.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-live-game-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "two.nes");
writeFileSync(path, twoPlayerRom());

test("machines that differ end both games, and leave what emu bisect needs", async () => {
  const rom = await loadRom(path);
  const options = (name: string) => ({
    rom,
    token: "0123456789abcdef",
    nes: {},
    delayFrames: undefined,
    version: "1",
    periodMs: 1000 / 60.0988,
    evidenceFolder: join(folder, name),
  });
  const start = (game: LiveGame, nes: NesOptions) =>
    EmuClient.start({
      machine: nesSource(rom.image, { ...game.nes, ...nes }),
      netplay: game.netplay,
      realtime: false,
    });
  const host = await LiveGame.host({ ...options("host"), host: "127.0.0.1", port: 0, players: 2 });
  const hostClient = await start(host, { ramFill: "ones" });
  host.begin(hostClient);
  const other = await LiveGame.join({
    ...options("other"),
    host: "127.0.0.1",
    port: host.port,
    wantedPlayer: 0,
  });
  // It does not load the host's state, so its RAM is another one.
  const otherClient = await start(other, {});
  other.begin(otherClient);
  const errors = await Promise.all([host.ended, other.ended]);
  for (const [index, name] of ["host", "other"].entries()) {
    const [movie, state] = readdirSync(join(folder, name)).sort();
    expect(movie).toMatch(new RegExp(`^netplay-[0-9a-f]{12}-frame-\\d+-player-${index + 1}\\.json$`));
    expect(state).toBe(movie!.replace(".json", ".state"));
    expect(errors[index]).toMatchObject({
      kind: "data",
      message: expect.stringContaining("machines differ"),
    });
    expect(errors[index]!.remedy).toContain(join(folder, name, movie!));
  }
  await Promise.all([hostClient.stop(), otherClient.stop()]);
  await Promise.all([host.close(), other.close()]);

  const files = ["host", "other"].map((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );
  const find = (index: number, extension: string) => files[index]!.find((file) => file.endsWith(extension))!;
  const states = emu([
    "bisect",
    path,
    "--frames",
    "5",
    "--a",
    `state=${find(0, ".state")}`,
    "--b",
    `state=${find(1, ".state")}`,
  ]);
  expect([states.exitCode, states.stderr]).toEqual([1, ""]);
  const movies = emu([
    "bisect",
    path,
    "--frames",
    "5",
    "--a",
    `input=${find(0, ".json")}`,
    "--b",
    `input=${find(1, ".json")}`,
  ]);
  expect([movies.exitCode, movies.stderr]).toEqual([0, ""]);
  expect(JSON.parse(readFileSync(find(0, ".json"), "utf8")).rom.sha1).toBe(rom.image.sha1);
});
