/**
 * The program that bench/screens.ts starts inside each terminal: shows scenes as fast as the terminal
 * reports them, then holds a picture for a screenshot. Arguments: a JSON of `ShowOrder`.
 */
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import type { Token } from "../../src/io/input/escape-buffer.ts";
import { CLEAR_SCREEN, RESET_ATTRIBUTES } from "../../src/io/render/ansi.ts";
import { chooseRenderer } from "../../src/io/render/choose.ts";
import type { Palette } from "../../src/io/render/colors/palette.ts";
import type { Encoder, EncoderSetup } from "../../src/io/render/encoder.ts";
import { createEncoder, placeFor, type RendererName } from "../../src/io/render/encoders.ts";
import type { Placement, TerminalWindow } from "../../src/io/render/scale.ts";
import type { TerminalCapabilities } from "../../src/io/terminal/capabilities.ts";
import { isFrameReport } from "../../src/io/terminal/frame-report.ts";
import { terminalName } from "../../src/io/terminal/multiplexers.ts";
import { renderCapabilities, restorePictures } from "../../src/io/terminal/render-capabilities.ts";
import { TerminalProbe } from "../../src/io/terminal/terminal-probe.ts";
import { tmuxPane } from "../../src/io/terminal/tmux-pane.ts";
import { Terminal, writeTerminal } from "../../src/io/terminal/tty.ts";
import { readWindow } from "../../src/io/terminal/window.ts";

export interface ShowOrder {
  readonly renderer: RendererName | "auto";
  /** 8:7 on the NES; 1 if every pixel must be a whole number of the screen's. */
  readonly pixelAspect: number;
  /** A file with a palette (512 × uint32) and frames (61,440 × uint16 each), the last of which is held. */
  readonly frames: string;
  /** Number of frames to time before the last one is held. */
  readonly timed: number;
  /** Receives the `ShowResult` when the picture is shown. */
  readonly result: string;
  /** The picture is held until this file is removed. */
  readonly hold: string;
}

export interface ShowResult {
  readonly capabilities: TerminalCapabilities;
  readonly renderer: RendererName;
  readonly window: TerminalWindow;
  readonly placement: Placement;
  /**
   * For the timed frames: bytes and encoding microseconds of each, and how many the terminal reported per
   * second.
   */
  readonly bytesPerFrame: number;
  readonly encodeMicroseconds: number;
  readonly framesPerSecond: number;
}

const WIDTH = 256;
const HEIGHT = 240;
const PIXELS = WIDTH * HEIGHT;
const PALETTE_BYTES = 512 * 4;
const ASK_FOR_REPORT = "\x1b[6n";
/** A terminal that has not reported after this time is assumed not to report at all. */
const REPORT_TIMEOUT_MS = 3000;
/** Some terminals continue to draw for some time after they have reported. */
const SETTLE_MS = 700;

/** Terminals that draw in software, inside tmux, take longer to answer than a game waits. */
const LATE_MS = 2000;

const order = JSON.parse(process.argv[2] ?? "{}") as ShowOrder;
const file = readFileSync(order.frames);
const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
const palette: Palette = new Uint32Array(bytes, 0, PALETTE_BYTES / 4);
const count = (bytes.byteLength - PALETTE_BYTES) / (2 * PIXELS);
const frameAt = (index: number) => new Uint16Array(bytes, PALETTE_BYTES + index * 2 * PIXELS, PIXELS);

const terminal = new Terminal();
const probe = new TerminalProbe();
let reported: () => void = () => {};
terminal.onToken = (token: Token) => {
  if (!probe.take(token) && isFrameReport(token)) reported();
};
terminal.enter();
let capabilities = await probe.ask();
probe.onLateAnswers = (late) => {
  capabilities = late;
};
await Bun.sleep(LATE_MS);
terminal.setRestore(restorePictures(capabilities));

function windowNow(): TerminalWindow {
  const window = readWindow();
  if (window.cellWidthPixels > 0) return window;
  const { cellWidthPixels, cellHeightPixels } = capabilities;
  return { ...window, cellWidthPixels, cellHeightPixels };
}

/** Writes a frame and waits until the terminal has processed it. Returns its bytes. */
async function show(encoder: Encoder, frame: Uint16Array, out: Uint8Array): Promise<number> {
  const start = performance.now();
  const length = encoder.encode(frame, out);
  const microseconds = (performance.now() - start) * 1000;
  const { promise, resolve } = Promise.withResolvers<void>();
  reported = resolve;
  for (let at = 0; at < length; ) at += writeSync(1, out, at, length - at);
  writeTerminal(ASK_FOR_REPORT);
  await Promise.race([promise, Bun.sleep(REPORT_TIMEOUT_MS)]);
  encodeTimes.push(microseconds);
  return length;
}

const encodeTimes: number[] = [];
const window = windowNow();
const renderer =
  order.renderer === "auto" ? chooseRenderer(capabilities, window, terminalName()).renderer : order.renderer;
const passthrough = capabilities.pastTmux ? tmuxPane() : undefined;
const setup: EncoderSetup = {
  ...(passthrough === undefined ? {} : { passthrough }),
  frameWidth: WIDTH,
  frameHeight: HEIGHT,
  source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: order.pixelAspect },
  window,
  scale: "fit",
  palette,
  capabilities: renderCapabilities(capabilities, window.cellHeightPixels),
};
const place = placeFor(renderer, setup);
const encoder = createEncoder(renderer, setup);
if (encoder === undefined || place === undefined) {
  await terminal.leave();
  throw new Error(`window too small: ${window.columns} x ${window.rows}`);
}
writeTerminal(`${RESET_ATTRIBUTES}\x1b[40m${CLEAR_SCREEN}${RESET_ATTRIBUTES}`);
const out = new Uint8Array(encoder.maxFrameBytes);
await show(encoder, frameAt(0), out);
encodeTimes.length = 0;
let total = 0;
const startMs = performance.now();
for (let index = 1; index <= order.timed; index++)
  total += await show(encoder, frameAt(1 + ((index - 1) % (count - 2))), out);
const seconds = (performance.now() - startMs) / 1000;
const median = encodeTimes.toSorted((a, b) => a - b)[encodeTimes.length >> 1] ?? 0;
await show(encoder, frameAt(count - 1), out);
await Bun.sleep(SETTLE_MS);
const result: ShowResult = {
  capabilities,
  renderer,
  window,
  placement: place.placement,
  bytesPerFrame: Math.round(total / Math.max(1, order.timed)),
  encodeMicroseconds: Math.round(median),
  framesPerSecond: Math.round(order.timed / seconds),
};
writeFileSync(order.result, JSON.stringify(result));
while (await Bun.file(order.hold).exists()) await Bun.sleep(50);
encoder.close?.();
probe.close();
await terminal.leave();
process.exit(0);
