/** `emu serve` with a game of a libretro core: requests, spectators, and a core that crashes. */
import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findCoreGame } from "../../../src/io/cores/core-game.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { readLatchedButtons } from "../../../src/io/shared/stats.ts";
import { TripleBufferReader } from "../../../src/io/shared/triple-buffer.ts";
import { WatchLink } from "../../../src/io/watch/watch-link.ts";
import { BrowserPage, CHROMIUM } from "../../support/chromium.ts";
import { hasCompiler, scriptedCore, scriptedGame, startScripted } from "../../support/scripted-core.ts";
import { portOf, RawPeer, ROMS, RpcPeer, startServer } from "../../support/serve.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

type TestServer = Server & { errors: unknown[] };

const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serve(
  script: string,
  players = 0,
  http?: string,
): Promise<{ server: TestServer; rpc: RpcPeer; root: string }> {
  const path = scriptedGame(script, `${script.replaceAll(/\W/g, "-") || "plain"}.scripted`);
  const root = dirname(path);
  const game = (await findCoreGame(path, scriptedCore()))!;
  const server = await startServer({
    game,
    players,
    ...(http === undefined ? {} : { http }),
    machine: { root },
  });
  servers.push(server);
  return { server, rpc: await RpcPeer.connect(server), root };
}

/** What the core has seen in the last frame. */
async function reportOf(rpc: RpcPeer): Promise<string> {
  const { bytes } = await rpc.call("peek", { address: 0, length: 2000 });
  return String.fromCharCode(...bytes).split("\0")[0]!;
}

/** The colours of a picture that `frame` returns as `rgb`. */
function colorsOf(pixels: string): number[] {
  const bytes = Uint8Array.fromBase64(pixels);
  return Array.from(
    { length: bytes.length / 3 },
    (_, at) => (bytes[3 * at]! << 16) | (bytes[3 * at + 1]! << 8) | bytes[3 * at + 2]!,
  );
}

/** True if the colours differ by at most what cells reduce. */
function isNear(one: number, other: number): boolean {
  return [16, 8, 0].every((shift) => Math.abs(((one >> shift) & 0xff) - ((other >> shift) & 0xff)) < 8);
}

describe.skipIf(!hasCompiler)("a game of a scripted core (cc)", () => {
  test("frames are those of the machine alone, as hashes, colours, greys and means", async () => {
    const { rpc } = await serve("format=1");
    const { machine, client } = await startScripted("format=1");
    const canvas = new Uint32Array(32);
    for (let frame = 0; frame < 3; frame++) machine.runFrame(canvas);
    await client.close();
    const { machines } = await rpc.call("list");
    expect(machines[0]).toMatchObject({ title: "format-1.scripted", core: "scripted0", frame: 0 });
    expect(machines[0].mapper).toBeUndefined();
    const { frame, hash } = await rpc.call("step", { buttons: 0, frames: 3 });
    expect([frame, hash]).toEqual([
      2,
      Bun.hash.crc32(new Uint8Array(canvas.buffer)).toString(16).padStart(8, "0"),
    ]);
    const whole = await rpc.call("frame", { format: "rgb" });
    expect([whole.width, whole.height, colorsOf(whole.pixels)]).toEqual([8, 4, [...canvas]]);
    // Red grows by one per column, so the means of two columns end in a half.
    const small = await rpc.call("frame", { format: "rgb", width: 4, height: 1 });
    expect(colorsOf(small.pixels).map((color) => color >> 16)).toEqual([1, 3, 5, 7]);
    const gray = await rpc.call("frame", { format: "gray" });
    expect(Uint8Array.fromBase64(gray.pixels)[31]).toBe(
      Math.floor((299 * 7 + 587 * 3 + 114 * 3 + 500) / 1000),
    );
    await expect(rpc.call("frame", { format: "indices" })).rejects.toThrow("rgb or gray");
    const { png } = await rpc.call("frame", { format: "png" });
    expect(Buffer.from(png, "base64").toString("latin1", 1, 4)).toBe("PNG");
  });

  test("buttons of four pads, sticks and pointer reach the core", async () => {
    const { rpc } = await serve("dupe=0");
    await rpc.call("press", { port: 0, buttons: ["a"] });
    await rpc.call("press", { port: 1, buttons: ["x"] });
    await rpc.call("press", { port: 2, buttons: 0x8001 });
    await rpc.call("press", { port: 3, buttons: ["a", "Y"] });
    await rpc.call("device", { port: "sticks", input: "left-x=127 left-y=-127 right-x=64" });
    await rpc.call("device", { port: "pointer", input: "x=32767 y=-32767 move-x=5 move-y=-6 left" });
    await rpc.call("run", { frames: 1 });
    const seen = (await reportOf(rpc)).split("\n");
    expect(seen.slice(2, 6).map((line) => line.replace(/ device.*/, ""))).toEqual([
      "pad0 1 mask 256",
      "pad1 2 mask 512",
      "pad2 1 mask 33024",
      "pad3 1 mask 258",
    ]);
    expect(seen.slice(7, 11)).toEqual([
      "sticks 32767 -32767 16513 0",
      "pointer 32767 -32767 1 count 1",
      "mouse 5 -6 left 1 right 0",
      "gun 32767 -32767 trigger 1 off 0",
    ]);
    // A pointer without a place points away; the pads of ports 3 and 4 stay as they are.
    await rpc.call("device", { port: "pointer", input: "" });
    await rpc.call("run", { frames: 1 });
    const after = await reportOf(rpc);
    expect(after).toContain("pad3 1 mask 258");
    expect(after).toContain("gun -32768 -32768 trigger 0 off 1");
  });

  test.each([
    ["press", { port: 0, buttons: 0x1_0000 }, "a mask from 0 to 65535"],
    ["press", { port: 0, buttons: ["z"] }, "a, b, select, start, up, down, left, right, x, y, l, r"],
    ["press", { port: 2, buttons: 1, frames: 3 }, "cannot be held for a number of frames"],
    ["device", { port: "port1", input: "" }, "one of sticks, pointer"],
    ["device", { port: "sticks", input: "left-x=128" }, "is nothing that sticks can do"],
    ["device", { port: "sticks", input: "left" }, "is nothing that sticks can do"],
    ["device", { port: "pointer", input: "x=-32768" }, "is nothing that pointer can do"],
    ["peek", { space: "oam", address: 0 }, "one of cpu, ppu"],
    ["coin", {}, "no coin slots"],
    ["disk", { side: 1 }, "no disk drive"],
  ])("%s %j is rejected", async (method, params, what) => {
    plain ??= await serve("dupe=1");
    const { rpc } = plain;
    await expect(rpc.call(method, params)).rejects.toThrow(what);
  });
  let plain: Awaited<ReturnType<typeof serve>> | undefined;

  test("states, memory, disks, and machines of a peer's own", async () => {
    const { rpc } = await serve("disks=3 battery=1");
    await rpc.call("run", { frames: 10 });
    const { state, frame } = await rpc.call("stateSave");
    expect(frame).toBe(10);
    const { hash } = await rpc.call("step", { buttons: 0, frames: 5 });
    await rpc.call("stateLoad", { state });
    expect(await rpc.call("step", { buttons: 0, frames: 5 })).toEqual({ frame: 14, hash });
    await expect(rpc.call("stateLoad", { state: state.slice(0, 40) })).rejects.toThrow();
    await rpc.call("disk", { side: 3 });
    await rpc.call("run", { frames: 1 });
    expect(await reportOf(rpc)).toContain("disk 2 ");
    const { machine } = await rpc.call("create");
    expect(await rpc.call("step", { machine, buttons: 0, frames: 15 })).toEqual({ frame: 14, hash });
    await rpc.call("destroy", { machine });
  });

  test("a core without states says so, and everything else works", async () => {
    const { rpc } = await serve("states=0");
    await expect(rpc.call("stateSave")).rejects.toThrow("this core has no states");
    expect(await rpc.call("run", { frames: 2 })).toEqual({ frame: 2 });
  });

  test("spectators see colours and other sizes, and press 16 buttons", async () => {
    const { server, rpc } = await serve("resize=3 format=1", 1);
    await rpc.call("run", { frames: 2 });
    const cells = await RawPeer.connect({ port: portOf(server) });
    cells.send("watch columns=40 rows=12\n");
    const link = await WatchLink.open({
      endpoint: { host: "127.0.0.1", port: portOf(server) },
      wish: { fps: 60, play: true },
    });
    expect(link.hello).toMatchObject({ width: 8, height: 4, port: 0, portBits: 16 });
    const reader = new TripleBufferReader(link.blocks.frames);
    const seen = async (frame: number): Promise<[number, number, number[]]> => {
      while (reader.frame !== frame) {
        reader.acquire();
        await Bun.sleep(2);
      }
      const { width, height } = reader;
      return [width, height, [...reader.pixels.subarray(0, width * height)]];
    };
    for (const [frame, width, height] of [
      [1, 8, 4],
      [2, 16, 10],
    ] as const) {
      const { pixels } = server.host.feed.latest()!;
      expect(pixels).toHaveLength(width * height);
      expect(await seen(frame)).toEqual([width, height, [...pixels]]);
      if (frame === 1) await rpc.call("run", { frames: 1 });
    }
    // The corners of the terminal's picture have the colours of the last frame's corners.
    const { pixels } = server.host.feed.latest()!;
    const screen = new VirtualTerminal(40, 12);
    const shown = async (): Promise<boolean> => {
      await screen.write(Buffer.from(cells.received, "latin1"));
      cells.received = "";
      const colors = Array.from({ length: 12 * 40 }, (_, at) =>
        screen.halves(Math.floor(at / 40), at % 40),
      ).flat();
      return [pixels[0]!, pixels.at(-1)!].every((pixel) => colors.some((color) => isNear(color, pixel)));
    };
    while (!(await shown())) await Bun.sleep(10);
    link.setButtons(0x8001);
    await rpc.call("resume");
    while (readLatchedButtons(server.host.client.blocks.stats) !== 0x8001) await Bun.sleep(5);
    await link.close();
    cells.close();
    expect(server.errors).toEqual([]);
  });

  test.skipIf(CHROMIUM === undefined)("the page shows colours of any size, and has more keys", async () => {
    const { server, rpc, root } = await serve("resize=3 format=2", 0, "127.0.0.1:0");
    await rpc.call("run", { frames: 2 });
    const page = await BrowserPage.open(server.addresses.http!);
    const colors = `Array.from({ length: emuSpectator.picture.pixels.length / 4 }, (_, i) => {
      const data = emuSpectator.picture.pixels;
      return (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2];
    })`;
    try {
      for (const [frame, count] of [
        [1, 32],
        [2, 160],
      ]) {
        await page.until(`document.body.dataset.frame === "${frame}"`);
        const { pixels } = server.host.feed.latest()!;
        expect(pixels).toHaveLength(count!);
        expect(await page.evaluate(colors)).toEqual([...pixels]);
        if (frame === 1) await rpc.call("run", { frames: 1 });
      }
      await page.key("keyDown", "KeyQ");
      await rpc.call("resume");
      while (readLatchedButtons(server.host.client.blocks.stats) !== 0x400) await Bun.sleep(5);
      await page.click("#sound");
      await page.until("emuSpectator.sound()?.report.level > 500");
      expect(await page.evaluate("emuSpectator.sound().channels")).toBe(2);
      // A game of an NES has one channel and another rate; the sound goes on.
      copyFileSync(join(ROMS, "swingby.nes"), join(root, "swingby.nes"));
      await rpc.call("load", { path: "swingby.nes" });
      await page.until("emuSpectator.sound()?.channels === 1 && emuSpectator.sound().report.level > 500");
      expect(server.errors).toEqual([]);
    } finally {
      await page.close();
    }
  });

  test("a game of the other kind ends the connections of those who cannot draw it", async () => {
    const folder = temporaryFolder("serve-core");
    copyFileSync(join(ROMS, "swingby.nes"), join(folder, "swingby.nes"));
    const game = (await findCoreGame(scriptedGame("format=2", "kinds.scripted"), scriptedCore()))!;
    const server = await startServer({ game, machine: { root: folder } });
    servers.push(server);
    const rpc = await RpcPeer.connect(server);
    await rpc.call("run", { frames: 2 });
    const open = () =>
      WatchLink.open({ endpoint: { host: "127.0.0.1", port: portOf(server) }, wish: { fps: 60 } });
    const before = await open();
    expect(await rpc.call("load", { path: "swingby.nes" })).toMatchObject({
      mapper: 0,
      title: "swingby.nes",
    });
    await rpc.call("run", { frames: 2 });
    expect(await before.ended).toBeUndefined();
    const after = await open();
    expect(after.hello).toMatchObject({ width: 256, height: 240 });
    expect(after.hello.rgb).toBeUndefined();
    await after.close();
    expect(await rpc.call("peek", { space: "oam", address: 0 })).toMatchObject({
      bytes: [expect.any(Number)],
    });
  });

  test("a core that crashes ends the server's machine with an error that names it", async () => {
    const { server, rpc } = await serve("abort=4");
    await rpc.call("run", { frames: 3 });
    const run = rpc.call("run", { frames: 3 }).catch(() => undefined);
    const fault = await server.fault;
    expect(fault.message).toBe("Scripted has crashed (SIGABRT)");
    expect(fault.input).toMatchObject({ kind: "unavailable", where: scriptedCore() });
    await run;
    await expect(rpc.call("reset")).rejects.toThrow("the machine has ended");
    expect(server.errors).toEqual([]);
  });
});
