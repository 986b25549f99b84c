import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import { PLAIN_CAPABILITIES } from "../../../../src/io/render/encoder.ts";
import { createEncoder } from "../../../../src/io/render/encoders.ts";
import { ServedPicture } from "../../../../src/io/serve/machine/served-picture.ts";
import type { Server } from "../../../../src/io/serve/server.ts";
import { parseWatchLine, watchLine } from "../../../../src/io/serve/spectators/watch-line.ts";
import type { Log } from "../../../../src/io/shared/log.ts";
import { readLatchedButtons } from "../../../../src/io/shared/stats.ts";
import { PictureReader } from "../../../../src/io/watch/picture-reader.ts";
import { WatchLink } from "../../../../src/io/watch/watch-link.ts";
import { portOf, RawPeer, RpcPeer, startServer } from "../../../support/serve.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

let server: Server & { errors: unknown[] };
let rpc: RpcPeer;

/** Unix sockets buffer about 200 KB, TCP megabytes, so a slow reader has an effect sooner. */
const folder = mkdtempSync(join(tmpdir(), "emu-spectators-"));
const unix = process.platform === "win32" ? undefined : join(folder, "emu.sock");

beforeAll(async () => {
  server = await startServer({ players: 1, ...(unix === undefined ? {} : { unix }) });
  rpc = await RpcPeer.connect(server);
  await rpc.call("run", { frames: 60 });
});
afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server.close();
  rmSync(folder, { recursive: true });
});

const spectate = async (line = "watch"): Promise<RawPeer> => {
  const peer = await RawPeer.connect(unix === undefined ? { port: portOf(server) } : { unix });
  peer.send(`${line}\n`);
  return peer;
};

/** Runs the machine in real time until `condition` is true, then stops it. */
async function runUntil(condition: () => boolean): Promise<void> {
  await rpc.call("resume");
  while (!condition()) await Bun.sleep(10);
  await rpc.call("pause");
}

/** Waits until no more bytes arrive. */
async function settled(...peers: RawPeer[]): Promise<void> {
  for (let last = -1, now = 0; now !== last; ) {
    last = now;
    await Bun.sleep(150);
    now = peers.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** The screen that these bytes produce. */
async function screenOf(bytes: Uint8Array | string, columns: number, rows: number): Promise<number[]> {
  const terminal = new VirtualTerminal(columns, rows);
  await terminal.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  const cells: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) cells.push(...terminal.halves(row, column));
  return cells;
}

/** The sequence that clears the screen around a picture. */
const BLACK = "\x1b[48;2;0;0;0m\x1b[2J\x1b[0m";

/** The screen that shows the newest picture. */
function expectedScreen(columns: number, rows: number): Promise<number[]> {
  const { width, height, pixelAspect } = server.host.geometry;
  const encoder = createEncoder("half-block", {
    frameWidth: width,
    frameHeight: height,
    source: { x: 0, y: 0, width, height, pixelAspect },
    window: { columns, rows, cellWidthPixels: 0, cellHeightPixels: 0 },
    scale: "fit",
    palette: server.host.palette,
    capabilities: PLAIN_CAPABILITIES,
  })!;
  const out = new Uint8Array(encoder.maxFrameBytes);
  const length = encoder.encode(server.host.feed.latest()!.pixels, out);
  return screenOf(Buffer.concat([Buffer.from(BLACK), out.subarray(0, length)]), columns, rows);
}

describe("watch as the first line", () => {
  test("shows the picture in half-blocks, also while the machine is paused", async () => {
    const peer = await spectate();
    await peer.until(() => peer.bytes > 1000);
    await settled(peer);
    expect(await screenOf(peer.received, 80, 24)).toEqual(await expectedScreen(80, 24));
    peer.close();
  });

  test("shows the last picture of a paused machine, however low the picture rate", async () => {
    const peer = await spectate("watch fps=1");
    await peer.until(() => peer.bytes > 1000);
    await rpc.call("reset", { hard: true });
    await rpc.call("run", { frames: 47 });
    const wanted = await expectedScreen(80, 24);
    // If the picture does not arrive, the test ends at its time limit.
    while (!Bun.deepEquals(await screenOf(peer.received, 80, 24), wanted)) await Bun.sleep(50);
    peer.close();
  });

  test("a viewer that disconnects while the machine is paused leaves nothing behind", async () => {
    // The viewer of the previous test may still be disconnecting.
    while (server.counters.spectators > 0) await Bun.sleep(20);
    for (const line of ["watch", "watch format=packed"]) {
      const half = await spectate(line);
      await half.until(() => half.bytes > 100);
      // First it ends its half, like `echo watch | nc`; it still receives the picture until it disconnects.
      half.end();
      await Bun.sleep(50);
      half.close();
    }
    while (server.counters.spectators > 0) await Bun.sleep(20);
    expect(server.counters.spectators).toBe(0);
  });

  test("sends differences, encoded once for everybody", async () => {
    const peers = await Promise.all(
      Array.from({ length: 8 }, () => spectate("watch columns=60 rows=20 fps=20")),
    );
    while (server.counters.spectators < 8) await Bun.sleep(5);
    const { encodings, picturesSent } = server.counters;
    await runUntil(() => server.counters.picturesSent - picturesSent > 8 * 12);
    await settled(...peers);
    // One encoding of differences for all, and sometimes a whole picture for late viewers.
    const sent = server.counters.picturesSent - picturesSent;
    expect(server.counters.encodings - encodings).toBeLessThan(sent / 2);
    for (const peer of peers) peer.close();
  });

  test("a slow viewer misses pictures, the others do not, and it then gets a whole one", async () => {
    const line = "watch columns=300 rows=150 fps=60";
    const [slow, quick] = [await spectate(line), await spectate(line)];
    while (server.counters.spectators < 2) await Bun.sleep(5);
    await quick.until(() => quick.bytes > 1000);
    slow.pause();
    const { picturesDropped } = server.counters;
    // Every reset draws the whole screen again, until the slow viewer's buffers are full.
    while (server.counters.picturesDropped < picturesDropped + 10) {
      await rpc.call("reset", { hard: true });
      await runUntil(() => server.host.framesFinished() > 40);
    }
    expect(quick.bytes).toBeGreaterThan(slow.bytes);
    slow.resume();
    await settled(slow, quick);
    await runUntil(() => server.host.framesFinished() > 60);
    await settled(slow, quick);
    for (const peer of [quick, slow]) {
      // Only whole pictures can be compared here, so the final one is checked.
      expect(await screenOf(peer.received, 300, 150)).toEqual(await expectedScreen(300, 150));
      peer.close();
    }
  });

  test("a viewer that never reads is disconnected, and the log says why", async () => {
    const lines: { readonly fields: object; readonly message: string }[] = [];
    const write = (fields: object, message: string) => lines.push({ fields, message });
    const log: Log = { debug: write, info: write, warn: write, error: write };
    const path = unix === undefined ? undefined : `${unix}.strict`;
    const strict = await startServer({
      ...(path === undefined ? {} : { unix: path }),
      stallSeconds: 1,
      log: { child: () => log },
    });
    const target = path === undefined ? { port: portOf(strict) } : { unix: path };
    const reader = await RawPeer.connect(target);
    const mute = await RawPeer.connect(target);
    const resets = await RpcPeer.connect(strict);
    const line = "watch columns=400 rows=200 fps=60\n";
    reader.send(line);
    mute.pause();
    mute.send(line);
    while (strict.counters.spectators < 2) await Bun.sleep(5);
    // Every reset draws the whole screen again.
    while (strict.counters.spectators === 2) {
      await resets.call("reset", { hard: true });
      await resets.call("run", { frames: 60 });
      await Bun.sleep(40);
      reader.received = "";
    }
    expect(reader.isClosed).toBe(false);
    expect(lines.filter(({ message }) => message.startsWith("spectator disconnected"))).toEqual([
      {
        fields: { peer: expect.any(String), seconds: 1 },
        message: expect.any(String),
      },
    ]);
    for (const peer of [reader, mute, resets.raw]) peer.close();
    await strict.close();
    expect(strict.errors).toEqual([]);
  });

  test.each([
    "watch rows=1",
    "watch columns=99999",
    "watch format=gif",
    "watch colors=7",
    "watch fps=0",
    "watch more=1",
  ])("%p is rejected", async (line) => {
    const peer = await spectate(line);
    expect(JSON.parse((await peer.line())!)).toMatchObject({ error: { data: { kind: "usage" } } });
    await peer.until(() => false);
  });

  test("watch lines read back as written", () => {
    const wish = { format: "packed", fps: 30, play: true, token: "a b=c% and more é" } as const;
    expect(parseWatchLine(watchLine(wish))).toEqual({ ...wish, columns: 80, rows: 24, colors: "true" });
  });
});

describe("spectators with packed pictures", () => {
  test("get the machine's pixels", async () => {
    const link = await WatchLink.open({
      endpoint: { host: "127.0.0.1", port: portOf(server) },
      wish: { fps: 60 },
    });
    expect(link.hello).toMatchObject({ width: 256, height: 240, port: null });
    await rpc.call("run", { frames: 5 });
    const { pixels, frame } = server.host.feed.latest()!;
    const { TripleBufferReader } = await import("../../../../src/io/shared/triple-buffer.ts");
    const reader = new TripleBufferReader(link.blocks.frames);
    while (reader.frame !== frame) {
      reader.acquire();
      await Bun.sleep(5);
    }
    expect(reader.pixels).toEqual(pixels);
    await link.close();
  });

  test("press buttons if the host allows it, one spectator per port", async () => {
    const at = { host: "127.0.0.1", port: portOf(server) };
    const player = await WatchLink.open({ endpoint: at, wish: { play: true } });
    expect(player.hello.port).toBe(0);
    await expect(WatchLink.open({ endpoint: at, wish: { play: true } })).rejects.toThrow(
      "all ports are in use",
    );
    await rpc.call("resume");
    player.setButtons(9);
    while (readLatchedButtons(server.host.client.blocks.stats) !== 9) await Bun.sleep(5);
    await player.close();
    while (readLatchedButtons(server.host.client.blocks.stats) !== 0) await Bun.sleep(5);
    await rpc.call("pause");
    const next = await WatchLink.open({ endpoint: at, wish: { play: true } });
    expect(next.hello.port).toBe(0);
    await next.close();
  });

  test("a player that sends invalid lines is disconnected", async () => {
    const peer = await spectate("watch format=packed play");
    await peer.line();
    peer.send("buttons 256\n");
    await peer.until(() => false);
    expect(peer.isClosed).toBe(true);
  });

  test("report a missing server, and one that is not emu", async () => {
    await expect(WatchLink.open({ endpoint: { host: "127.0.0.1", port: 1 }, wish: {} })).rejects.toThrow(
      InputError,
    );
    const other = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: () => undefined, open: (socket) => void socket.end("SSH-2.0-x\r\n") },
    });
    await expect(
      WatchLink.open({ endpoint: { host: "127.0.0.1", port: other.port }, wish: {} }),
    ).rejects.toThrow("is malformed");
    other.stop(true);
  });
});

describe("parsing what a server sends", () => {
  const hello = { width: 16, height: 8, pixelAspect: 1, frameRateHz: 60, port: null };
  const rgbHello = { ...hello, rgb: { mostPixels: 200 }, portBits: 16 };
  const stream = (
    pictures: readonly (Uint16Array | Uint32Array)[],
    size = { width: 16, height: 8 },
  ): Uint8Array => {
    const parts = pictures.map((pixels, frame) => {
      const packed = new ServedPicture(frame, pixels, { ...hello, ...size }).packed();
      return Buffer.concat([new Uint8Array(Uint32Array.of(packed.length).buffer), packed]);
    });
    const first = pictures[0] instanceof Uint32Array ? rgbHello : hello;
    return Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`), ...parts]);
  };

  test("however the bytes are cut, the last picture is shown", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint16Array({ minLength: 128, maxLength: 128, max: 511 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (pictures, cuts) => {
          const bytes = stream(pictures);
          const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
          const reader = new PictureReader();
          const seen: [number, number[]][] = [];
          for (let i = 1; i < places.length; i++)
            reader.feed(bytes.subarray(places[i - 1], places[i]), (frame, planes) =>
              seen.push([
                frame,
                Array.from({ length: 128 }, (_, at) => planes[at]! | (planes[128 + at]! << 8)),
              ]),
            );
          expect(seen.at(-1)).toEqual([pictures.length - 1, [...pictures.at(-1)!]]);
        },
      ),
    );
  });

  test("pictures of colours have any size up to the announced one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (width, height) => {
        const pixels = Uint32Array.from({ length: width * height }, (_, at) => (at * 0x10203) & 0xff_ffff);
        const bytes = stream([pixels], { width, height });
        const seen: number[][] = [];
        const read = (): void =>
          new PictureReader().feed(bytes, (_frame, planes, wide, high) => {
            const count = wide * high;
            seen.push([wide, high]);
            for (let at = 0; at < count; at++)
              expect((planes[at]! << 16) | (planes[count + at]! << 8) | planes[2 * count + at]!).toBe(
                pixels[at]!,
              );
          });
        if (width * height > 200) expect(read).toThrow("a picture's size is malformed");
        else {
          read();
          expect(seen).toEqual([[width, height]]);
        }
      }),
    );
  });

  test.each([
    { rgb: {} },
    { rgb: { mostPixels: 2 ** 22 }, portBits: 16 },
    { rgb: { mostPixels: 9 }, portBits: 32 },
  ])("rejects a first line with %j", (more) => {
    const line = Buffer.from(`${JSON.stringify({ ...hello, ...more })}\n`);
    expect(() => new PictureReader().feed(line, () => undefined)).toThrow("the first line is malformed");
  });

  test.each([new Uint16Array(128), new Uint32Array(128)])(
    "any bytes give an input error at worst",
    (picture) => {
      const whole = stream([picture]);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1 }),
          (changes) => {
            const bytes = whole.slice();
            for (const [at, value] of changes) bytes[at] = value;
            try {
              new PictureReader().feed(bytes, () => undefined);
            } catch (error) {
              expect(error).toBeInstanceOf(InputError);
            }
          },
        ),
      );
    },
  );
});

test("the right token is not called wrong while an address must wait after many wrong ones", async () => {
  const token = "0123456789abcdef";
  const guarded = await startServer({ token });
  const answerTo = async (given: string) => {
    const peer = await RawPeer.connect({ port: portOf(guarded) });
    peer.send(`watch token=${given}\n`);
    const answer = await peer.line();
    await peer.until(() => false);
    return answer;
  };
  for (let i = 0; i < 20; i++) expect(await answerTo("wrong")).toContain("the token is wrong or missing");
  expect(await answerTo(token)).toContain("too many wrong tokens: try again in 10 s");
  expect(guarded.errors).toEqual([]);
  await guarded.close();
});
