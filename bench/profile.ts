/**
 * Shows where a frame's time goes, by part of the machine. It adds up samples of Bun's CPU profiler by
 * source file.
 *
 *   bun bench/profile.ts [--rom FILE] [--input FILE] [--unseen] [--frames N] [--json]
 *   bun bench/profile.ts --all [--unseen] [--frames N]
 *
 * Without a ROM the built-in game plays itself. `--all` prints a table of all ROMs of the benchmarks. With
 * `--unseen` the machine makes no picture and no sound.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "./markdown.ts";
import { benchRoms } from "./peers/roms.ts";

const ROOT = join(import.meta.dir, "..");
const SAMPLE_US = 200;

/** Parts, and their files in src/emu/nes. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ["CPU", /\/nes\/(cpu\/.*|bus|dma|interrupts)\.ts$/],
  [
    "picture, whole lines",
    /\/ppu\/fast\/(lines|line-.*|pre-render-line|skipped-dot|tails|sprite-counts|video-byte)\.ts$/,
  ],
  ["picture, cells of eight dots", /\/ppu\/fast\/(cells|cell-pixels|undisturbed)\.ts$/],
  ["picture, idle stretches and schedule", /\/ppu\/fast\//],
  ["picture, single dots and registers", /\/ppu\//],
  ["sound", /\/apu\//],
  ["cartridge", /\/cartridge\//],
];

const REST = "the rest";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const { values } = parseArgs({
  options: {
    rom: { type: "string", default: join(ROOT, "roms/swingby.nes") },
    input: { type: "string", default: join(ROOT, "docs/swingby-input.json") },
    frames: { type: "string", default: "6000" },
    json: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    unseen: { type: "boolean", default: false },
  },
});

function record(rom: string, input: string): Profile {
  const folder = mkdtempSync(join(tmpdir(), "emu-profile-"));
  try {
    const round = join(import.meta.dir, "peers/round.ts");
    const { exitCode, stderr } = Bun.spawnSync(
      [
        process.execPath,
        "--cpu-prof",
        "--cpu-prof-interval",
        String(SAMPLE_US),
        round,
        values.unseen ? "emu unseen" : "emu",
        resolve(rom),
        input,
        "900",
        values.frames,
      ],
      { cwd: folder },
    );
    if (exitCode !== 0) throw new Error(stderr.toString());
    const file = readdirSync(folder).find((name) => name.endsWith(".cpuprofile"));
    if (file === undefined) throw new Error("the profiler wrote nothing");
    return JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Microseconds by part, and by function within the machine. */
function sumUp(profile: Profile): { parts: Map<string, number>; functions: Map<string, number> } {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const { functionName, url } = frames.get(id)!;
    if (!url.includes("/src/emu/")) return;
    const us = profile.timeDeltas[index]!;
    const part = PARTS.find(([, files]) => files.test(url))?.[0] ?? REST;
    const name = `${functionName} (${basename(url)})`;
    parts.set(part, (parts.get(part) ?? 0) + us);
    functions.set(name, (functions.get(name) ?? 0) + us);
  });
  return { parts, functions };
}

function shares(us: ReadonlyMap<string, number>): [name: string, percent: number][] {
  const total = [...us.values()].reduce((sum, value) => sum + value, 0);
  return [...us]
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => [name, Math.round((1000 * value) / total) / 10]);
}

/** A table of the parts in percent, a column for each ROM. */
function tableOfAll(): string {
  const roms = benchRoms().filter(({ path }) => existsSync(path));
  const columns = roms.map(({ path, input }) => new Map(shares(sumUp(record(path, input)).parts)));
  const rows = [...PARTS.map(([part]) => part), REST].map((part) => [
    part,
    ...columns.map((column) => String(Math.round(column.get(part) ?? 0))),
  ]);
  return markdownTable(["part", ...roms.map(({ path }) => basename(path, ".nes"))], rows);
}

function printOne(): void {
  const { parts, functions } = sumUp(record(values.rom, readFileSync(values.input, "utf8")));
  if (values.json) {
    const byName = {
      parts: Object.fromEntries(shares(parts)),
      functions: Object.fromEntries(shares(functions)),
    };
    console.log(JSON.stringify(byName));
    return;
  }
  const show = ([name, percent]: [string, number]): void =>
    console.log(`${percent.toFixed(1).padStart(5)} %  ${name}`);
  shares(parts).forEach(show);
  console.log();
  shares(functions).slice(0, 15).forEach(show);
}

if (values.all) console.log(tableOfAll());
else printOne();
