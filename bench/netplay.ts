/**
 * Plays `emu host` and `emu join` over links of different quality: two processes, a UDP proxy on loopback
 * between them, and random keys typed into both terminals. Plays Concentration Room, if it is there
 * (EMU_SHARED), and a test program for two players, and prints a table.
 *
 *   bun bench/netplay.ts [--quick]               round trips of 0 to 200 ms, 0 to 10 % lost: 12 minutes, or 6
 *   bun bench/netplay.ts --long                  36,000 frames of each game over 100 ± 30 ms, 5 %: 21 minutes
 *   bun bench/netplay.ts --cell RTT JITTER LOSS  one link
 *
 * --seconds N changes the time of a game, --rom FILE the games, and --update writes the table into
 * docs/netplay.md. Exits with 1 and the reasons if the machines were not equal to the end, more than 4 frames
 * were run again at a time, or, on a computer without other work, a frame took longer than a frame's time.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_REALTIME, ThreadPriority } from "../src/io/workers/realtime.ts";
import { DatagramProxy, type LinkFaults } from "../test/support/datagram-proxy.ts";
import { NetplayProcess, type NetplayReport } from "../test/support/netplay-processes.ts";
import { Prng } from "../test/support/prng.ts";
import { twoPlayerRom } from "../test/support/two-player-rom.ts";
import { markdownTable, replaceTable } from "./markdown.ts";
import { benchRoms } from "./peers/roms.ts";

const ROUND_TRIPS_MS = [0, 50, 100, 150, 200];
const LOSSES_PERCENT = [0, 5, 10];
/** Part of the round trip that varies. */
const JITTER = 0.3;
const LONG_LINK: LinkFaults = { roundTripMs: 100, jitterMs: 30, lossPercent: 5 };
const LONG_FRAMES = 36_000;
const USUAL_SECONDS = 20;
const QUICK_SECONDS = 8;
/** A little more than the frames need: some are lost while the clocks find each other. */
const LONG_SECONDS = LONG_FRAMES / 60.0988 + 8;
/** A, B, Start; pressed and released at random. */
const KEYS = [120, 122, 13];
const KEY_EVERY_MS = 60;
/** After this time the memory of a game no longer grows, unless it leaks. */
const SETTLED_MS = 3000;
const MAX_ROLLBACK = 4;
const FRAME_MS = 1000 / 60.0988;
/** The last hashes are still on their way when a game ends. */
const MAX_UNCOMPARED_FRAMES = 200;
/** With more other work than this, a thread waits for a processor, and its longest frame says nothing. */
const QUIET_LOAD = 2;

/** What one side has done. */
interface Side extends NetplayReport {
  readonly mibBefore: number;
  readonly mibAfter: number;
}

const { values, positionals } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    cell: { type: "boolean", default: false },
    seconds: { type: "string" },
    rom: { type: "string", multiple: true },
    update: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const usual = values.long ? LONG_SECONDS : values.quick ? QUICK_SECONDS : USUAL_SECONDS;
const seconds = values.seconds === undefined ? usual : Number(values.seconds);
// The proxy in this process is the link: it must not depend on the load of this computer.
new ThreadPriority(DEFAULT_REALTIME).raise();

/** Two processes that have played over a link. */
async function playOver(rom: string, faults: LinkFaults): Promise<[Side, Side]> {
  await using host = await NetplayProcess.host(rom);
  await using proxy = await DatagramProxy.open(host.port, faults);
  await using other = NetplayProcess.join(rom, proxy.port);
  await Promise.all([host.playing(1), other.playing(2)]);
  const sides = [host, other] as const;
  const before = [0, 0];
  const random = new Prng(1);
  const held = [new Set<number>(), new Set<number>()];
  const began = performance.now();
  for (const end = began + seconds * 1000; performance.now() < end; ) {
    await Bun.sleep(KEY_EVERY_MS);
    const isSettled = performance.now() > began + SETTLED_MS;
    for (const [index, side] of sides.entries()) {
      const key = KEYS[random.below(KEYS.length)]!;
      const isDown = !held[index]!.has(key);
      side.button(key, isDown);
      if (isDown) held[index]!.add(key);
      else held[index]!.delete(key);
      // Nobody reads it, and the megabytes of a long game would keep this process from its link.
      side.pty.output = "";
      if (isSettled && before[index] === 0) before[index] = side.residentMib();
    }
  }
  const after = sides.map((side) => side.residentMib());
  const code = await host.quit();
  const otherCode = await other.pty.end();
  if (code !== 0 || otherCode !== 69) throw new Error(`exit codes ${code} and ${otherCode}`);
  const sideOf = (index: 0 | 1): Side => ({
    ...sides[index].report(),
    mibBefore: before[index]!,
    mibAfter: after[index]!,
  });
  return [sideOf(0), sideOf(1)];
}

const meanRollback = ({ netplay: { rollbacks, replayedFrames } }: Side): number =>
  replayedFrames / Math.max(1, rollbacks);

const linkText = ({ roundTripMs, jitterMs = 0, lossPercent = 0 }: LinkFaults): string =>
  `${roundTripMs} ± ${jitterMs} ms, ${lossPercent} %`;

const HEAD = [
  "link",
  "game",
  "frames",
  "equal up to, hash",
  "delay",
  "mean rollback",
  "deepest",
  "stalls",
  "frame ms: p50 / p99 / max",
  "MiB: after 3 s → at the end",
];

function rowOf(game: string, faults: LinkFaults, sides: readonly Side[]): string[] {
  const both = (text: (side: Side) => string) => sides.map(text).join(", ");
  return [
    linkText(faults),
    game,
    both(({ frames }) => String(frames)),
    both(({ netplay }) => `${netplay.lastEqualFrame} ${netplay.lastEqualHash}`),
    both(({ netplay }) => String(netplay.delayFrames)),
    both((side) => meanRollback(side).toFixed(1)),
    both(({ netplay }) => String(netplay.deepest)),
    both(({ netplay }) => String(netplay.stalls)),
    both(({ workMicroseconds: { p50, p99, max } }) =>
      [p50, p99, max].map((us) => (us / 1000).toFixed(1)).join(" / "),
    ),
    both(({ mibBefore, mibAfter }) => `${mibBefore.toFixed(0)} → ${mibAfter.toFixed(0)}`),
  ];
}

/** What is wrong with a game. */
function faultsOf(sides: readonly Side[], isQuiet: boolean): string[] {
  const [host, other] = sides as [Side, Side];
  const wrong: string[] = [];
  for (const side of sides) {
    const { frames, netplay, workMicroseconds } = side;
    const player = `player ${netplay.player}`;
    if (netplay.lastEqualFrame < frames - MAX_UNCOMPARED_FRAMES)
      wrong.push(`${player}: compared only up to frame ${netplay.lastEqualFrame} of ${frames}`);
    if (meanRollback(side) > MAX_ROLLBACK)
      wrong.push(`${player}: ${meanRollback(side).toFixed(1)} frames run again at a time`);
    if (isQuiet && workMicroseconds.max > FRAME_MS * 1000)
      wrong.push(`${player}: a frame took ${(workMicroseconds.max / 1000).toFixed(1)} ms`);
    if (values.long && frames < LONG_FRAMES) wrong.push(`${player}: only ${frames} frames`);
  }
  const isSameFrame = host.netplay.lastEqualFrame === other.netplay.lastEqualFrame;
  if (isSameFrame && host.netplay.lastEqualHash !== other.netplay.lastEqualHash)
    wrong.push(`different hashes before frame ${host.netplay.lastEqualFrame}`);
  return wrong;
}

function links(): readonly LinkFaults[] {
  if (values.long) return [LONG_LINK];
  if (values.cell) {
    const [roundTripMs, jitterMs, lossPercent] = positionals.map(Number) as [number, number, number];
    return [{ roundTripMs, jitterMs, lossPercent }];
  }
  return ROUND_TRIPS_MS.flatMap((roundTripMs) =>
    LOSSES_PERCENT.map((lossPercent) => ({ roundTripMs, jitterMs: JITTER * roundTripMs, lossPercent })),
  );
}

const folder = mkdtempSync(join(tmpdir(), "emu-netplay-bench-"));
const testRom = join(folder, "test program.nes");
writeFileSync(testRom, twoPlayerRom());
const croom = benchRoms().find(({ path }) => basename(path) === "croom.nes")!.path;
const roms = values.rom ?? [...(existsSync(croom) ? [croom] : []), testRom];
const rows: string[][] = [];
const wrong: string[] = [];
const began = performance.now();
const loads: number[] = [];
try {
  for (const faults of links()) {
    for (const rom of roms) {
      const load = loadavg()[0]!;
      loads.push(load);
      const sides = await playOver(rom, faults);
      const game = basename(rom, ".nes");
      rows.push(rowOf(game, faults, sides));
      process.stderr.write(`${rows.at(-1)!.join(" | ")}\n`);
      for (const text of faultsOf(sides, load < QUIET_LOAD))
        wrong.push(`${linkText(faults)}, ${game}: ${text}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const table = markdownTable(HEAD, rows);
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
console.log(table);
console.log(
  `\n${minutes} minutes, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`,
);
for (const text of wrong) console.log(`wrong: ${text}`);
if (values.update)
  replaceTable(join(import.meta.dir, "../docs/netplay.md"), values.long ? "long" : "links", table);
process.exitCode = wrong.length === 0 ? 0 : 1;
