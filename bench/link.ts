/**
 * Plays over slow links: how old pictures are when the terminal reports them, and whether the machine
 * keeps its pace. Needs Linux and Python 3. Exits with 1 when a picture is older than `MAX_LATENCY_MS` in
 * the median behind 2 MB/s and 1 MB of buffer, or when a frame of the machine was late. Where an ssh server
 * can be started, a real ssh is among the links.
 * Usage: bun bench/link.ts [--json] [--frames N]
 */
import { join } from "node:path";
import { HAS_SSH, startSshd } from "./links/sshd.ts";

const READER = join(import.meta.dir, "../test/support/slow-reader.py");
const FIXTURE = join(import.meta.dir, "../test/support/play-fixture.ts");
const MAX_LATENCY_MS = 80;

interface Link {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly bufferBytes: number;
  readonly columns: number;
  readonly rows: number;
  /** It answers neither DA1 nor CPR. */
  readonly isSilent?: true;
  /** Through ssh, whose own buffers come on top. */
  readonly isSsh?: true;
  /** The bounds of this benchmark hold for it. */
  readonly isBounded?: true;
}

/** Every cell of every frame changes, by far more than in games: what counts is the bytes a frame. */
const LINKS: readonly Link[] = [
  { name: "2 MB/s, no buffer", bytesPerSecond: 2e6, bufferBytes: 0, columns: 140, rows: 55 },
  { name: "2 MB/s, 1 MB", bytesPerSecond: 2e6, bufferBytes: 1e6, columns: 140, rows: 55, isBounded: true },
  { name: "2 MB/s, 1 MB, large", bytesPerSecond: 2e6, bufferBytes: 1e6, columns: 300, rows: 120 },
  { name: "500 KB/s, 1 MB", bytesPerSecond: 5e5, bufferBytes: 1e6, columns: 140, rows: 55 },
  { name: "2 MB/s, ssh", bytesPerSecond: 2e6, bufferBytes: 0, columns: 140, rows: 55, isSsh: true },
  { name: "fast, silent", bytesPerSecond: 5e7, bufferBytes: 0, columns: 120, rows: 45, isSilent: true },
];

const framesAt = process.argv.indexOf("--frames");
const frames = framesAt < 0 ? 300 : Number(process.argv[framesAt + 1]);

const server = HAS_SSH ? await startSshd() : undefined;

/** The player, on this side of the link or on the other. */
function player(isSsh: boolean): string[] {
  const play = [process.execPath, FIXTURE, JSON.stringify({ frames })];
  if (!isSsh || server === undefined) return play;
  return server.command(`cd ${join(import.meta.dir, "..")} && ${play.map((part) => `'${part}'`).join(" ")}`);
}

async function measure(link: Link) {
  const { bytesPerSecond, bufferBytes, columns, rows, isSilent, isSsh = false } = link;
  const numbers = [bytesPerSecond, bufferBytes, columns, rows].map(String);
  const command = ["python3", READER, ...numbers, ...player(isSsh)];
  const child = Bun.spawn(command, {
    stdout: "pipe",
    env: { ...process.env, COLORTERM: "truecolor", SILENT: isSilent ? "1" : "" },
  });
  const [text] = await Promise.all([child.stdout.text(), child.exited]);
  const { presented, missed, bytes, medianLatencyMicroseconds } = JSON.parse(text) as Record<string, number>;
  return {
    link: link.name,
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
  for (const link of LINKS) if (!link.isSsh || server !== undefined) results.push(await measure(link));
} finally {
  await server?.close();
}
if (process.argv.includes("--json")) console.log(JSON.stringify(results, null, 2));
else
  for (const { link, presented, bytesPerFrame, lateMachineFrames, medianLatencyMs, isFine } of results)
    console.log(
      `${link.padEnd(22)} ${String(presented).padStart(4)} of ${frames} shown, ${(bytesPerFrame / 1000).toFixed(0).padStart(3)} KB each, ${lateMachineFrames} late, ` +
        `${medianLatencyMs} ms old${isFine ? "" : "  TOO MUCH"}`,
    );
process.exitCode = results.every(({ isFine }) => isFine) ? 0 : 1;
