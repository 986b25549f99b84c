/**
 * Frames per second, picture and sound produced, of emu and its peers: jsnes 3 in the same Bun, and
 * Nestopia's libretro core (Debian: `apt-get install libretro-nestopia`). Rounds are interleaved A B C A B C;
 * the warm-up, in which scripted input brings games into play, is not counted, nor is the first of two
 * playings of the session, from which the JITs learn.
 *
 *   bun bench/peers.ts [--rounds N] [--frames N] [--json] [name...]
 *
 * Names choose from the list of ROMs. ROMs of the oracles are found by EMU_SHARED (default ../shared).
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { PEER_NAMES, type PeerName } from "./peers/peer.ts";

const ROOT = join(import.meta.dir, "..");
const SHARED = process.env.EMU_SHARED ?? join(ROOT, "../shared");
/** Longer than every input script: what is measured is play, or a test at work. */
const WARM_UP_FRAMES = 900;

interface Subject {
  readonly path: string;
  /** Input as JSON. */
  readonly input: string;
}

interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

type Row = { readonly rom: string } & { readonly [name in PeerName]?: Range };

function subjects(): Subject[] {
  const golden = (name: string): string => {
    const path = join(SHARED, "golden", `${name.toLowerCase()}.json`);
    return existsSync(path) ? JSON.stringify(JSON.parse(readFileSync(path, "utf8")).input.play) : "[]";
  };
  const game = (name: string): Subject => ({
    path: join(SHARED, "roms/games", `${name}.nes`),
    input: golden(name),
  });
  return [
    game("lj65"),
    game("croom"),
    game("BladeBuster"),
    { path: join(SHARED, "roms/accuracycoin/AccuracyCoin.nes"), input: "[[100, 8], [104, 0]]" },
    { path: join(SHARED, "roms/nes-test-roms/other/nestest.nes"), input: "[[60, 8], [64, 0]]" },
    {
      path: join(ROOT, "roms/swingby.nes"),
      input: readFileSync(join(ROOT, "docs/swingby-input.json"), "utf8"),
    },
  ];
}

/** One round; undefined when the emulator is not on this machine. */
function runRound(peer: PeerName, { path, input }: Subject, frames: number): number | undefined {
  const { exitCode, stdout, stderr } = Bun.spawnSync([
    process.execPath,
    join(import.meta.dir, "peers/round.ts"),
    peer,
    path,
    input,
    String(WARM_UP_FRAMES),
    String(frames),
  ]);
  const text = stdout.toString().trim();
  if (exitCode !== 0) throw new Error(`${peer}: ${stderr}`);
  // Nestopia writes to standard output while it loads.
  const last = text.split("\n").at(-1);
  return last === "absent" ? undefined : Number(last);
}

function range(rounds: readonly number[]): Range {
  const sorted = rounds.toSorted((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return { median: round(sorted[sorted.length >> 1]!), min: round(sorted[0]!), max: round(sorted.at(-1)!) };
}

function measure(all: readonly Subject[], rounds: number, frames: number): Row[] {
  return all.map((subject) => {
    const results = new Map<PeerName, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const peer of PEER_NAMES) {
        const fps = runRound(peer, subject, frames);
        if (fps !== undefined) results.set(peer, [...(results.get(peer) ?? []), fps]);
      }
    }
    const ranges = [...results].map(([peer, values]) => [peer, range(values)] as const);
    return { rom: basename(subject.path), ...Object.fromEntries(ranges) };
  });
}

function table(rows: readonly Row[]): string {
  const cell = (value: Range | undefined): string =>
    value === undefined ? "absent" : `${value.median} (${value.min}–${value.max})`;
  const ratio = (row: Row, peer: PeerName): string => {
    const [ours, theirs] = [row.emu?.median, row[peer]?.median];
    return ours === undefined || theirs === undefined ? "" : (ours / theirs).toFixed(2);
  };
  const lines = rows.map((row) => {
    const cells = [row.rom, ...PEER_NAMES.map((peer) => cell(row[peer]))];
    return `| ${[...cells, ratio(row, "jsnes"), ratio(row, "nestopia")].join(" | ")} |`;
  });
  const head = ["ROM", ...PEER_NAMES, "emu / jsnes", "emu / nestopia"];
  const means = (["jsnes", "nestopia"] as const).map((peer) => {
    const ratios = rows.map((row) => Number(ratio(row, peer))).filter((value) => value > 0);
    if (ratios.length === 0) return `${peer}: absent`;
    return `${peer}: ${Math.exp(ratios.reduce((sum, value) => sum + Math.log(value), 0) / ratios.length).toFixed(2)}`;
  });
  const rule = head.map(() => "---");
  return [
    `| ${head.join(" | ")} |`,
    `| ${rule.join(" | ")} |`,
    ...lines,
    "",
    `Geometric mean of emu against ${means.join(", ")}`,
    "",
  ].join("\n");
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    frames: { type: "string", default: "600" },
    json: { type: "boolean", default: false },
  },
});
const wanted = subjects().filter(({ path }) => {
  if (!existsSync(path)) console.error(`absent: ${basename(path)}`);
  return existsSync(path) && (positionals.length === 0 || positionals.some((name) => path.includes(name)));
});
const rows = measure(wanted, Number(values.rounds), Number(values.frames));
process.stdout.write(values.json ? `${JSON.stringify({ roms: rows }, null, 2)}\n` : table(rows));
