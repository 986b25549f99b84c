/**
 * Plays `emu host` and `emu join` over links of different quality: two processes, a UDP proxy on loopback
 * between them, and random keys typed into both terminals. Prints a table, and fails if the machines ever
 * differ. With a ROM it plays that instead of a test program for two players.
 * Usage: bun bench/netplay.ts [--seconds N] [--rom FILE] [--cell RTT JITTER LOSS] [--update]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_REALTIME, ThreadPriority } from "../src/io/workers/realtime.ts";
import { DatagramProxy, type LinkFaults } from "../test/support/datagram-proxy.ts";
import { NetplayProcess, type NetplayReport } from "../test/support/netplay-processes.ts";
import { Prng } from "../test/support/prng.ts";
import { twoPlayerRom } from "../test/support/two-player-rom.ts";
import { markdownTable, replaceTable } from "./markdown.ts";

const ROUND_TRIPS_MS = [0, 50, 100, 150, 200];
const LOSSES_PERCENT = [0, 5, 10];
/** Part of the round trip that varies. */
const JITTER = 0.3;
/** A, B, Start; pressed and released at random. */
const KEYS = [120, 122, 13];
const KEY_EVERY_MS = 60;

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    rom: { type: "string" },
    cell: { type: "boolean" },
    update: { type: "boolean" },
  },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
// The proxy in this process is the link: it must not depend on the load of this computer.
new ThreadPriority(DEFAULT_REALTIME).raise();
const folder = mkdtempSync(join(tmpdir(), "emu-netplay-bench-"));
const testRom = join(folder, "two-players.nes");
writeFileSync(testRom, twoPlayerRom());
const rom = values.rom ?? testRom;

/** Two processes that have played over a link. */
async function playOver(faults: LinkFaults): Promise<NetplayReport[]> {
  await using host = await NetplayProcess.host(rom);
  await using proxy = await DatagramProxy.open(host.port, faults);
  await using other = NetplayProcess.join(rom, proxy.port);
  await Promise.all([host.playing(1), other.playing(2)]);
  const random = new Prng(1);
  const held = [new Set<number>(), new Set<number>()];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    await Bun.sleep(KEY_EVERY_MS);
    for (const [index, side] of [host, other].entries()) {
      const key = KEYS[random.below(KEYS.length)]!;
      const isDown = !held[index]!.has(key);
      side.button(key, isDown);
      if (isDown) held[index]!.add(key);
      else held[index]!.delete(key);
      // Nobody reads it, and the megabytes of a long game would keep this process from its link.
      side.pty.output = "";
    }
  }
  const code = await host.quit();
  const otherCode = await other.pty.end();
  if (code !== 0 || otherCode !== 69) throw new Error(`exit codes ${code} and ${otherCode}`);
  return [host.report(), other.report()];
}

function rowOf(faults: LinkFaults, reports: readonly NetplayReport[]): string[] {
  const [host, other] = reports as [NetplayReport, NetplayReport];
  const both = (text: (report: NetplayReport) => string) => `${text(host)}, ${text(other)}`;
  return [
    `${faults.roundTripMs} ± ${faults.jitterMs ?? 0} ms, ${faults.lossPercent ?? 0} %`,
    both(({ frames }) => String(frames)),
    both(({ netplay }) => String(netplay.lastEqualFrame)),
    both(({ netplay }) => String(netplay.delayFrames)),
    both(({ netplay: { rollbacks, replayedFrames } }) =>
      (replayedFrames / Math.max(1, rollbacks)).toFixed(1),
    ),
    both(({ netplay }) => String(netplay.deepest)),
    both(({ netplay }) => String(netplay.stalls)),
    both(
      ({ workMicroseconds: { p50, p99, max } }) =>
        `${[p50, p99, max].map((us) => (us / 1000).toFixed(1)).join(" / ")}`,
    ),
  ];
}

const head = [
  "link",
  "frames",
  "equal up to",
  "delay",
  "mean rollback",
  "deepest",
  "stalls",
  "frame ms: p50 / p99 / max",
];
const cells: LinkFaults[] = values.cell
  ? [
      {
        roundTripMs: Number(positionals[0]),
        jitterMs: Number(positionals[1]),
        lossPercent: Number(positionals[2]),
      },
    ]
  : ROUND_TRIPS_MS.flatMap((roundTripMs) =>
      LOSSES_PERCENT.map((lossPercent) => ({ roundTripMs, jitterMs: JITTER * roundTripMs, lossPercent })),
    );
const rows: string[][] = [];
try {
  for (const faults of cells) {
    const reports = await playOver(faults);
    rows.push(rowOf(faults, reports));
    process.stderr.write(`${rows.at(-1)!.join(" | ")}\n`);
    // The others' last hashes were still on their way.
    const isEqual = reports.every(({ frames, netplay }) => netplay.lastEqualFrame > frames - 200);
    if (!isEqual) throw new Error("the machines were not compared to the end");
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const table = markdownTable(head, rows);
console.log(table);
if (values.update) replaceTable(join(import.meta.dir, "../docs/netplay.md"), "links", table);
