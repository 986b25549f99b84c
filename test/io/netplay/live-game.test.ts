/** Two machine threads in this process that play over real UDP sockets. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NesOptions } from "../../../src/emu/nes/nes.ts";
import { builtInControlRoms } from "../../../src/io/files/roms/playchoice/built-in-control.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { LiveGame } from "../../../src/io/netplay/live-game.ts";
import { TripleBufferReader } from "../../../src/io/shared/triple-buffer.ts";
import { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { WatchLink } from "../../../src/io/watch/watch-link.ts";
import { emu } from "../../support/cli.ts";
import { RawPeer } from "../../support/serve.ts";
import { twoPlayerRom } from "../../support/two-player-rom.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-live-game-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "two.nes");
const TOKEN = "0123456789abcdef";
writeFileSync(path, twoPlayerRom());

const optionsOf = async (name: string) => ({
  rom: await loadRom(path),
  token: TOKEN,
  nes: {},
  delayFrames: undefined,
  version: "1",
  periodMs: 1000 / 60.0988,
  evidenceFolder: join(folder, name),
});

async function startMachine(game: LiveGame, nes: NesOptions = {}): Promise<EmuClient> {
  const { image } = await loadRom(path);
  const client = await EmuClient.start({
    machine: nesSource(image, { ...game.nes, ...nes }),
    netplay: game.netplay,
    ...(game.state === undefined ? {} : { state: game.state }),
    hasSpectators: game.spectatorAddress !== undefined,
    realtime: false,
  });
  game.begin(client);
  return client;
}

test("spectators see the host's pictures while two play, and can do nothing else", async () => {
  const loopback = { host: "127.0.0.1", port: undefined, option: "--bind" };
  const host = await LiveGame.host({
    ...(await optionsOf("host-watched")),
    host: "127.0.0.1",
    port: 0,
    players: 2,
    spectators: loopback,
  });
  // The number of the UDP port, unless another program has it.
  const port = Number(host.spectatorAddress!.split(":").at(-1));
  expect(port).toBe(host.port);
  const hostClient = await startMachine(host);
  const at = { host: "127.0.0.1", port };
  await expect(WatchLink.open({ endpoint: at, wish: { token: "another token!!!" } })).rejects.toThrow(
    "the token is wrong or missing",
  );
  await expect(WatchLink.open({ endpoint: at, wish: { token: TOKEN, play: true } })).rejects.toThrow(
    "cannot play",
  );
  const stranger = await RawPeer.connect({ port });
  for (let request = 0; request < 3; request++)
    stranger.send(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "reset" })}\n`);
  expect(await stranger.line()).toContain("this game can only be watched");
  await stranger.until(() => false);

  const link = await WatchLink.open({ endpoint: at, wish: { token: TOKEN, fps: 60 } });
  const other = await LiveGame.join({
    ...(await optionsOf("other-watched")),
    host: "127.0.0.1",
    port: host.port,
    wantedPlayer: 0,
  });
  const otherClient = await startMachine(other);
  const reader = new TripleBufferReader(link.blocks.frames);
  // The program shows a colour that depends on all frames before.
  const colors = new Set<number>();
  while (colors.size < 10) {
    if (reader.acquire()) colors.add(reader.pixels[0]!);
    await Bun.sleep(5);
  }
  // After a pause, the spectator has the very picture that the host's player sees.
  await hostClient.pause();
  const { pixels } = await hostClient.sizedPicture();
  while (!Buffer.from(reader.pixels).equals(Buffer.from(pixels))) {
    reader.acquire();
    await Bun.sleep(5);
  }
  await Promise.all([hostClient.stop(), otherClient.stop()]);
  await Promise.all([host.close(), other.close()]);
  expect(await link.ended).toBeUndefined();
  await link.close();
});

test("a port for spectators that is in use ends the start only if somebody has asked for it", async () => {
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const spectators = { host: "127.0.0.1", port: taken.port, option: "--spectators" };
  const options = { ...(await optionsOf("taken")), host: "127.0.0.1", players: 2 };
  await expect(LiveGame.host({ ...options, port: 0, spectators })).rejects.toThrow("the port is in use");
  // The game's own number is that of the port that is in use.
  const game = await LiveGame.host({
    ...options,
    port: taken.port,
    spectators: { ...spectators, port: undefined },
  });
  expect(game.spectatorAddress).toBeUndefined();
  await game.close();
  taken.stop(true);
});

test("players whose ROMs differ in their headers, or in ROMs of the user's, do not play together", async () => {
  const options = await optionsOf("images");
  const { rom } = options;
  const drumRom = new Uint8Array(0x2000);
  const controlRoms = builtInControlRoms();
  const image = { ...rom.image, drumRom, controlRoms };
  const host = await LiveGame.host({
    ...options,
    rom: { ...rom, image },
    host: "127.0.0.1",
    port: 0,
    players: 2,
  });
  const images = [
    rom.image,
    { ...image, drumRom: drumRom.with(5, 1) },
    { ...image, mirroring: "four-screen" as const },
    { ...image, miscRom: new Uint8Array(16) },
    { ...image, controlRoms: { ...controlRoms, colors: controlRoms.colors.with(5, 1) } },
  ];
  for (const other of images) {
    const joining = LiveGame.join({
      ...options,
      rom: { ...rom, image: other },
      host: "127.0.0.1",
      port: host.port,
      wantedPlayer: 0,
    });
    await expect(joining).rejects.toThrow("another BIOS or header of the ROM");
  }
  await host.close();
});

test("machines that differ end both games, and leave what emu bisect needs", async () => {
  const rom = await loadRom(path);
  const host = await LiveGame.host({
    ...(await optionsOf("host")),
    host: "127.0.0.1",
    port: 0,
    players: 2,
  });
  const hostClient = await startMachine(host, { ramFill: "ones" });
  const other = await LiveGame.join({
    ...(await optionsOf("other")),
    host: "127.0.0.1",
    port: host.port,
    wantedPlayer: 0,
  });
  // It does not load the host's state, so its RAM is another one.
  const otherClient = await EmuClient.start({
    machine: nesSource(rom.image, other.nes),
    netplay: other.netplay,
    realtime: false,
  });
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
