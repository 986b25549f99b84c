/**
 * Measures bytes and microseconds of CPU time per frame of every encoder, on synthetic scenes of 120 frames,
 * in the smallest window that shows every pixel (half-blocks: 256 × 120 cells; sixels: three times as large).
 * Half-blocks are measured twice: with palette uploads and shifted rows, which most terminals support, and in
 * plain 24-bit colour. Exits with 1 if half-blocks take more bytes than `MAX_BYTES`.
 * Usage: bun bench/terminal.ts [--json] [--frames N] [--encoder NAME]
 */
import { dlopen } from "bun:ffi";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PALETTE_ENTRIES } from "../src/io/render/colors/palette.ts";
import type { EncoderSetup } from "../src/io/render/encoder.ts";
import { createEncoder, RENDERERS, type RendererName } from "../src/io/render/encoders.ts";

const WIDTH = 256;
const HEIGHT = 240;
const SEED = 12_345;

interface SceneModule {
  readonly PAL: readonly [number, number, number][];
  readonly SCENES: readonly string[];
  scene(name: string): (frame: number, out: Uint8Array) => void;
}

type TerminalKind = "capable" | "plain";

interface Result {
  readonly encoder: string;
  /** Capabilities of the terminal: moving rows and uploading colours, or only 24-bit colour. */
  readonly terminal: TerminalKind;
  readonly scene: string;
  readonly columns: number;
  readonly rows: number;
  readonly bytesPerFrame: number;
  readonly microseconds: { readonly median: number; readonly p99: number };
}

/** Makes Math.random, which the noise scene uses, return the same numbers in every run. */
function seedRandom(): void {
  let state = SEED;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function loadScenes(): Promise<SceneModule> {
  const shared = process.env.EMU_SHARED ?? join(import.meta.dir, "../../shared");
  const folder = join(shared, "scenes");
  const file = readdirSync(folder).find((name) => name === "scenes.ts");
  if (file === undefined) throw new Error(`no scenes.ts in ${folder}`);
  return (await import(join(folder, file))) as SceneModule;
}

/** Number of cells that show every pixel once, and their size in pixels. */
const WINDOWS: Partial<
  Record<RendererName, readonly [columns: number, rows: number, width: number, height: number]>
> = {
  sixel: [256, 121, 3, 6],
  quadrant: [128, 120, 2, 2],
  sextant: [128, 80, 2, 3],
  octant: [128, 60, 2, 4],
  braille: [128, 60, 2, 4],
};
const USUAL_WINDOW = [256, 120, 1, 2] as const;

/**
 * Maximum bytes per frame of half-blocks at 256 × 120 cells on a capable terminal. No other player needs
 * fewer.
 */
const MAX_BYTES: Readonly<Record<string, number>> = {
  static: 64,
  sprites: 6.5 * 1024,
  hscroll: 15 * 1024,
  busyscroll: 16 * 1024,
};

function setup(renderer: RendererName, terminal: TerminalKind, colors: SceneModule["PAL"]): EncoderSetup {
  const [columns, rows, cellWidthPixels, cellHeightPixels] = WINDOWS[renderer] ?? USUAL_WINDOW;
  const palette = new Uint32Array(PALETTE_ENTRIES);
  colors.forEach(([red, green, blue], index) => {
    palette[index] = (red << 16) | (green << 8) | blue;
  });
  return {
    frameWidth: WIDTH,
    frameHeight: HEIGHT,
    source: { x: 0, y: 0, width: WIDTH, height: HEIGHT, pixelAspect: 1 },
    window: { columns, rows, cellWidthPixels, cellHeightPixels },
    scale: "integer",
    palette,
    capabilities: {
      synchronizedOutput: true,
      layersSixels: true,
      fullBlock: true,
      complementGlyphs: true,
      paletteUpload: terminal === "capable" ? "whole" : "none",
      shiftRows: terminal === "capable",
      erasesInColor: true,
      pastTmux: false,
      lightBackground: false,
      colors: "true",
      palette: [],
    },
  };
}

const CLOCK_THREAD_CPUTIME_ID = 3;
const timespec = new BigInt64Array(2);
const libc =
  process.platform === "linux"
    ? dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } }).symbols
    : undefined;

/** CPU time of this thread, which other load does not change; wall time if the system does not report it. */
function threadMicroseconds(): number {
  if (libc === undefined) return performance.now() * 1000;
  libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, timespec);
  return Number(timespec[0]) * 1e6 + Number(timespec[1]) / 1000;
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function measure(
  scenes: SceneModule,
  renderer: RendererName,
  terminal: TerminalKind,
  scene: string,
  frames: number,
): Result {
  seedRandom();
  const target = setup(renderer, terminal, scenes.PAL);
  const encoder = createEncoder(renderer, target);
  if (encoder === undefined) throw new Error("the picture does not fit");
  const out = new Uint8Array(encoder.maxFrameBytes);
  const draw = scenes.scene(scene);
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  const frame = new Uint16Array(WIDTH * HEIGHT);
  const microseconds: number[] = [];
  let bytes = 0;
  // The first frame is drawn whole; only the following ones are measured.
  for (let index = 0; index <= frames; index++) {
    draw(index, pixels);
    frame.set(pixels);
    const start = threadMicroseconds();
    const length = encoder.encode(frame, out);
    const elapsed = threadMicroseconds() - start;
    if (index === 0) continue;
    microseconds.push(elapsed);
    bytes += length;
  }
  encoder.close?.();
  microseconds.sort((a, b) => a - b);
  return {
    encoder: encoder.name,
    terminal,
    scene,
    columns: target.window.columns,
    rows: target.window.rows,
    bytesPerFrame: Math.round(bytes / frames),
    microseconds: {
      median: Math.round(percentile(microseconds, 0.5)),
      p99: Math.round(percentile(microseconds, 0.99)),
    },
  };
}

const framesOption = process.argv.indexOf("--frames");
const frames = framesOption < 0 ? 120 : Number(process.argv[framesOption + 1]);
const scenes = await loadScenes();
const results: Result[] = [];
const only = process.argv.indexOf("--encoder");
const renderers = only < 0 ? RENDERERS : RENDERERS.filter((name) => name === process.argv[only + 1]);
for (const renderer of renderers) {
  const terminals: TerminalKind[] = renderer === "half-block" ? ["capable", "plain"] : ["capable"];
  for (const terminal of terminals) {
    // One unmeasured run, so that the first scene does not include compile time.
    measure(scenes, renderer, terminal, "busyscroll", frames);
    for (const scene of scenes.SCENES) results.push(measure(scenes, renderer, terminal, scene, frames));
  }
}
const tooMany = results.filter(
  ({ encoder, terminal, scene, bytesPerFrame }) =>
    encoder === "half-block" && terminal === "capable" && bytesPerFrame > (MAX_BYTES[scene] ?? Infinity),
);
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ frames, seed: SEED, results }, null, 2));
} else {
  for (const { encoder, terminal, scene, bytesPerFrame, microseconds } of results)
    console.log(
      `${encoder.padEnd(11)} ${terminal.padEnd(8)} ${scene.padEnd(11)} ${(bytesPerFrame / 1024).toFixed(2).padStart(8)} KiB ` +
        `${String(microseconds.median).padStart(6)} µs median ${String(microseconds.p99).padStart(6)} µs p99`,
    );
}
for (const { scene, bytesPerFrame } of tooMany)
  console.error(`${scene}: ${bytesPerFrame} bytes a frame, more than ${MAX_BYTES[scene]}`);
process.exitCode = tooMany.length === 0 ? 0 : 1;
