/**
 * Measures frames per second of emu and other emulators: jsnes 3 in the same Bun, and the installed libretro
 * cores (Debian: `apt-get install libretro-nestopia`; the folder EMU_CORES can have others). All produce
 * picture and sound except "emu unseen", which makes neither.
 *
 *   bun bench/peers.ts [--rounds N] [--frames N] [--json] [--rom FILE --input FILE] [name...]
 *
 * Rounds are interleaved A B C A B C, each in a new process. "Cold" is the rate of the first 900 frames,
 * "warm" the rate during play when the session is played for the fourth time. Rates use the thread's CPU
 * time; --json also has wall time. Below the tables, the share of edges that emu's pictures have in common
 * with each peer's shows that all emulators are in the same scene.
 *
 * Names select from the list of ROMs. EMU_SHARED (default ../shared) is the folder of the test ROMs.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "./markdown.ts";
import { type Outline, similarity } from "./peers/outline.ts";
import { PEER_NAMES, type PeerName } from "./peers/peers.ts";
import { type BenchRom, benchRoms } from "./peers/roms.ts";
import type { Round } from "./peers/round.ts";

/** Longer than every input script, so that the measurement covers play or a running test. */
const COLD_FRAMES = 900;
/** Frames whose pictures are compared. */
const SCENE_FRAMES = [300, 600, 899] as const;
/** Emulators start their first frame at different times: pictures up to N frames apart are compared. */
const SCENE_SLACK = 8;

interface Row {
  readonly rom: string;
  readonly rounds: ReadonlyMap<PeerName, readonly Round[]>;
  /** By peer: similarity of its pictures to emu's at SCENE_FRAMES. */
  readonly scenes: ReadonlyMap<PeerName, readonly number[]>;
}

type Phase = keyof Round;

/** Runs a program of bench/peers/; undefined if the emulator is not on this machine. */
function run(program: string, ...args: string[]): unknown {
  const file = join(import.meta.dir, "peers", program);
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, file, ...args]);
  if (exitCode !== 0) throw new Error(`${args[0]}: ${stderr}`);
  // Cores write to standard output while they load.
  const last = stdout.toString().trim().split("\n").at(-1)!;
  return last === "absent" ? undefined : JSON.parse(last);
}

function measure(subject: BenchRom, rounds: number, frames: number): Row {
  const results = new Map<PeerName, Round[]>();
  const { path, input } = subject;
  for (let count = 0; count < rounds; count++) {
    for (const peer of PEER_NAMES) {
      const round = run("round.ts", peer, path, input, String(COLD_FRAMES), String(frames));
      if (round !== undefined) results.set(peer, [...(results.get(peer) ?? []), round as Round]);
    }
  }
  const others = [...results.keys()].filter((peer) => !peer.startsWith("emu"));
  return { rom: basename(path), rounds: results, scenes: compareScenes(subject, others) };
}

function compareScenes({ path, input }: BenchRom, peers: readonly PeerName[]): Map<PeerName, number[]> {
  const around = SCENE_FRAMES.flatMap((frame) =>
    Array.from({ length: 2 * SCENE_SLACK + 1 }, (_, index) => frame - SCENE_SLACK + index),
  );
  const outlines = (peer: PeerName, frames: readonly number[]): Record<number, Outline> =>
    run("scenes.ts", peer, path, input, frames.join(",")) as Record<number, Outline>;
  const ours = outlines("emu", around);
  return new Map(
    peers.map((peer) => {
      const theirs = outlines(peer, SCENE_FRAMES);
      const best = SCENE_FRAMES.map((frame) =>
        around
          .filter((other) => Math.abs(other - frame) <= SCENE_SLACK)
          .reduce((most, other) => Math.max(most, similarity(ours[other]!, theirs[frame]!)), 0),
      );
      return [peer, best];
    }),
  );
}

/** The median of a peer's rates in frames per second. */
function median(row: Row, peer: PeerName, phase: Phase): number | undefined {
  const rates = (row.rounds.get(peer) ?? []).map((round) => round[phase].cpu).sort((a, b) => a - b);
  return rates[rates.length >> 1];
}

function table(rows: readonly Row[], phase: Phase, ours: PeerName, peers: readonly PeerName[]): string {
  const rate = (value: number | undefined): string =>
    value === undefined ? "absent" : Math.round(value).toLocaleString("en");
  const theirs = peers.filter((peer) => !peer.startsWith("emu"));
  const ratio = (row: Row, peer: PeerName): number => {
    return (median(row, ours, phase) ?? Number.NaN) / (median(row, peer, phase) ?? Number.NaN);
  };
  const lines = rows.map((row) => [
    row.rom.replace(".nes", ""),
    ...[ours, ...theirs].map((peer) => rate(median(row, peer, phase))),
    ...theirs.map((peer) => ratio(row, peer).toFixed(2)),
  ]);
  const means = theirs.map((peer) =>
    Math.exp(rows.reduce((sum, row) => sum + Math.log(ratio(row, peer)), 0) / rows.length).toFixed(2),
  );
  lines.push(["geometric mean", ...[ours, ...theirs].map(() => ""), ...means]);
  return markdownTable(["ROM", ours, ...theirs, ...theirs.map((peer) => `÷ ${peer}`)], lines);
}

function sceneTable(rows: readonly Row[], peers: readonly PeerName[]): string {
  const theirs = peers.filter((peer) => !peer.startsWith("emu"));
  const cell = (row: Row, peer: PeerName): string =>
    (row.scenes.get(peer) ?? []).map((value) => value.toFixed(2)).join(", ");
  return markdownTable(
    ["ROM", ...theirs],
    rows.map((row) => [row.rom.replace(".nes", ""), ...theirs.map((peer) => cell(row, peer))]),
  );
}

function report(rows: readonly Row[]): string {
  const peers = PEER_NAMES.filter((peer) => rows.some(({ rounds }) => rounds.has(peer)));
  return [
    "Warm, picture and sound, frames a second of CPU time:",
    table(rows, "warm", "emu", peers),
    "Unseen, warm: emu makes no picture and no sound, the others do:",
    table(rows, "warm", "emu unseen", peers),
    "Cold: the first 900 frames of a fresh process:",
    table(rows, "cold", "emu", peers),
    `Edges in common with emu's picture, of all edges, at frames ${SCENE_FRAMES.join(", ")}:`,
    sceneTable(rows, peers),
    "",
  ].join("\n\n");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    frames: { type: "string", default: "600" },
    rom: { type: "string" },
    input: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const listed =
  values.rom === undefined
    ? benchRoms()
    : [
        {
          path: values.rom,
          input: values.input === undefined ? "[]" : readFileSync(values.input, "utf8"),
        },
      ];
const wanted = listed.filter(({ path }) => {
  if (!existsSync(path)) console.error(`absent: ${basename(path)}`);
  return existsSync(path) && (positionals.length === 0 || positionals.some((name) => path.includes(name)));
});
const rows = wanted.map((subject) => measure(subject, Number(values.rounds), Number(values.frames)));
const plain = rows.map(({ rom, rounds, scenes }) => ({
  rom,
  rounds: Object.fromEntries(rounds),
  scenes: Object.fromEntries(scenes),
}));
process.stdout.write(values.json ? `${JSON.stringify({ roms: plain }, null, 2)}\n` : report(rows));
