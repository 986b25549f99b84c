import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "../../../src/io/serve/server.ts";
import { checkTokenStrength, TokenGate } from "../../../src/io/serve/token-gate.ts";
import { inputErrorOf } from "../../support/input-errors.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { portOf, RawPeer, ROMS, RpcPeer, startServer } from "../../support/serve.ts";

const TOKEN = "a secret of twenty";
const HAS_FIFOS = process.platform !== "win32";
const root = mkdtempSync(join(tmpdir(), "emu-hostile-"));
copyFileSync(join(ROMS, "swingby.nes"), join(root, "swingby.nes"));
copyFileSync(join(ROMS, "test-card.nes"), join(root, "test-card.nes"));
writeFileSync(join(root, "text.nes"), "this is no ROM");
writeFileSync(join(root, "no-board.nes"), buildRom({ mapper: 3, nes2: true, bytes: { 8: 0x0e } }));
writeFileSync(join(root, "short.nes"), buildRom().subarray(0, 5000));
// 512 KiB of flash are part of a state.
writeFileSync(join(root, "large.nes"), buildRom({ mapper: 30, prgUnits: 32, chrUnits: 0, flags6: 2 }));
if (HAS_FIFOS) Bun.spawnSync(["mkfifo", join(root, "pipe.nes")]);

const servers: (Server & { errors: unknown[] })[] = [];
async function serve(
  options: Parameters<typeof startServer>[0] = {},
): Promise<Server & { errors: unknown[] }> {
  const server = await startServer({
    rom: join(root, "swingby.nes"),
    ...options,
    machine: { root, ...options?.machine },
  });
  servers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.close();
    expect(server.errors).toEqual([]);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A WebSocket, its received messages, and the code with which it was closed. */
async function openSocket(server: Server) {
  const socket = new WebSocket(new URL("/rpc", server.addresses.http!.replace(/^http/, "ws")));
  const texts: string[] = [];
  socket.onmessage = ({ data }) => texts.push(String(data));
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const ask = async (method: string, params: object = {}) => {
    const before = texts.length;
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    while (texts.length === before && socket.readyState === WebSocket.OPEN) await Bun.sleep(1);
    return JSON.parse(texts[before] ?? "null");
  };
  return { socket, texts, closed, ask };
}

describe("load", () => {
  test.each([
    "text.nes",
    "no-board.nes",
    "short.nes",
    "nothing.nes",
    ".",
    ...(HAS_FIFOS ? ["pipe.nes"] : []),
  ])("of %p does not change the game", async (path) => {
    const server = await serve();
    const peer = await RpcPeer.connect(server);
    await peer.call("run", { frames: 5 });
    const before = await peer.call("frame");
    const started = performance.now();
    expect(await peer.ask("load", { path })).toMatchObject({ error: { code: -32000 } });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await peer.call("frame")).toEqual(before);
    expect(await peer.call("run", { frames: 1 })).toEqual({ frame: 6 });
  });

  test("of another game does not pause or resume the machine", async () => {
    const server = await serve({ machine: { startPaused: false } });
    const peer = await RpcPeer.connect(server);
    expect(await peer.call("load", { path: "test-card.nes" })).toMatchObject({ title: "test-card.nes" });
    const running = await peer.call("registers");
    await Bun.sleep(100);
    expect((await peer.call("registers")).cycle).toBeGreaterThan(running.cycle);
    await peer.call("pause");
    await peer.call("load", { path: "swingby.nes" });
    const paused = await peer.call("registers");
    await Bun.sleep(50);
    expect(await peer.call("registers")).toEqual(paused);
  });

  test("while others watch: all of them still get pictures", async () => {
    const server = await serve({ machine: { startPaused: false } });
    const watcher = await RpcPeer.connect(server);
    await watcher.call("subscribe", { every: 1, format: "png" });
    const asker = await RpcPeer.connect(server);
    const spectator = await RawPeer.connect({ port: portOf(server) });
    spectator.send("watch\n");
    const peer = await RpcPeer.connect(server);
    // The test card does not move: spectators get changes only, so nothing after its first picture.
    for (const path of ["test-card.nes", "text.nes", "swingby.nes", "no-board.nes", "swingby.nes"]) {
      const before = watcher.notifications.length;
      const { bytes } = spectator;
      const loaded = peer.ask("load", { path });
      expect((await asker.ask("frame", { format: "png" })).error?.code ?? -32000).toBe(-32000);
      expect(await asker.ask("registers")).toHaveProperty("result");
      const isLoaded = (await loaded).error === undefined;
      const isServed = () =>
        watcher.notifications.length >= before + 3 && (!isLoaded || spectator.bytes > bytes);
      for (const untilMs = performance.now() + 60_000; !isServed() && performance.now() < untilMs; )
        await watcher.ask("frame");
      expect({ path, isServed: isServed() }).toEqual({ path, isServed: true });
    }
  });

  test("of a game with larger states: they go over WebSocket both ways", async () => {
    const server = await serve({ http: "127.0.0.1:0" });
    const early = await openSocket(server);
    expect((await early.ask("load", { path: "large.nes" })).error).toBeUndefined();
    const late = await openSocket(server);
    for (const peer of [early, late]) {
      const { result } = await peer.ask("stateSave");
      expect(result.state.length).toBeGreaterThan(512 * 1024);
      expect(await peer.ask("stateLoad", { state: result.state })).toMatchObject({ result: {} });
      peer.socket.close();
    }
  });
});

test("states with invalid fields are rejected and change nothing", async () => {
  const server = await serve();
  const peer = await RpcPeer.connect(server);
  await peer.call("run", { frames: 3 });
  const { state } = await peer.call("stateSave");
  const good = Uint8Array.fromBase64(state);
  let rejected = 0;
  for (let run = 0; run < 60; run++) {
    const bad = good.slice();
    for (let at = 0; at < 40; at++)
      bad[32 + ((run * 7919 + at * 104_729) % (bad.length - 32))]! ^= 0x80 | run;
    const { error } = await peer.ask("stateLoad", { state: bad.toBase64() });
    if (error !== undefined) {
      rejected++;
      expect(error).toMatchObject({
        code: -32000,
        message: expect.stringContaining("the state is damaged: "),
      });
    }
    await peer.call("run", { frames: 1 });
  }
  expect(rejected).toBeGreaterThan(10);
  expect(await peer.ask("stateLoad", { state })).toMatchObject({ result: {} });
});

describe("tokens", () => {
  test.each(["", " ", "\n", "short", "fifteen letters"])("%p is rejected", async (token) => {
    expect(inputErrorOf(() => checkTokenStrength(token, "--token")).kind).toBe("usage");
    await expect(startServer({ listen: "127.0.0.1:0", token })).rejects.toThrow("the token");
  });

  test("are compared whole; an address with too many wrong ones must wait, others need not", () => {
    const gate = new TokenGate(TOKEN);
    expect(gate.check(TOKEN.slice(1), "192.0.2.1:1", 0)).toBe("wrong");
    for (let guess = 1; guess < 20; guess++)
      expect(gate.check(`${guess}`, `192.0.2.1:${guess}`, guess)).toBe("wrong");
    expect(gate.check(TOKEN, "192.0.2.1:9", 9000)).toBe("wait");
    expect(gate.check(TOKEN, "192.0.2.2:9", 9000)).toBe("right");
    expect(gate.check(TOKEN, "192.0.2.1:9", 10_001)).toBe("right");
    for (let guess = 0; guess < 20; guess++) gate.check("no", `[2001:db8:1:2:${guess}::1]:5`, 20_000);
    expect(gate.check(TOKEN, "[2001:db8:1:2::9]:7", 20_001)).toBe("wait");
    expect(gate.check(TOKEN, "[2001:db8:1:3::9]:7", 20_001)).toBe("right");
  });

  test("wrong ones at /metrics are limited", async () => {
    const server = await serve({ http: "127.0.0.1:0", token: TOKEN });
    const status = async (token: string) =>
      (await fetch(new URL(`/metrics?token=${encodeURIComponent(token)}`, server.addresses.http))).status;
    expect(await status(TOKEN)).toBe(200);
    const codes = new Set<number>();
    for (let guess = 0; guess < 40; guess++) codes.add(await status(`guess ${guess}`));
    expect([...codes]).toEqual([401, 429]);
  });

  test("without one a WebSocket message is limited to 4 KiB", async () => {
    const server = await serve({ http: "127.0.0.1:0", token: TOKEN });
    const stranger = await openSocket(server);
    stranger.socket.send("x".repeat(5000));
    expect(await stranger.closed).toBe(1009);
    const friend = await openSocket(server);
    expect(await friend.ask("auth", { token: TOKEN })).toMatchObject({ result: {} });
    friend.socket.send("x".repeat(5000));
    expect(await friend.ask("registers")).toHaveProperty("error");
    friend.socket.close();
  });

  test("without one a connection is closed after 10 s, whatever it sends", async () => {
    const server = await serve({ connections: 2, token: TOKEN });
    const started = performance.now();
    const trickling = [
      await RawPeer.connect({ port: portOf(server) }),
      await RawPeer.connect({ port: portOf(server) }),
    ];
    while (trickling.some(({ isClosed }) => !isClosed) && performance.now() - started < 60_000) {
      for (const peer of trickling) if (!peer.isClosed) peer.send("x");
      await Bun.sleep(500);
    }
    expect(trickling.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(performance.now() - started).toBeLessThan(40_000);
    const peer = await RpcPeer.connect(server);
    expect(await peer.ask("auth", { token: TOKEN })).toMatchObject({ result: {} });
  }, 90_000);
});

test("200 different watch settings: some are served, and the default always", async () => {
  const server = await serve({ connections: 256 });
  const peers: RawPeer[] = [];
  for (let wish = 0; wish < 200; wish++) {
    const peer = await RawPeer.connect({ port: portOf(server) });
    peers.push(peer);
    peer.send(`watch columns=${200 + wish} rows=200 fps=60\n`);
  }
  const isRefused = (peer: RawPeer) => peer.received.includes("picture settings are already in use");
  const untilMs = performance.now() + 60_000;
  while (peers.filter(isRefused).length < 176 && performance.now() < untilMs) await Bun.sleep(10);
  expect(peers.filter(isRefused).length).toBe(176);
  const usual = await RawPeer.connect({ port: portOf(server) });
  usual.send("watch\n");
  await usual.until(() => usual.received.length > 0);
  expect(usual.received).toStartWith("\x1b[0m");
  for (const peer of peers) peer.close();
  usual.close();
});
