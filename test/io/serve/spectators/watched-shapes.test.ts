/** What spectators are told of a game whose pictures or rate change. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rgbColors } from "../../../../src/emu/nes/ppu/rgb-colors.ts";
import { decodePalette, usePalette } from "../../../../src/io/render/colors/palette.ts";
import type { AsyncLoop } from "../../../../src/io/runtime/async-loop.ts";
import type { StreamSocket } from "../../../../src/io/runtime/sockets/types.ts";
import { ServerCounters } from "../../../../src/io/serve/counters.ts";
import { FrameFeed } from "../../../../src/io/serve/machine/frame-feed.ts";
import { ServedPicture, type ServedShape } from "../../../../src/io/serve/machine/served-picture.ts";
import type { WatchedGame } from "../../../../src/io/serve/machine/watched-game.ts";
import { MemoryBudget } from "../../../../src/io/serve/memory-budget.ts";
import type { Server } from "../../../../src/io/serve/server.ts";
import { createGroup } from "../../../../src/io/serve/spectators/encoding-group.ts";
import { Viewer } from "../../../../src/io/serve/spectators/viewer.ts";
import {
  parseColorsText,
  parseWatchLine,
  shapeRecord,
} from "../../../../src/io/serve/spectators/watch-line.ts";
import { PictureReader } from "../../../../src/io/watch/picture-reader.ts";
import { WatchLink } from "../../../../src/io/watch/watch-link.ts";
import { arcadeRomFile } from "../../../support/arcade-rom.ts";
import { dualRomFile, MAIN_BACKDROP, SUB_BACKDROP } from "../../../support/dual-rom.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { portOf, RawPeer, RpcPeer, startServer } from "../../../support/serve.ts";
import { TestProgram } from "../../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-shapes-"));
const SMALL: ServedShape = { width: 16, height: 8, pixelAspect: 1, frameRateHz: 60 };
let server: Server & { errors: unknown[] };
let rpc: RpcPeer;

beforeAll(async () => {
  writeFileSync(join(folder, "ntsc.nes"), buildRom({ nes2: true, bytes: { 12: 0 } }));
  writeFileSync(join(folder, "pal.nes"), buildRom({ nes2: true, bytes: { 12: 1 } }));
  // Its backdrop is $02, which is red on an RP2C04-0001.
  const program = new TestProgram().waitFrames(2).store(0x2006, 0x3f).store(0x2006, 0x00).store(0x2007, 0x02);
  const arcade = program.store(0x2006, 0x00).store(0x2006, 0x00).forever();
  writeFileSync(join(folder, "arcade.nes"), arcadeRomFile(arcade, { vs: 2 }));
  writeFileSync(join(folder, "dual.nes"), dualRomFile());
  server = await startServer({ rom: join(folder, "ntsc.nes"), machine: { root: folder } });
  rpc = await RpcPeer.connect(server);
});
afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server.close();
  rmSync(folder, { recursive: true });
});

function gameOf(): WatchedGame {
  return {
    feed: new FrameFeed(),
    geometry: SMALL,
    palette: decodePalette(),
    isRgb: false,
    mostPixels: 1024,
    portBits: 8,
    press: () => undefined,
    release: () => undefined,
  };
}

/** A viewer whose connection takes everything, or nothing while `isFull`. */
function viewerOf(sent: Uint8Array[]): { viewer: Viewer; isFull: boolean } {
  const state = {
    isFull: false,
    viewer: undefined as unknown as Viewer,
  };
  const socket = {
    trySend: (bytes: Uint8Array) => {
      if (state.isFull) return 0;
      sent.push(bytes.slice());
      return bytes.length;
    },
    close: () => undefined,
  } as unknown as StreamSocket;
  const writable = async () => {
    while (state.isFull) await Bun.sleep(1);
  };
  const loop = { writable, close: () => undefined } as unknown as AsyncLoop;
  state.viewer = new Viewer(loop, socket, {
    budget: new MemoryBudget(1e6),
    stallSeconds: 60,
    onStall: () => undefined,
  });
  return state;
}

/** How many of `frames` pictures at this rate a spectator gets who wants `fps`. */
function shown(fps: number, rates: readonly number[], frames: number): number[] {
  const counters = new ServerCounters();
  const group = createGroup(counters, parseWatchLine(`watch format=packed fps=${fps}`), gameOf());
  group.add(viewerOf([]).viewer);
  let nowMs = 1000;
  let frame = 0;
  return rates.map((frameRateHz) => {
    const shape = { ...SMALL, frameRateHz };
    const before = counters.picturesSent;
    for (let i = 0; i < frames; i++) {
      group.show(new ServedPicture(frame++, new Uint16Array(128), shape), nowMs);
      nowMs += 1000 / frameRateHz;
    }
    return counters.picturesSent - before;
  });
}

test("pictures per second follow the rate of the machine, which may change", () => {
  // 120 Hz: every fourth. 60 Hz: every second. 25 Hz: all.
  expect(shown(30, [60, 120, 25], 120)).toEqual([60, 30, 120]);
});

test("every spectator is told a new shape before the first picture that has it, also a slow one", async () => {
  const group = createGroup(new ServerCounters(), parseWatchLine("watch format=packed fps=60"), gameOf());
  const sent: [Uint8Array[], Uint8Array[]] = [[], []];
  const [quick, slow] = sent.map(viewerOf);
  group.add(quick!.viewer);
  group.add(slow!.viewer);
  const shapes = [SMALL, { ...SMALL, width: 32, height: 4 }, { ...SMALL, pixelAspect: 2, frameRateHz: 50 }];
  for (const [frame, shape] of shapes.entries()) {
    // The slow one has not taken the first picture when the second one comes, which it misses.
    slow!.isFull = frame < 2;
    group.show(new ServedPicture(frame, new Uint16Array(128).fill(frame), shape), 1000 * frame);
    slow!.isFull = false;
    while (frame > 0 && !slow!.viewer.isReady) await Bun.sleep(1);
  }
  expect([quick!.viewer.missed, slow!.viewer.missed]).toEqual([0, 1]);
  for (const parts of sent) {
    const reader = new PictureReader();
    const seen: unknown[] = [];
    reader.feed(Buffer.from(`${JSON.stringify({ ...SMALL, port: 2 })}\n`), () => undefined);
    for (const part of parts)
      reader.feed(part, (frame, planes, width, height) => seen.push([frame, planes[0], width, height]));
    expect(seen.at(-1)).toEqual([2, 2, 16, 8]);
    expect(reader.hello).toEqual({ ...shapes[2]!, port: 2 });
  }
});

test("every spectator's screen is cleared before a picture of another shape, also of two slow ones", async () => {
  const group = createGroup(new ServerCounters(), parseWatchLine("watch fps=60"), gameOf());
  const sent: Uint8Array[][] = [[], [], []];
  const [quick, ...slow] = sent.map(viewerOf);
  for (const { viewer } of [quick!, ...slow]) group.add(viewer);
  for (let frame = 0; frame < 5; frame++) {
    // Both get the first picture late and miss the second. Then one is ready before the other.
    for (const [i, each] of slow.entries()) each.isFull = frame < 2 + i;
    while (slow.some(({ isFull, viewer }) => !isFull && !viewer.isReady)) await Bun.sleep(1);
    const shape = frame === 0 ? SMALL : { ...SMALL, pixelAspect: 2 };
    group.show(new ServedPicture(frame, new Uint16Array(128).fill(frame), shape), 1000 * frame);
  }
  const clears = sent.map((parts) => Buffer.concat(parts).toString().split("\x1b[2J").length - 1);
  expect(clears[0]).toBe(1);
  for (const count of clears.slice(1)) expect(count).toBeGreaterThanOrEqual(1);
});

test.each([
  ["{", "malformed"],
  ["null", "malformed"],
  [JSON.stringify({ ...SMALL, width: 0 }), "malformed"],
  [JSON.stringify({ ...SMALL, frameRateHz: 1e9 }), "malformed"],
  [JSON.stringify({ ...SMALL, rgb: { mostPixels: 1e9 }, portBits: 8 }), "malformed"],
  [JSON.stringify({ ...SMALL, colors: "AAAA" }), "malformed"],
])("a server that tells the shape %s is not believed", (text, message) => {
  const reader = new PictureReader();
  reader.feed(Buffer.from(`${JSON.stringify({ ...SMALL, port: null })}\n`), () => undefined);
  const record = shapeRecord(SMALL, gameOf());
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32LE(new DataView(record.buffer).getUint32(0, true) - (record.length - 4) + text.length);
  bytes.write(text, 4);
  expect(() => reader.feed(bytes, () => undefined)).toThrow(message);
});

test("a spectator of a game that is replaced by one for PAL sees it in the shape of PAL", async () => {
  const link = await WatchLink.open({
    endpoint: { host: "127.0.0.1", port: portOf(server) },
    wish: { fps: 60 },
  });
  const before = link.hello;
  expect(before.frameRateHz).toBeCloseTo(60.0988, 3);
  const blocks = link.blocks;
  const changed = new Promise<void>((resolve) => {
    link.onShape = resolve;
  });
  await rpc.call("load", { path: "pal.nes" });
  await rpc.call("run", { frames: 3 });
  await changed;
  expect(link.hello.frameRateHz).toBeCloseTo(50.007, 3);
  expect(link.hello.pixelAspect).toBeGreaterThan(before.pixelAspect * 1.1);
  expect(link.blocks).not.toBe(blocks);
  // Somebody who comes now is told the same.
  const other = await WatchLink.open({
    endpoint: { host: "127.0.0.1", port: portOf(server) },
    wish: {},
  });
  expect(other.hello).toEqual(link.hello);
  await Promise.all([link.close(), other.close()]);
});

test("a spectator has the colours of an arcade game's PPU, until another game is loaded", async () => {
  const link = await WatchLink.open({
    endpoint: { host: "127.0.0.1", port: portOf(server) },
    wish: { fps: 60 },
  });
  const cells = await RawPeer.connect({ port: portOf(server) });
  cells.send("watch fps=60\n");
  expect(link.hello.colors).toBeUndefined();
  for (const [rom, colors] of [
    ["arcade.nes", rgbColors("2C04-0001")],
    ["ntsc.nes", undefined],
  ] as const) {
    const { promise, resolve } = Promise.withResolvers<void>();
    link.onShape = resolve;
    await rpc.call("load", { path: rom });
    await rpc.call("run", { frames: 10 });
    await promise;
    expect(parseColorsText(link.hello.colors)).toEqual(colors as Uint32Array);
    expect(server.host.palette).toEqual(colors ?? decodePalette());
    if (colors === undefined) continue;
    const red = colors[0x02]!;
    const background = `48;2;${red >> 16};${(red >> 8) & 0xff};${red & 0xff}m`;
    await cells.until(() => cells.received.includes(background));
    expect(cells.isClosed).toBe(false);
  }
  await link.close();
});

test("pixels of a wider game are read in its own rows, also if both games have the user's palette", async () => {
  usePalette(decodePalette());
  try {
    for (const [rom, width, colors] of [
      ["ntsc.nes", 256, undefined],
      ["dual.nes", 512, [MAIN_BACKDROP, SUB_BACKDROP]],
    ] as const) {
      await rpc.call("load", { path: rom });
      await rpc.call("run", { frames: 10 });
      const frame = await rpc.call("frame", { format: "indices" });
      expect(frame).toMatchObject({ width, height: 240 });
      const pixels = Uint8Array.fromBase64((frame as { pixels: string }).pixels);
      for (let y = 0; colors !== undefined && y < 240; y += 37)
        for (const [side, color] of colors.entries())
          expect(new Set(pixels.subarray(512 * y + 256 * side, 512 * y + 256 * (side + 1)))).toEqual(
            new Set([color]),
          );
    }
  } finally {
    usePalette(undefined);
  }
});
