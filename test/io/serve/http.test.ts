import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import { frameHash } from "../../../src/io/capture/hash.ts";
import type { PageFacts } from "../../../src/io/serve/page/facts.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { INPUT_GROUP_WORDS, INPUT_HELD, INPUT_SOURCES } from "../../../src/io/shared/layout-words.ts";
import { BrowserPage, CHROMIUM } from "../../support/chromium.ts";
import { RpcPeer, startServer } from "../../support/serve.ts";

let server: Server;
let url: string;
let rpc: RpcPeer;

beforeAll(async () => {
  server = await startServer({ http: "127.0.0.1:0" });
  url = server.addresses.http!;
  rpc = await RpcPeer.connect(server);
  await rpc.call("run", { frames: 120 });
});
afterAll(() => server.close());

async function status(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> {
  return (await fetch(new URL(path, url), { headers, method })).status;
}

/** A WebSocket and what it received: answers, notifications, pictures and sound. */
async function openSocket(headers: Record<string, string> = {}) {
  const socket = new WebSocket(new URL("/rpc", url).href.replace("http", "ws"), { headers });
  socket.binaryType = "arraybuffer";
  const texts: string[] = [];
  const games: PageFacts[] = [];
  const binaries: ArrayBuffer[] = [];
  let changed = () => {};
  socket.onmessage = ({ data }) => {
    if (typeof data === "string" && data.includes('"method":"game"')) games.push(JSON.parse(data).params);
    else if (typeof data === "string") texts.push(data);
    else binaries.push(data);
    changed();
  };
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.onclose = ({ code }) => {
    resolve(code);
    changed();
  };
  await new Promise((done, fail) => {
    socket.onopen = done;
    socket.onerror = () => fail(new Error("refused"));
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((done) => (changed = done));
  };
  return { socket, texts, games, binaries, closed: promise, until };
}

describe("the HTTP server", () => {
  test.each([
    [200, "/", {}],
    [200, "/metrics", {}],
    [404, "/etc/passwd", {}],
    [426, "/rpc", {}],
    [403, "/", { host: "emu.example" }],
    [403, "/metrics", { host: "emu.example:80" }],
    [403, "/", { origin: "http://emu.example" }],
    [403, "/", { origin: "null" }],
    [403, "/", { origin: "https://127.0.0.1" }],
  ])("%i for %p with %p", async (code, path, headers) => {
    expect(await status(path, headers)).toBe(code);
  });

  test("serves its own page, and only GET", async () => {
    expect(await status("/", { origin: url.slice(0, -1) })).toBe(200);
    expect(await status("/", {}, "POST")).toBe(405);
  });

  test("a foreign page gets no WebSocket", async () => {
    await expect(openSocket({ origin: "http://emu.example" })).rejects.toThrow();
    await expect(openSocket({ host: "emu.example" })).rejects.toThrow();
    const own = await openSocket({ origin: url.slice(0, -1) });
    own.socket.close();
  });
});

test("requests over WebSocket, and packed pictures", async () => {
  const { socket, texts, games, binaries, until } = await openSocket();
  socket.send('{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"every":1,"format":"packed"}}');
  socket.send('{"jsonrpc":"2.0","id":2,"method":"run","params":{"frames":1}}');
  socket.send('{"jsonrpc":"2.0","id":3,"method":"frame"}');
  await until(() => texts.length >= 3 && binaries.length >= 1);
  expect(texts.map((text) => JSON.parse(text).id)).toEqual([1, 2, 3]);
  const packed = binaries.at(-1)!;
  const header = new DataView(packed);
  const { frame, hash } = JSON.parse(texts[2]!).result;
  expect([header.getUint32(0, true), header.getUint16(4, true), header.getUint16(6, true)]).toEqual([
    frame,
    256,
    240,
  ]);
  const planes = inflateRawSync(new Uint8Array(packed, 8));
  const pixels = Uint16Array.from({ length: 61_440 }, (_, i) => planes[i]! | (planes[61_440 + i]! << 8));
  expect(frameHash(pixels)).toBe(hash);
  // The game is described once, before its first picture.
  expect(games).toEqual([
    {
      title: "swingby.nes",
      palette: [...server.host.palette],
      width: 256,
      height: 240,
      pixelAspect: 1,
      sampleRateHz: 48_000,
      channels: 1,
      portBits: 8,
    },
  ]);
  socket.close();
});

test("a peer that sends invalid messages, or too many at a time, is disconnected", async () => {
  const binary = await openSocket();
  binary.socket.send(new Uint8Array(8));
  expect(await binary.closed).toBe(1008);
  const noisy = await openSocket();
  for (let i = 0; i < 150; i++) noisy.socket.send("x");
  expect(await noisy.closed).toBe(1008);
  const hasty = await openSocket();
  for (let i = 0; i < 2000; i++) hasty.socket.send('{"jsonrpc":"2.0","id":1,"method":"stateSave"}');
  expect(await hasty.closed).toBe(1013);
  expect(await rpc.call("registers")).toHaveProperty("pc");
});

test("/metrics is Prometheus' text format", async () => {
  const response = await fetch(new URL("/metrics", url));
  expect(response.headers.get("content-type")).toContain("version=0.0.4");
  const lines = (await response.text()).trimEnd().split("\n");
  for (const line of lines)
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[\w.]*"(,\w+="[\w.]*")*\})? -?[\d.e+-]+)$/);
  expect(lines).toContain('emu_requests_total{method="run"} 2');
  expect(lines).toContain("emu_pool_blocks 64");
});

test("with a token the metrics need it too", async () => {
  const guarded = await startServer({ http: "127.0.0.1:0", token: "a secret of twenty" });
  const at = new URL("/metrics", guarded.addresses.http!);
  expect((await fetch(at)).status).toBe(401);
  expect((await fetch(at, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
  expect((await fetch(at, { headers: { authorization: "Bearer a secret of twenty" } })).status).toBe(200);
  expect((await fetch(`${at}?token=a%20secret%20of%20twenty`)).status).toBe(200);
  await guarded.close();
});

test("sound comes only with every packed picture, and only for those who ask", async () => {
  await rpc.call("pause");
  const { socket, texts, binaries, until } = await openSocket();
  const ask = (id: number, params: object) =>
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params }));
  ask(1, { every: 2, format: "packed", sound: true });
  ask(2, { every: 1, format: "hash", sound: true });
  await until(() => texts.length >= 2);
  for (const text of texts) expect(JSON.parse(text).error.message).toContain('"sound" must be false unless');
  ask(3, { every: 1, format: "packed", sound: true });
  const isSound = (message: ArrayBuffer) => new DataView(message).getUint16(4, true) === 0;
  await until(() => texts.length >= 3);
  socket.send('{"jsonrpc":"2.0","id":4,"method":"run","params":{"frames":2}}');
  await until(() => binaries.some(isSound));
  const header = new DataView(binaries.find(isSound)!);
  // An NES has one channel, and a frame's sound about 800 samples.
  expect(header.getUint16(6, true)).toBe(1);
  expect((header.byteLength - 8) / 2).toBeWithin(700, 4097);
  ask(5, { every: 1, format: "packed" });
  await until(() => texts.length >= 5);
  binaries.length = 0;
  socket.send('{"jsonrpc":"2.0","id":6,"method":"run","params":{"frames":3}}');
  await until(() => texts.length >= 6 && binaries.length > 0);
  expect(binaries.some(isSound)).toBe(false);
  socket.close();
});

describe.skipIf(CHROMIUM === undefined)("the page in a browser", () => {
  test("plays the sound after a click, until the next one", async () => {
    await rpc.call("resume");
    const page = await BrowserPage.open(url);
    try {
      await page.until("Number(document.body.dataset.frame) > 0");
      expect(await page.evaluate("emuSpectator.sound()")).toBeUndefined();
      await page.click("#sound");
      await page.until("emuSpectator.sound()?.isRunning && emuSpectator.sound().report.level > 500");
      await page.click("#sound");
      await page.until("emuSpectator.sound() === undefined");
      expect(await page.evaluate('document.getElementById("status").textContent')).not.toContain("must be");
    } finally {
      await page.close();
      await rpc.call("pause");
    }
  });

  test("shows the picture live, takes keys, pauses", async () => {
    await rpc.call("reset", { hard: true });
    await rpc.call("resume");
    const page = await BrowserPage.open(url);
    try {
      const frame = async () => Number(await page.evaluate("document.body.dataset.frame"));
      while (!((await frame()) > 0)) await Bun.sleep(50);
      const seen = await frame();
      while ((await frame()) <= seen) await Bun.sleep(20);

      await page.key("keyDown", "KeyX");
      const latched = () =>
        server.host.client.blocks.inputs[INPUT_SOURCES.network * INPUT_GROUP_WORDS + INPUT_HELD] ?? 0;
      while ((latched() & 1) === 0) await Bun.sleep(20);
      await page.key("keyUp", "KeyX");
      while ((latched() & 1) !== 0) await Bun.sleep(20);

      await page.evaluate('document.getElementById("pause").click()');
      const paused = 'emu_requests_total{method="pause"}';
      while (!(await (await fetch(new URL("/metrics", url))).text()).includes(paused)) await Bun.sleep(20);
      // Commands run in their order, so the answer to this one comes from a machine that has paused.
      await rpc.call("pause");
      const last = await rpc.call("frame");
      while ((await frame()) !== last.frame) await Bun.sleep(20);
      // The page has the machine's picture: the same colours in the same places.
      const colors = (await page.evaluate(`(() => {
        const data = emuSpectator.picture.pixels;
        return Array.from({ length: 61440 }, (_, i) => (data[4 * i] << 16) | (data[4 * i + 1] << 8) | data[4 * i + 2]);
      })()`)) as number[];
      const { pixels } = server.host.feed.latest()!;
      expect(colors).toEqual(Array.from(pixels, (pixel) => server.host.palette[pixel]!));
      // On the canvas it fills the height, and its middle has the colour of the picture's middle.
      const middle = (await page.evaluate(`(() => {
        const canvas = document.getElementById("screen");
        const { data } = canvas.getContext("2d").getImageData(canvas.width / 2 + 1, canvas.height / 2 + 1, 1, 1);
        return [canvas.height > 480, (data[0] << 16) | (data[1] << 8) | data[2]];
      })()`)) as [boolean, number];
      expect(middle).toEqual([true, colors[120 * 256 + 128]!]);
      const screenshot = await page.screenshot();
      if (process.env.EMU_SCREENSHOT !== undefined) await Bun.write(process.env.EMU_SCREENSHOT, screenshot);
      expect(screenshot.length).toBeGreaterThan(1000);
    } finally {
      await page.close();
    }
  });
});
