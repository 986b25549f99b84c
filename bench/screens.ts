/**
 * Shows a picture in every installed terminal with every renderer that the terminal supports, takes a
 * screenshot and compares it with the frame pixel by pixel. It also times scrolling. It needs Xvfb, xwd,
 * convert (ImageMagick) and the terminals; foot also needs sway and grim. Missing terminals are reported and
 * left out.
 * Usage: bun bench/screens.ts [--json] [--terminal NAME] [--renderer NAME] [--timed N] [--keep FOLDER]
 *   [--write FILE]
 * --write replaces the table between the marks in a Markdown file.
 *
 * With --all FOLDER [--terminal NAME] [--walk NAME] it instead walks through the game, its menus, the library
 * and the music player in terminals of several sizes, and writes a picture of each stop into the folder. This
 * needs xdotool, or wtype for foot.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { readRom } from "../src/io/files/roms/rom-file.ts";
import { decodePalette } from "../src/io/render/colors/palette.ts";
import { PLAIN_CAPABILITIES } from "../src/io/render/encoder.ts";
import { createEncoder, RENDERERS, type RendererName } from "../src/io/render/encoders.ts";
import { createHeadless } from "../src/io/shared/headless.ts";
import { IMAGE_RENDERERS, imageIn } from "../test/support/images.ts";
import { markdownTable, replaceTable } from "./markdown.ts";
import { type Comparison, compare, dotted, type Picture, scaled } from "./screens/compare.ts";
import { type Display, wayland, x11 } from "./screens/displays.ts";
import type { ShowOrder, ShowResult } from "./screens/show.ts";
import { TERMINALS, type TerminalCase } from "./screens/terminals.ts";
import { takeTour } from "./screens/tour.ts";

const root = join(import.meta.dir, "..");
const option = (name: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const tourFolder = option("--all");
if (tourFolder !== undefined) {
  await takeTour(tourFolder, option("--terminal"), option("--walk"));
  process.exit(0);
}
const timed = Number(option("--timed") ?? 120);
/** The test card does not move after this frame. */
const CARD_FRAMES = 100;
const GAME_FRAMES = 400;
const PIXEL_ASPECT = 8 / 7;
const START_TIMEOUT_MS = 120_000;
const DRAW_TIMEOUT_MS = 15_000;
const BETWEEN_SCREENSHOTS_MS = 300;

interface Row {
  readonly terminal: string;
  /** Followed by the word "auto" if emu chose it. */
  readonly renderer: string;
  readonly show?: ShowResult;
  readonly comparison?: Comparison;
  readonly problem?: string;
}

const palette = decodePalette();

function framesOf(rom: string, from: number, count: number): Uint16Array[] {
  const path = join(root, "roms", rom);
  const machine = createHeadless(readRom(readFileSync(path), path).image);
  const frames: Uint16Array[] = [];
  for (let frame = 0; frame < from + count; frame++) {
    const pixels = new Uint16Array(256 * 240);
    machine.runFrame(pixels);
    if (frame >= from) frames.push(pixels);
  }
  return frames;
}

function toPicture(png: Uint8Array): Picture {
  const { width, height, data, channels } = decode(png);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = (data[at * channels]! << 16) | (data[at * channels + 1]! << 8) | data[at * channels + 2]!;
  return { width, height, pixels };
}

/**
 * Pictures that the terminal may show: if cells have an odd height, half-blocks can be divided in two ways.
 */
function expected(card: Uint16Array, { renderer, placement, window }: ShowResult): Picture[] {
  const { columns, rows } = placement;
  const { cellWidthPixels, cellHeightPixels } = window;
  if (renderer === "half-block") {
    // Smaller pictures have averaged colours.
    if (columns < 256 || rows < 120) return [];
    const halves = new Set([Math.floor(cellHeightPixels / 2), Math.ceil(cellHeightPixels / 2)]);
    return [...halves].map((half) =>
      dotted(card, palette, columns, rows, cellWidthPixels, cellHeightPixels, half),
    );
  }
  if (/^(sextant|quadrant|octant|braille)$/.test(renderer)) return [];
  const size = { width: columns * cellWidthPixels, height: rows * cellHeightPixels };
  return [sent(card, renderer, window, size) ?? scaled(card, palette, size.width, size.height)];
}

/** The picture that emu sends at the terminal's own size; undefined if the terminal scales it. */
function sent(
  card: Uint16Array,
  renderer: RendererName,
  window: ShowResult["window"],
  { width, height }: { readonly width: number; readonly height: number },
): Picture | undefined {
  if (!IMAGE_RENDERERS.includes(renderer)) return undefined;
  const encoder = createEncoder(renderer, {
    frameWidth: 256,
    frameHeight: 240,
    source: { x: 0, y: 0, width: 256, height: 240, pixelAspect: PIXEL_ASPECT },
    window,
    scale: "fit",
    palette,
    capabilities: PLAIN_CAPABILITIES,
  })!;
  const out = new Uint8Array(encoder.maxFrameBytes);
  const text = new TextDecoder("latin1").decode(out.subarray(0, encoder.encode(card, out)));
  const bytes = imageIn(renderer, text);
  encoder.close?.();
  if (bytes.length !== width * height * 3) return undefined;
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => {
    const from = at * 3;
    return (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
  });
  return { width, height, pixels };
}

const isImage = (renderer: string) => /^(auto|kitty|kitty-shm|iterm2|sixel)$/.test(renderer);

/** Starts a terminal again if it did not start: the display may not have been ready. */
async function tryTwice(...order: Parameters<typeof run>): Promise<Row> {
  const row = await run(...order);
  return row.problem === undefined ? row : run(...order);
}

/** A screenshot, once it has no wrong pixels: terminals answer before they have drawn everything. */
async function drawn(
  display: Display,
  pictures: readonly Picture[],
): Promise<{ readonly png: Uint8Array; readonly comparison: Comparison | undefined }> {
  const deadline = performance.now() + DRAW_TIMEOUT_MS;
  for (;;) {
    await Bun.sleep(BETWEEN_SCREENSHOTS_MS);
    const png = await display.screenshot();
    const screen = toPicture(png);
    const [comparison] = pictures
      .map((picture) => compare(screen, picture))
      .sort((a, b) => a.different - b.different);
    if (comparison === undefined || comparison.wrong === 0 || performance.now() > deadline)
      return { png, comparison };
  }
}

async function run(
  display: Display,
  terminal: TerminalCase,
  renderer: RendererName | "auto",
  folder: string,
  card: Uint16Array,
): Promise<Row> {
  const result = join(folder, "result.json");
  const hold = join(folder, "hold");
  const errors = join(folder, "errors");
  // They may belong to another user.
  for (const file of [result, errors]) rmSync(file, { force: true });
  writeFileSync(hold, "");
  const order: ShowOrder = {
    renderer,
    pixelAspect: PIXEL_ASPECT,
    frames: join(folder, "frames"),
    timed,
    result,
    hold,
  };
  const program = `cd ${root} && ${process.execPath} bench/screens/show.ts '${JSON.stringify(order)}' 2>${errors}`;
  const { command, env } = terminal.start(
    program,
    isImage(renderer) ? terminal.fonts.images : terminal.fonts.cells,
    folder,
  );
  const child = display.start(command, env);
  try {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!existsSync(result) && performance.now() < deadline && child.exitCode === null)
      await Bun.sleep(100);
    if (!existsSync(result)) {
      const said = existsSync(errors) ? readFileSync(errors, "utf8") : "";
      return { terminal: terminal.name, renderer, problem: said.slice(0, 300) || "nothing was shown" };
    }
    const show = JSON.parse(readFileSync(result, "utf8")) as ShowResult;
    const { png, comparison } = await drawn(display, expected(card, show));
    const keep = option("--keep");
    if (keep !== undefined) {
      mkdirSync(keep, { recursive: true });
      writeFileSync(join(keep, `${terminal.name} ${show.renderer}.png`.replaceAll(" ", "-")), png);
    }
    return {
      terminal: terminal.name,
      renderer: renderer === "auto" ? `${show.renderer} (auto)` : show.renderer,
      show,
      ...(comparison === undefined ? {} : { comparison }),
    };
  } finally {
    rmSync(hold, { force: true });
    await Promise.race([child.exited, Bun.sleep(4000)]);
    child.kill();
    await child.exited;
  }
}

/** Every renderer whose protocol the terminal has reported, and half-blocks. */
function renderersOf({ capabilities }: ShowResult): RendererName[] {
  const has: Partial<Record<RendererName, boolean>> = {
    "kitty-shm": capabilities.kittySharedMemory,
    kitty: capabilities.kittyGraphics,
    iterm2: capabilities.iterm2Images,
    sixel: capabilities.sixel,
    "half-block": true,
  };
  return RENDERERS.filter((name) => has[name] === true);
}

const folder = mkdtempSync(join(tmpdir(), "emu-screens-"));
const card = framesOf("test-card.nes", CARD_FRAMES - 1, 1)[0]!;
const frames = [...framesOf("swingby.nes", 0, GAME_FRAMES).slice(-timed - 1), card];
writeFileSync(
  join(folder, "frames"),
  Buffer.concat([Buffer.from(palette.buffer), ...frames.map((frame) => Buffer.from(frame.buffer))]),
);
const rows: Row[] = [];
const wanted = TERMINALS.filter(({ name }) => (option("--terminal") ?? name) === name);
for (const terminal of wanted) {
  const missing = terminal.needs.filter((name) => Bun.which(name) === null);
  if (missing.length > 0) {
    rows.push({ terminal: terminal.name, renderer: "", problem: `not installed: ${missing.join(", ")}` });
    continue;
  }
  const display = terminal.display === "x11" ? await x11() : await wayland(folder);
  try {
    const only = option("--renderer") as RendererName | undefined;
    const first = await tryTwice(display, terminal, only ?? "auto", folder, card);
    rows.push(first);
    if (only !== undefined || first.show === undefined) continue;
    const { renderer: chosen } = first.show;
    for (const renderer of renderersOf(first.show).filter((name) => name !== chosen || !isImage(name)))
      rows.push(await tryTwice(display, terminal, renderer, folder, card));
  } finally {
    await display.close();
  }
}
rmSync(folder, { recursive: true, force: true });

function sizeOf({ placement, window }: ShowResult): string {
  return `${placement.columns * window.cellWidthPixels} × ${placement.rows * window.cellHeightPixels}`;
}

function verdictOf(comparison: Comparison | undefined): string {
  if (comparison === undefined) return "not compared";
  const { different, clearlyDifferent, wrong, largestDifference, pixels } = comparison;
  if (different === 0) return `all ${pixels} pixels equal`;
  if (clearlyDifferent === 0) return `equal within ${largestDifference} of 255`;
  return `${((100 * clearlyDifferent) / pixels).toFixed(1)} % differ, ${wrong} wrong`;
}

function cellsOf(row: Row): string[] {
  const { terminal, renderer, show, comparison, problem = "" } = row;
  if (show === undefined) return [terminal, renderer, "", "", "", "", problem];
  return [
    terminal,
    renderer,
    sizeOf(show),
    (show.bytesPerFrame / 1024).toFixed(2),
    String(show.encodeMicroseconds),
    String(show.framesPerSecond),
    verdictOf(comparison),
  ];
}

const TITLES = [
  "terminal",
  "renderer",
  "pixels",
  "KiB a frame",
  "µs encoding",
  "frames a second",
  "screenshot",
];

const target = option("--write");
if (target !== undefined) replaceTable(target, "screens", markdownTable(TITLES, rows.map(cellsOf)));
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else for (const row of rows) console.log(cellsOf(row).join("  "));
