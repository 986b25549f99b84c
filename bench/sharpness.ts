/**
 * Measures how far pictures made of characters are from the true picture: ten scenes with text, in windows of
 * three sizes, drawn by emu and by other programs (chafa, timg, mpv; those that are missing are left out).
 * Each program gets the same picture and the same number of cells. A terminal without a window reads its
 * output; cells are drawn as an ideal terminal draws them and compared with the picture.
 * Usage: bun bench/sharpness.ts [--json] [--scenes] [--write FILE]
 * --scenes prints every scene. --write replaces the table between the marks in a Markdown file.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { decodePalette } from "../src/io/render/colors/palette.ts";
import { createEncoder, placeFor, type RendererName } from "../src/io/render/encoders.ts";
import { setupFor } from "../test/support/game-frames.ts";
import { VirtualTerminal } from "../test/support/virtual-terminal.ts";
import { markdownTable, replaceTable } from "./markdown.ts";
import { pictureError } from "./sharpness/error.ts";
import { type Area, CELL_HEIGHT, CELL_WIDTH, rasterize } from "./sharpness/raster.ts";
import { HEIGHT, type Scene, textScenes, WIDTH } from "./sharpness/scenes.ts";

const SIZES = [
  [80, 24],
  [130, 48],
  [200, 60],
] as const;
const palette = decodePalette();
const folder = mkdtempSync(join(tmpdir(), "emu-sharpness-"));

/** Shows a scene in a window. Returns what it wrote, and where the picture is. */
type Show = (scene: Scene, columns: number, rows: number) => Promise<{ bytes: Uint8Array; area: Area }>;

interface Player {
  readonly name: string;
  readonly show: Show;
}

const emu = (renderer: RendererName): Player => ({
  name: `emu, ${renderer}`,
  show: (scene, columns, rows) => {
    const setup = setupFor(columns, rows);
    const encoder = createEncoder(renderer, setup)!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const bytes = out.slice(0, encoder.encode(scene.pixels, out));
    return Promise.resolve({ bytes, area: placeFor(renderer, setup)!.placement });
  },
});

/** Another program gets the area that emu uses, at the upper left, and a PNG of the area's shape. */
function other(
  name: string,
  program: string,
  options: (columns: number, rows: number, file: string) => string[],
  cut: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Player[] {
  if (Bun.which(program) === null) return [];
  const show: Show = async (scene, columns, rows) => {
    const place = placeFor("half-block", setupFor(columns, rows))!.placement;
    const area = { left: 0, top: 0, columns: place.columns, rows: place.rows };
    const file = pngFile(scene, area);
    const child = Bun.spawn([program, ...options(area.columns, area.rows, file)], {
      stdout: "pipe",
      stderr: "ignore",
      env: { ...process.env, COLORTERM: "truecolor", TERM: "xterm-256color" },
    });
    const bytes = new Uint8Array(await new Response(child.stdout).arrayBuffer());
    return { bytes: cut(lineFeeds(bytes)), area };
  };
  return [{ name, show }];
}

/** A pipe's line ends, as a tty turns them into returns. */
function lineFeeds(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}

/** mpv writes the picture twice, each time from the upper left corner, and clears the screen at its end. */
function lastPicture(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.lastIndexOf("\x1b[?25h");
  return Buffer.from(text.slice(text.lastIndexOf("\x1b[0;0f", end), end), "latin1");
}

const BLOCKS = "--symbols=space,solid,block";
const chafa = (columns: number, rows: number): string[] => [
  "-f",
  "symbols",
  "-c",
  "full",
  "-w",
  "9",
  "--stretch",
  `--size=${columns}x${rows}`,
  "--animate=off",
];
const PLAYERS: readonly Player[] = [
  emu("half-block"),
  emu("quadrant"),
  emu("sextant"),
  emu("octant"),
  ...other("chafa, blocks", "chafa", (c, r, file) => [...chafa(c, r), `${BLOCKS}-stipple`, file]),
  ...other("chafa, blocks and sextants", "chafa", (c, r, file) => [
    ...chafa(c, r),
    `${BLOCKS},sextant-stipple`,
    file,
  ]),
  ...other("timg, half blocks", "timg", (c, r, file) => ["-ph", `-g${c}x${r}`, "-U", file]),
  ...other("timg, quarter blocks", "timg", (c, r, file) => ["-pq", `-g${c}x${r}`, "-U", file]),
  ...other(
    "mpv --vo=tct",
    "mpv",
    (c, r, file) => [
      "--no-config",
      "--no-audio",
      "--really-quiet",
      "--vo=tct",
      `--vo-tct-width=${c}`,
      // mpv leaves the last row free.
      `--vo-tct-height=${r + 1}`,
      "--keepaspect=no",
      "--frames=1",
      file,
    ],
    lastPicture,
  ),
];

/** The scene as a PNG of the area's shape in square pixels, four times as many as there are dots. */
function pngFile(scene: Scene, { columns, rows }: Area): string {
  const file = join(folder, `${scene.name.replaceAll(" ", "-")}-${columns}x${rows}.png`);
  const picture = truePicture(scene, columns * CELL_WIDTH, rows * 2 * CELL_WIDTH);
  const data = new Uint8Array(picture.length * 3);
  picture.forEach((color, at) => {
    data.set([color >> 16, (color >> 8) & 0xff, color & 0xff], at * 3);
  });
  writeFileSync(
    file,
    encode({ width: columns * CELL_WIDTH, height: rows * 2 * CELL_WIDTH, data, channels: 3, depth: 8 }),
  );
  return file;
}

/** The scene in another size; each pixel shows the one under its middle. */
function truePicture(scene: Scene, width: number, height: number): Int32Array {
  const picture = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * HEIGHT) / height) * WIDTH;
    for (let x = 0; x < width; x++)
      picture[y * width + x] = palette[scene.pixels[row + Math.floor(((x + 0.5) * WIDTH) / width)]!]!;
  }
  return picture;
}

interface Result {
  readonly player: string;
  readonly columns: number;
  readonly rows: number;
  readonly scene: string;
  readonly deltaE: number;
  readonly ssim: number;
  readonly bytes: number;
}

async function measure(player: Player, scene: Scene, columns: number, rows: number): Promise<Result> {
  const { bytes, area } = await player.show(scene, columns, rows);
  const terminal = new VirtualTerminal(columns + 2, rows + 2);
  await terminal.write(bytes);
  const width = area.columns * CELL_WIDTH;
  const wanted = truePicture(scene, width, area.rows * CELL_HEIGHT);
  const error = pictureError(wanted, rasterize(terminal, area), width);
  return { player: player.name, columns, rows, scene: scene.name, ...error, bytes: bytes.length };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function tableOf(results: readonly Result[]): string {
  const rows = SIZES.flatMap(([columns, height]) =>
    PLAYERS.map(({ name }) => {
      const own = results.filter((one) => one.player === name && one.columns === columns);
      return [
        `${columns} × ${height}`,
        name,
        mean(own.map(({ deltaE }) => deltaE)).toFixed(2),
        mean(own.map(({ ssim }) => ssim)).toFixed(3),
        (mean(own.map(({ bytes }) => bytes)) / 1024).toFixed(1),
      ];
    }),
  );
  return markdownTable(["window", "player", "ΔE", "SSIM", "KiB for the picture"], rows);
}

const results: Result[] = [];
try {
  for (const [columns, rows] of SIZES)
    for (const scene of textScenes())
      for (const player of PLAYERS) results.push(await measure(player, scene, columns, rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (process.argv.includes("--json")) console.log(JSON.stringify(results, null, 2));
else if (process.argv.includes("--scenes"))
  for (const { player, columns, rows, scene, deltaE, ssim, bytes } of results)
    console.log(
      `${columns}×${rows} ${scene.padEnd(18)} ${player.padEnd(28)} ${deltaE.toFixed(2)} ${ssim.toFixed(3)} ${bytes}`,
    );
else console.log(tableOf(results));
const write = process.argv.indexOf("--write");
if (write >= 0) replaceTable(process.argv[write + 1]!, "sharpness", tableOf(results));
