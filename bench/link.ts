/**
 * Plays over slow links. Measures how old pictures are when the terminal reports them, and whether the
 * machine keeps its pace. Needs Linux and Python 3. Exits with 1 if the median age over a link with 2 MB/s
 * and 1 MB of buffer exceeds `MAX_LATENCY_MS`, or if a frame of the machine was late. If an ssh server can be
 * started, one of the links is a real ssh connection.
 * Usage: bun bench/link.ts [--json] [--frames N] [--only PART-OF-A-NAME] [--write FILE]
 * --write replaces the table between the marks in a Markdown file.
 */
import { join } from "node:path";
import type { RendererName } from "../src/io/render/encoders.ts";
import type { FakeScene } from "../test/support/fake-scenes.ts";
import { HAS_SSH, startSshd } from "./links/sshd.ts";
import { markdownTable, replaceTable } from "./markdown.ts";

const READER = join(import.meta.dir, "../test/support/slow-reader.py");
const FIXTURE = join(import.meta.dir, "../test/support/play-fixture.ts");
const MAX_LATENCY_MS = 80;

interface Link {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly bufferBytes: number;
  readonly columns: number;
  readonly rows: number;
  /** True if it answers neither DA1 nor CPR. */
  readonly isSilent?: true;
  /** True for a connection through ssh, which adds its own buffers. */
  readonly isSsh?: true;
  /** True if the limits of this benchmark apply to it. */
  readonly isBounded?: true;
  /** Default: "slant". Nearly every cell changes in every frame, far more than in games. */
  readonly scene?: FakeScene;
  /** Default: "half-block". */
  readonly renderer?: RendererName;
  /** True if detail is never left out. */
  readonly isExact?: true;
}

/** Half-blocks that show every pixel, with a row for the status line below them. */
const WHOLE = { columns: 300, rows: 121 };
const SMALL = { columns: 140, rows: 55 };
const SLOW = { bytesPerSecond: 2e6, bufferBytes: 1e6 };
const SLOWER = { bytesPerSecond: 5e5, bufferBytes: 1e6 };

const LINKS: readonly Link[] = [
  { name: "2 MB/s", bytesPerSecond: 2e6, bufferBytes: 0, ...SMALL },
  { name: "2 MB/s, 1 MB", ...SLOW, ...SMALL, isBounded: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, isBounded: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, scene: "climb", isBounded: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, scene: "fade", isBounded: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, scene: "noise", isBounded: true },
  { name: "2 MB/s, 1 MB, all detail", ...SLOW, ...WHOLE, scene: "noise", isExact: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, scene: "climb", renderer: "kitty", isBounded: true },
  { name: "2 MB/s, 1 MB", ...SLOW, ...WHOLE, scene: "noise", renderer: "kitty", isBounded: true },
  { name: "500 KB/s, 1 MB", ...SLOWER, ...SMALL },
  { name: "500 KB/s, 1 MB", ...SLOWER, ...WHOLE, scene: "climb" },
  { name: "2 MB/s, ssh", bytesPerSecond: 2e6, bufferBytes: 0, ...SMALL, isSsh: true },
  { name: "2 MB/s, ssh", bytesPerSecond: 2e6, bufferBytes: 0, ...WHOLE, scene: "noise", isSsh: true },
  { name: "fast", bytesPerSecond: 2e8, bufferBytes: 0, ...WHOLE, scene: "climb" },
  {
    name: "fast, answers nothing",
    bytesPerSecond: 5e7,
    bufferBytes: 0,
    columns: 120,
    rows: 45,
    isSilent: true,
  },
];

const framesAt = process.argv.indexOf("--frames");
const frames = framesAt < 0 ? 300 : Number(process.argv[framesAt + 1]);

const onlyAt = process.argv.indexOf("--only");
const only = onlyAt < 0 ? "" : (process.argv[onlyAt + 1] ?? "");

const server = HAS_SSH ? await startSshd() : undefined;

/** The player, on this side of the link or on the other. */
function player({ isSsh, scene, renderer = "half-block", isExact }: Link): string[] {
  const settings = { renderer, ...(isExact ? { adaptsDetail: false } : {}) };
  const play = [process.execPath, FIXTURE, JSON.stringify({ frames, scene, settings, realtime: true })];
  if (isSsh === undefined || server === undefined) return play;
  return server.command(`cd ${join(import.meta.dir, "..")} && ${play.map((part) => `'${part}'`).join(" ")}`);
}

async function measure(link: Link) {
  const { bytesPerSecond, bufferBytes, columns, rows, isSilent } = link;
  const numbers = [bytesPerSecond, bufferBytes, columns, rows].map(String);
  const command = ["python3", READER, ...numbers, ...player(link)];
  const child = Bun.spawn(command, {
    stdout: "pipe",
    env: { ...process.env, COLORTERM: "truecolor", SILENT: isSilent ? "1" : "" },
  });
  const [text] = await Promise.all([child.stdout.text(), child.exited]);
  const { presented, missed, bytes, medianLatencyMicroseconds } = JSON.parse(text) as Record<string, number>;
  return {
    link: link.name,
    cells: `${columns} × ${rows}`,
    renderer: link.renderer ?? "half-block",
    scene: link.scene ?? "slant",
    frames,
    presented: presented!,
    bytesPerFrame: Math.round(bytes! / presented!),
    lateMachineFrames: missed!,
    medianLatencyMs: Math.round(medianLatencyMicroseconds! / 100) / 10,
    isFine: !link.isBounded || (missed === 0 && medianLatencyMicroseconds! <= MAX_LATENCY_MS * 1000),
  };
}

const results = [];
try {
  for (const link of LINKS.filter(({ name, scene = "slant", renderer = "half-block" }) =>
    `${name} ${scene} ${renderer}`.includes(only),
  ))
    if (!link.isSsh || server !== undefined) results.push(await measure(link));
} finally {
  await server?.close();
}
const table = markdownTable(
  ["link", "window", "renderer", "picture", "shown a second", "KB a frame", "ms old", "late frames"],
  results.map((result) => [
    result.link,
    result.cells,
    result.renderer,
    result.scene,
    ((60 * result.presented) / frames).toFixed(0),
    (result.bytesPerFrame / 1000).toFixed(0),
    result.medianLatencyMs === 0
      ? "not told"
      : `${result.medianLatencyMs}${result.isFine ? "" : " (too much)"}`,
    String(result.lateMachineFrames),
  ]),
);
const writeAt = process.argv.indexOf("--write");
if (writeAt >= 0) replaceTable(process.argv[writeAt + 1]!, "links", table);
console.log(process.argv.includes("--json") ? JSON.stringify(results, null, 2) : table);
process.exitCode = results.every(({ isFine }) => isFine) ? 0 : 1;
