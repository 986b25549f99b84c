import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { decode as decodePng } from "fast-png";
import { EscapeBuffer } from "../../../../src/io/input/escape-buffer.ts";
import type { Encoder, EncoderSetup } from "../../../../src/io/render/encoder.ts";
import { createEncoder, placeFor } from "../../../../src/io/render/encoders.ts";
import { SHARED_MEMORY_FOLDER } from "../../../../src/io/render/pixels/kitty-shared-memory.ts";
import {
  gameFrame,
  HEIGHT,
  noiseFrame,
  PALETTE,
  plainFrame,
  unscaledSetup,
  WIDTH,
} from "../../../support/game-frames.ts";

interface Message {
  readonly keys: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** The escape codes of the graphics protocol in `bytes`, with chunks joined, and everything else. */
function messagesIn(bytes: Uint8Array): { messages: Message[]; rest: string } {
  const messages: Message[] = [];
  let pending: Message | undefined;
  let rest = "";
  const buffer = new EscapeBuffer(({ kind, text }) => {
    if (kind !== "apc") {
      rest += kind === "csi" ? `CSI ${text} ` : text;
      return;
    }
    const [control, payload] = text.slice(1).split(";");
    expect(payload.length).toBeLessThanOrEqual(4096);
    const keys = Object.fromEntries(control.split(",").map((pair) => pair.split("=")));
    const whole = { keys: pending?.keys ?? keys, payload: (pending?.payload ?? "") + payload };
    pending = keys.m === "1" ? whole : undefined;
    if (keys.m !== "1") messages.push(whole);
  });
  buffer.feed(bytes);
  return { messages, rest };
}

/** RGB of each pixel of a PNG that the encoder sent. */
function pngColors(payload: string): number[] {
  const { width, height, depth, palette, data } = decodePng(Buffer.from(payload, "base64"));
  const colors: number[] = [];
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)];
      const index = (byte >> (8 - depth - (x % perByte) * depth)) & ((1 << depth) - 1);
      const [red, green, blue] = palette![index];
      colors.push((red << 16) | (green << 8) | blue);
    }
  return colors;
}

const expectedColors = (frame: Uint16Array) => Array.from(frame, (entry) => PALETTE[entry]);

function encode(encoder: Encoder, frame: Uint16Array): Uint8Array {
  const out = new Uint8Array(encoder.maxFrameBytes);
  return out.subarray(0, encoder.encode(frame, out));
}

describe("past tmux", () => {
  const setup = { ...unscaledSetup(100, 40), passthrough: { left: 7, top: 1 } };

  /** The text that tmux passes on: the inside of its sequences, with every second ESC removed. */
  function handedOn(bytes: Uint8Array): Uint8Array {
    const text = new TextDecoder("latin1").decode(bytes);
    expect(text).toStartWith("\x1bPtmux;");
    expect(text).toEndWith("\x1b\\");
    const inside = text.slice("\x1bPtmux;".length, -2);
    // A single ESC would end the sequence.
    expect(inside.replaceAll("\x1b\x1b", "")).not.toContain("\x1b");
    return new TextEncoder().encode(inside.replaceAll("\x1b\x1b", "\x1b"));
  }

  test("a frame is shown at the pane's place, and the cursor stays", () => {
    const { left, top } = placeFor("kitty", setup)!.placement;
    for (const frame of [gameFrame(3), noiseFrame(1)]) {
      const { messages, rest } = messagesIn(handedOn(encode(createEncoder("kitty", setup)!, frame)));
      expect(messages).toHaveLength(1);
      expect(rest).toBe(`7CSI ${top + 2};${left + 8}H 8`);
    }
  });

  test("its pixels equal those sent without tmux", () => {
    const frame = gameFrame(3);
    const { messages } = messagesIn(handedOn(encode(createEncoder("kitty", setup)!, frame)));
    expect(pngColors(messages[0].payload)).toEqual(expectedColors(frame));
  });
});

describe("KittyEncoder", () => {
  const frames: [string, Uint16Array][] = [
    ["one colour", new Uint16Array(WIDTH * HEIGHT).fill(0x21)],
    ["two colours", plainFrame(0, 2)],
    ["four colours", plainFrame(0, 4)],
    ["a game's colours", plainFrame(0, 13)],
    ["many colours", gameFrame(1)],
  ];
  test.each(frames)("sends %s, pixel for pixel", (_, frame) => {
    const encoder = createEncoder("kitty", unscaledSetup(120, 50))!;
    const { messages, rest } = messagesIn(encode(encoder, frame));
    expect(messages).toHaveLength(1);
    expect(messages[0].keys).toMatchObject({ a: "T", f: "100", q: "2", C: "1", c: "120", r: "49" });
    expect(pngColors(messages[0].payload)).toEqual(expectedColors(frame));
    expect(rest).toBe("CSI ?2026h CSI 1;1H CSI ?2026l ");
  });

  test("replaces its image, and writes nothing when nothing changed", () => {
    const encoder = createEncoder("kitty", unscaledSetup(120, 50))!;
    const first = messagesIn(encode(encoder, gameFrame(0))).messages[0];
    expect(encode(encoder, gameFrame(0))).toHaveLength(0);
    const second = messagesIn(encode(encoder, gameFrame(1))).messages[0];
    expect([second.keys.i, second.keys.p]).toEqual([first.keys.i, first.keys.p]);
    encoder.invalidate();
    expect(messagesIn(encode(encoder, gameFrame(1))).messages).toHaveLength(1);
  });

  test("shows the part that is asked for", () => {
    const source = { x: 8, y: 16, width: 240, height: 208, pixelAspect: 8 / 7 };
    const encoder = createEncoder("kitty", unscaledSetup(120, 50, { source }))!;
    const frame = gameFrame(2);
    const cut = [];
    for (let y = 16; y < 224; y++) for (let x = 8; x < 248; x++) cut.push(PALETTE[frame[y * WIDTH + x]]);
    expect(pngColors(messagesIn(encode(encoder, frame)).messages[0].payload)).toEqual(cut);
  });

  test("stays complete and within its bound with more colours than indices", () => {
    const encoder = createEncoder("kitty", unscaledSetup(120, 50))!;
    const frame = noiseFrame(1);
    const bytes = encode(encoder, frame);
    expect(bytes.length).toBeLessThanOrEqual(encoder.maxFrameBytes);
    const colors = pngColors(messagesIn(bytes).messages[0].payload);
    const wrong = expectedColors(frame).filter((color, at) => color !== colors[at]).length;
    // Half of the entries get their own index.
    expect(wrong / frame.length).toBeLessThan(0.51);
  });
});

/** Runs a command where the folder of shared memory has room for a few pictures. */
function inSmallFolder(command: string) {
  const script = `mount -t tmpfs -o size=1500k tmpfs ${SHARED_MEMORY_FOLDER} && ${command}`;
  return Bun.spawnSync(["sh", "-c", 'unshare -rm sh -c "$0"', script]);
}

/** Containers often forbid it. */
const canMount = inSmallFolder("true").exitCode === 0;

describe.skipIf(!existsSync(SHARED_MEMORY_FOLDER))("KittySharedMemoryEncoder", () => {
  const encoders: Encoder[] = [];
  const create = (setup: EncoderSetup) => {
    const encoder = createEncoder("kitty-shm", setup)!;
    encoders.push(encoder);
    return encoder;
  };
  afterEach(() => {
    for (const encoder of encoders.splice(0)) encoder.close?.();
  });

  test("puts every pixel into the object that it names", () => {
    const encoder = create(unscaledSetup(120, 50));
    for (let time = 0; time < 10; time++) {
      const frame = gameFrame(time);
      const { messages } = messagesIn(encode(encoder, frame));
      expect(messages[0].keys).toMatchObject({ t: "s", f: "24", s: "256", v: "240" });
      const file = `${SHARED_MEMORY_FOLDER}${atob(messages[0].payload)}`;
      const pixels = readFileSync(file);
      const colors = Array.from(frame, (_, at) => pixels.readUIntBE(at * 3, 3));
      expect(colors).toEqual(expectedColors(frame));
      // The terminal removes what it has read, sometimes late.
      if (time % 3 !== 0) rmSync(file);
    }
  });

  test("leaves nothing behind", () => {
    const encoder = create(unscaledSetup(120, 50));
    const files = Array.from({ length: 6 }, (_, time) => {
      const { messages } = messagesIn(encode(encoder, gameFrame(time)));
      return `${SHARED_MEMORY_FOLDER}${atob(messages[0].payload)}`;
    });
    expect(files.some(existsSync)).toBe(true);
    encoder.close?.();
    expect(files.filter(existsSync)).toEqual([]);
  });

  test("names no object as another encoder has: a terminal may read late", () => {
    const names = [0, 1].map(() => {
      const encoder = create(unscaledSetup(120, 50));
      const sent = Array.from({ length: 20 }, (_, time) => messagesIn(encode(encoder, gameFrame(time))));
      encoder.close?.();
      return new Set(sent.map(({ messages }) => messages[0].payload));
    });
    expect(names[0]!.size).toBeGreaterThan(1);
    expect(names[0]!.isDisjointFrom(names[1]!)).toBe(true);
  });

  test("replaces what a killed process with the same number left", () => {
    const left = [0, 1].map((index) => {
      const { messages } = messagesIn(encode(create(unscaledSetup(120, 50)), gameFrame(index)));
      return `${SHARED_MEMORY_FOLDER}${atob(messages[0].payload)}`;
    });
    const step = Number(left[1]!.split("-").at(-1)) - Number(left[0]!.split("-").at(-1));
    const next = left[1]!.replace(/\d+$/, (number) => String(Number(number) + step));
    writeFileSync(next, "old");
    writeFileSync(`${next}-kept`, "old");
    const { messages } = messagesIn(encode(create(unscaledSetup(120, 50)), gameFrame(3)));
    expect(`${SHARED_MEMORY_FOLDER}${atob(messages[0].payload)}`).toBe(next);
    expect(readFileSync(next)).toHaveLength(256 * 240 * 3);
  });

  test.skipIf(!canMount)("goes on with fewer objects, or the stream, while the folder is full", () => {
    const { stdout, stderr } = inSmallFolder(`'${process.execPath}' test/support/full-shared-memory.ts`);
    expect(String(stderr)).toBe("");
    expect(JSON.parse(String(stdout))).toEqual({ names: ["kitty-shm", "kitty"], areShown: true, left: [] });
  });
});
