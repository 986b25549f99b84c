/**
 * Shows where a frame's time goes, by part of the machine. It adds up samples of Bun's CPU profiler by
 * source file.
 *
 *   bun bench/profile.ts [--rom FILE] [--input FILE] [--frames N] [--json]
 *
 * Without a ROM the built-in game plays itself.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

const ROOT = join(import.meta.dir, "..");
const SAMPLE_US = 200;

/** Parts, and their files in src/emu/nes. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ["CPU", /\/nes\/(cpu\/.*|bus|dma|interrupts)\.ts$/],
  ["picture, whole lines", /\/ppu\/fast\/(lines|line-.*|unseen-lines|sprite-counts|video-byte)\.ts$/],
  ["picture, cells of eight dots", /\/ppu\/fast\/(cells|cell-pixels|undisturbed)\.ts$/],
  ["picture, idle stretches and schedule", /\/ppu\/fast\//],
  ["picture, single dots and registers", /\/ppu\//],
  ["sound", /\/apu\//],
  ["cartridge", /\/cartridge\//],
];

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
  },
});

function record(): Profile {
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
        "emu",
        values.rom,
        readFileSync(values.input, "utf8"),
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
    const part = PARTS.find(([, files]) => files.test(url))?.[0] ?? "the rest";
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

const { parts, functions } = sumUp(record());
if (values.json) {
  console.log(
    JSON.stringify({
      parts: Object.fromEntries(shares(parts)),
      functions: Object.fromEntries(shares(functions)),
    }),
  );
} else {
  for (const [name, percent] of shares(parts)) console.log(`${percent.toFixed(1).padStart(5)} %  ${name}`);
  console.log();
  for (const [name, percent] of shares(functions).slice(0, 15)) {
    console.log(`${percent.toFixed(1).padStart(5)} %  ${name}`);
  }
}
