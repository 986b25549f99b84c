import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frameHash } from "../../../src/io/capture/hash.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { load } from "../../../src/io/library/index.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { portOf, RawPeer, ROMS, RpcPeer, startServer } from "../../support/serve.ts";

const isWindows = process.platform === "win32";
let server: Server & { errors: unknown[] };
let rpc: RpcPeer;

beforeAll(async () => {
  server = await startServer();
  rpc = await RpcPeer.connect(server);
});
afterAll(() => server.close());

/** Hash of the last of `frames` frames from power-on. */
async function expectedHash(frames: number, masks: readonly number[] = []): Promise<string> {
  const machine = createHeadless((await loadRom(join(ROMS, "swingby.nes"))).image);
  const pixels = new Uint16Array(256 * 240);
  let frame = 0;
  machine.setInput({ latchButtons: () => masks[frame] ?? 0 });
  for (; frame < frames; frame++) machine.runFrame(pixels);
  return frameHash(pixels);
}

describe("methods", () => {
  test("run, frame: exactly the frames of a dump", async () => {
    await rpc.call("reset", { hard: true });
    expect(await rpc.call("run", { frames: 90 })).toEqual({ frame: 90 });
    expect(await rpc.call("frame", { format: "hash" })).toEqual({ frame: 89, hash: await expectedHash(90) });
    expect(await rpc.call("run", { frames: 1 })).toEqual({ frame: 91 });
    const { png } = await rpc.call("frame", { format: "png" });
    expect(Uint8Array.fromBase64(png).subarray(0, 4)).toEqual(new Uint8Array([0x89, 0x50, 0x4e, 0x47]));
  });

  test("press for a number of frames, or until the next press", async () => {
    await rpc.call("reset", { hard: true });
    await rpc.call("run", { frames: 60 });
    await rpc.call("press", { port: 0, buttons: ["Start"], frames: 4 });
    await rpc.call("run", { frames: 120 });
    const masks = Array.from({ length: 180 }, (_, frame) => (frame >= 60 && frame < 64 ? 8 : 0));
    const hash = await expectedHash(180, masks);
    expect(await rpc.call("frame")).toEqual({ frame: 179, hash });
    expect(hash).not.toBe(await expectedHash(180));

    await rpc.call("reset", { hard: true });
    await rpc.call("run", { frames: 60 });
    await rpc.call("press", { port: 0, buttons: 8 });
    await rpc.call("run", { frames: 4 });
    await rpc.call("press", { port: 0, buttons: 0 });
    await rpc.call("run", { frames: 116 });
    expect((await rpc.call("frame")).hash).toBe(hash);
  });

  test("step presses, runs and returns the picture; pixels are those of the library", async () => {
    await rpc.call("reset", { hard: true });
    await rpc.call("step", { buttons: 0, frames: 60 });
    await rpc.call("step", { buttons: ["Start"], frames: 4 });
    const nes = await load(join(ROMS, "swingby.nes"));
    nes.step([], 60);
    nes.step(["start"], 4);
    nes.step([], 116);
    const small = { format: "gray", width: 84, height: 84 } as const;
    const stepped = await rpc.call("step", { buttons: 0, frames: 116, ...small });
    expect(stepped).toEqual({
      frame: 179,
      width: 84,
      height: 84,
      pixels: nes.screen.resize(small).toBase64(),
    });
    for (const format of ["rgb", "gray", "indices"] as const) {
      const { pixels, width } = await rpc.call("frame", { format });
      expect([width, pixels]).toEqual([256, nes.screen.resize({ format }).toBase64()]);
    }
    for (const params of [
      { buttons: 0, frames: 0 },
      { buttons: 0, format: "gray", width: 513 },
      { buttons: 0, format: "png", width: 84 },
      { frames: 1 },
    ])
      await expect(rpc.call("step", params)).rejects.toThrow();
    expect((await rpc.call("frame")).frame).toBe(179);
  });

  test("peek, poke, registers", async () => {
    await rpc.call("poke", { space: "cpu", address: 0x300, bytes: [1, 2, 255] });
    await rpc.call("poke", { space: "oam", address: 255, value: 7 });
    expect(await rpc.call("peek", { space: "cpu", address: 0x2ff, length: 5 })).toMatchObject({
      bytes: [expect.any(Number), 1, 2, 255, expect.any(Number)],
    });
    expect(await rpc.call("peek", { space: "oam", address: 255 })).toEqual({ bytes: [7] });
    expect(Object.keys(await rpc.call("registers"))).toEqual(
      expect.arrayContaining(["pc", "a", "x", "y", "p", "s", "cycle", "line", "dot"]),
    );
  });

  test("stateSave, stateLoad: the same future", async () => {
    const { state } = await rpc.call("stateSave");
    await rpc.call("run", { frames: 30 });
    const first = await rpc.call("frame");
    await rpc.call("stateLoad", { state });
    await rpc.call("run", { frames: 30 });
    expect(await rpc.call("frame")).toEqual(first);
    const broken = `AAAA${state.slice(4)}`;
    expect(await rpc.ask("stateLoad", { state: broken })).toMatchObject({ error: { code: -32000 } });
    expect(await rpc.ask("stateLoad", { state: "AAAA" })).toMatchObject({ error: { code: -32000 } });
  });

  test("pause stops another peer's run; resume continues", async () => {
    const other = await RpcPeer.connect(server);
    const before = server.host.client.stats().frames;
    const running = other.call("run", { frames: 200_000 });
    while (server.host.client.stats().frames === before) await Bun.sleep(1);
    await rpc.call("pause");
    const { frame } = await running;
    expect(frame).toBeLessThan(200_000);
    await rpc.call("resume");
    await other.call("subscribe", { every: 2 });
    await other.raw.until(() => other.raw.received.split("\n").length > 3);
    other.raw.close();
    await rpc.call("pause");
  });

  test("a subscriber sees another game's picture, whatever its number", async () => {
    const root = mkdtempSync(join(tmpdir(), "emu-serve-"));
    for (const name of ["one.nes", "two.nes"]) copyFileSync(join(ROMS, "swingby.nes"), join(root, name));
    const rooted = await startServer({ machine: { root } });
    const peer = await RpcPeer.connect(rooted);
    await peer.call("subscribe", { every: 4 });
    for (const path of ["one.nes", "two.nes"]) {
      await peer.call("load", { path });
      await peer.call("run", { frames: 1 });
      expect(await peer.notification()).toMatchObject({ method: "frame", params: { frame: 0 } });
    }
    await rooted.close();
    rmSync(root, { recursive: true });
  });

  test.each(["reset", "stateLoad"])("a subscriber sees each new picture after %s", async (method) => {
    const peer = await RpcPeer.connect(server);
    await peer.call("reset", { hard: true });
    const { state } = await peer.call("stateSave");
    await peer.call("subscribe", { every: 1 });
    for (let time = 0; time < 3; time++) {
      await peer.call(method, method === "reset" ? { hard: true } : { state });
      await peer.call("run", { frames: 1 });
      expect(await peer.notification()).toMatchObject({ method: "frame", params: { frame: 0 } });
    }
    peer.raw.close();
  });

  test("load reaches only files below the root", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emu-serve-"));
    writeFileSync(join(folder, "secret.nes"), "no");
    const below = mkdtempSync(join(folder, "root-"));
    if (!isWindows) symlinkSync(join(folder, "secret.nes"), join(below, "link.nes"));
    writeFileSync(join(below, "broken.nes"), "this is no ROM");
    const rooted = await startServer({ machine: { root: below } });
    const peer = await RpcPeer.connect(rooted);
    const paths = [
      "..",
      "../secret.nes",
      join(folder, "secret.nes"),
      "link.nes",
      "",
      ".",
      "nothing.nes",
      "a\0b",
    ];
    for (const path of paths) {
      const { error } = await peer.ask("load", { path });
      expect(error).toMatchObject({ code: -32000, data: { kind: "missing" } });
      expect(JSON.stringify(error)).not.toContain(below);
    }
    const { error } = await peer.ask("load", { path: "broken.nes" });
    expect(error).toMatchObject({ code: -32000, data: { kind: "data" } });
    expect(JSON.stringify(error)).not.toContain(below);
    // The failed load has not stopped the machine.
    expect(await peer.call("run", { frames: 2 })).toEqual({ frame: 2 });
    await rooted.close();
    rmSync(folder, { recursive: true });
    expect(await rpc.call("load", { path: "swingby.nes" })).toMatchObject({ title: "swingby.nes" });
    expect(await rpc.call("run", { frames: 10 })).toEqual({ frame: 10 });
  });
});

describe("messages", () => {
  test.each([
    ["this is not JSON", -32700],
    ['{"jsonrpc":"2.0","id":1', -32700],
    [`${"[".repeat(60_000)}`, -32700],
    ["[]", -32600],
    ["3", -32600],
    ["null", -32600],
    ['{"id":1,"method":"pause"}', -32600],
    ['{"jsonrpc":"1.0","id":1,"method":"pause"}', -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"pause"}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":3}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"pause","more":1}', -32600],
    ['{"jsonrpc":"2.0","id":1,"method":"pause","params":[1]}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"constructor"}', -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"__proto__"}', -32601],
    ['{"jsonrpc":"2.0","id":1,"method":"pause","params":{"x":1}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"run","params":{"frames":0}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"run","params":{"frames":1e99}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"run","params":{"frames":"2"}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"peek","params":{"address":65535,"length":2}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"peek","params":{"space":"disk","address":0}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"poke","params":{"address":0,"bytes":[256]}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"press","params":{"buttons":["fire"]}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"press","params":{"port":4,"buttons":1}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"stateLoad","params":{"state":"%%%"}}', -32602],
    ['{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"every":1,"format":"packed"}}', -32602],
  ])("%#: %p is %i", async (text, code) => {
    rpc.raw.send(`${text}\n`);
    expect(await rpc.answer()).toMatchObject({ error: { code } });
  });

  test("messages without an id get no answer; blank lines and CRLF are fine", async () => {
    rpc.raw.send('\r\n{"jsonrpc":"2.0","method":"pause"}\r\n\n');
    expect(await rpc.ask("pause")).toMatchObject({ result: { frame: expect.any(Number) } });
  });

  test("answers come in order, also after the peer has ended its half", async () => {
    const peer = await RawPeer.connect({ port: portOf(server) });
    const ask = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"registers"}\n`;
    peer.send(Array.from({ length: 500 }, (_, id) => ask(id)).join(""));
    peer.end();
    for (let id = 0; id < 500; id++) expect(JSON.parse((await peer.line())!)).toMatchObject({ id });
    expect(await peer.line()).toBeUndefined();
  });
});

describe("hostile peers only lose their own connection", () => {
  test.each([
    ["a browser's request", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["one with requests in its body", 'POST / HTTP/1.1\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"pause"}\n'],
    ["one without an end", "POST /rpc"],
    ["a TLS handshake", new Uint8Array([0x16, 3, 1, 2, 0, 1])],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0x0a])],
    ["a line without an end", "x".repeat(2_000_000)],
    ["nothing but nonsense", "x\n".repeat(200)],
  ])("%s", async (_name, bytes) => {
    const peer = await RawPeer.connect({ port: portOf(server) });
    peer.send(bytes);
    await peer.until(() => false);
    expect(peer.received).not.toContain('"result"');
    expect(await rpc.call("registers")).toHaveProperty("pc");
  });

  test("requests of a peer that does not read are not read", async () => {
    const peer = await RawPeer.connect({ port: portOf(server) });
    peer.pause();
    const ask = '{"jsonrpc":"2.0","id":1,"method":"stateSave"}\n';
    for (let i = 0; i < 200; i++) peer.send(ask);
    expect(await rpc.call("registers")).toHaveProperty("pc");
    peer.close();
  });

  test("connections beyond the limit are rejected with an error", async () => {
    const small = await startServer({ connections: 2 });
    const first = await RpcPeer.connect(small);
    const second = await RpcPeer.connect(small);
    await first.call("pause");
    await second.call("pause");
    const third = await RawPeer.connect({ port: portOf(small) });
    expect(JSON.parse((await third.line())!)).toMatchObject({ error: { data: { kind: "unavailable" } } });
    expect(await third.line()).toBeUndefined();
    first.raw.close();
    await second.call("pause");
    const fourth = await RpcPeer.connect(small);
    expect(await fourth.call("pause")).toHaveProperty("frame");
    await small.close();
  });

  test("afterwards all blocks are free and there was no internal error", async () => {
    rpc.raw.close();
    while (server.counters.open.tcp > 0) await Bun.sleep(5);
    expect(server.pool.available).toBe(server.pool.count);
    expect(server.errors).toEqual([]);
  });
});

describe("tokens", () => {
  test("other computers are served only with a token", async () => {
    await expect(startServer({ listen: "0.0.0.0:0" })).rejects.toThrow("so a token is required");
    await expect(startServer({ listen: "nonsense" })).rejects.toThrow("HOST:PORT");
    const open = await startServer({ listen: "0.0.0.0:0", token: "a secret of twenty" });
    const peer = await RpcPeer.connect(open);
    expect(await peer.ask("pause")).toMatchObject({ error: { code: -32001 } });
    expect(await peer.ask("auth", { token: "A secret of twenty" })).toMatchObject({
      error: { code: -32001 },
    });
    expect(await peer.ask("auth", { token: "a secret of twenty" })).toMatchObject({ result: {} });
    expect(await peer.ask("pause")).toMatchObject({ result: {} });
    const guesser = await RpcPeer.connect(open);
    for (let i = 0; i < 3; i++) await guesser.ask("auth", { token: `${i}` });
    expect(await guesser.raw.line()).toBeUndefined();
    const spectator = await RawPeer.connect({ port: portOf(open) });
    spectator.send("watch\n");
    expect(JSON.parse((await spectator.line())!)).toMatchObject({ error: { data: { where: "watch" } } });
    await open.close();
  });
});

test.skipIf(isWindows)("a Unix socket replaces a stale one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-serve-"));
  const unix = join(folder, "emu.sock");
  const one = await startServer({ unix });
  await expect(startServer({ unix })).rejects.toThrow("in use");
  const peer = new RpcPeer(await RawPeer.connect({ unix }));
  expect(await peer.call("pause")).toHaveProperty("frame");
  await one.close();
  writeFileSync(unix, "a file");
  await expect(startServer({ unix })).rejects.toThrow("in use");
  const absent = join(folder, "absent", "emu.sock");
  await expect(startServer({ unix: absent })).rejects.toThrow("cannot listen: its folder does not exist");
  const long = join(folder, `${"a".repeat(120)}.sock`);
  await expect(startServer({ unix: long })).rejects.toThrow("cannot listen: its path is too long");
  rmSync(folder, { recursive: true });
});
