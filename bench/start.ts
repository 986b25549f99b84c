/**
 * Measures how long emu takes from its start to the first picture, the list of games or the help, with the
 * processor time of all its threads until then. Needs Linux.
 * Usage: bun bench/start.ts [--rounds N]
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pty } from "../test/support/pty.ts";
import { markdownTable } from "./markdown.ts";

const root = join(import.meta.dir, "..");
const MAIN = join(root, "src/cli/main.ts");
const ROM = join(root, "roms/swingby.nes");
const LIBRARY_FILES = 10_000;
const TIMEOUT_MS = 30_000;
/** Clock ticks of /proc. */
const TICK_MS = 10;

interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  /** What the terminal receives when the start is over; undefined: the program ends. */
  readonly shown?: RegExp;
}

/** A block element: part of a picture. */
const PICTURE = /[\u2580-\u259f]/;

const casesIn = (folder: string): readonly Case[] => [
  { name: "`emu --version`", argv: ["--version"] },
  { name: "`emu --help`", argv: ["--help"] },
  { name: "`emu run --help`", argv: ["run", "--help"] },
  { name: "`emu`, its list", argv: [], shown: /built in/ },
  {
    name: `\`emu FOLDER\` of ${LIBRARY_FILES.toLocaleString("en")} files, its list`,
    argv: [folder],
    shown: /built in/,
  },
  { name: "`emu game.nes`, its picture", argv: [ROM], shown: PICTURE },
  { name: "`emu run swingby`, its picture", argv: ["run", "swingby"], shown: PICTURE },
];

/** Milliseconds on the clock and of processor time from the start to what is `shown`. */
async function measure({ name, argv, shown }: Case): Promise<{ wallMs: number; cpuMs: number }> {
  const began = performance.now();
  await using pty = new Pty([process.execPath, MAIN, ...argv]);
  const { process: child } = pty;
  if (shown === undefined) {
    await child.exited;
    return { wallMs: performance.now() - began, cpuMs: Number(child.resourceUsage()!.cpuTime.total) / 1000 };
  }
  while (!shown.test(pty.output)) {
    if (performance.now() - began > TIMEOUT_MS) throw new Error(`${name}: nothing was shown`);
    await Bun.sleep(1);
  }
  const wallMs = performance.now() - began;
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").replace(/^.*\)/, "").trim().split(" ");
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  child.kill();
  await child.exited;
  return { wallMs, cpuMs };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), "emu-start-"));
try {
  const first = readFileSync(ROM);
  mkdirSync(join(folder, "games"));
  for (let i = 0; i < LIBRARY_FILES; i++)
    writeFileSync(join(folder, "games", `game ${i}.nes`), i % 100 === 0 ? first : `${i}`);
  copyFileSync(ROM, join(folder, "games", "swingby.nes"));
  const cases = casesIn(join(folder, "games"));
  const times = new Map(cases.map((each) => [each, [] as { wallMs: number; cpuMs: number }[]]));
  for (let round = 0; round < rounds; round++)
    for (const each of cases) times.get(each)!.push(await measure(each));
  const rows = cases.map((each) => {
    const all = times.get(each)!;
    const of = (key: "wallMs" | "cpuMs") => median(all.map((one) => one[key])).toFixed(0);
    return [each.name, of("wallMs"), of("cpuMs")];
  });
  console.log(markdownTable(["start", "ms", "ms of processor time"], rows));
} finally {
  rmSync(folder, { recursive: true });
}
