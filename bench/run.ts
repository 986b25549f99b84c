/**
 * Measures what `emu run` costs in real time: the CPU time of each of its threads, as the kernel counts it,
 * in a pseudo terminal that reads everything at once, or with `--xterm` in a real xterm under Xvfb.
 *
 *   bun bench/run.ts [rom] [--input FILE] [--settle SECONDS] [--seconds N] [--columns N] [--rows N] [--json]
 *                    [--xterm] [-- OPTIONS of emu run]
 *
 * Threads are measured after `--settle` seconds (default 40), when the JIT has compiled most of the machine.
 * Without a ROM the built-in game plays itself. Linux only.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pty } from "../test/support/pty.ts";
import { markdownTable } from "./markdown.ts";
import { x11 } from "./screens/displays.ts";

const ROOT = join(import.meta.dir, "..");
/** The unit of times in /proc. */
const TICKS_PER_SECOND = 100;
/** Fields 14 and 15 of /proc/PID/stat, counted from the state, field 3, which follows the name. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    input: { type: "string" },
    settle: { type: "string", default: "40" },
    seconds: { type: "string", default: "20" },
    columns: { type: "string", default: "128" },
    rows: { type: "string", default: "61" },
    json: { type: "boolean", default: false },
    xterm: { type: "boolean", default: false },
  },
});
const isRom = positionals[0]?.startsWith("-") === false;
const [rom, options] = isRom ? [positionals[0]!, positionals.slice(1)] : [undefined, positionals];
const input = values.input ?? (rom === undefined ? join(ROOT, "docs/swingby-input.json") : undefined);

interface Thread {
  readonly name: string;
  readonly ticks: number;
}

/** The threads of a process by their ids. */
function threadsOf(pid: number): Map<string, Thread> {
  const threads = new Map<string, Thread>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const name = Number(tid) === pid ? "main" : stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    threads.set(tid, { name, ticks: Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]) });
  }
  return threads;
}

/** The process that `setsid` has become, or has started. */
function playerOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
  return command.startsWith("setsid") && children[0] !== "" ? Number(children[0]) : pid;
}

const command = [process.execPath, join(ROOT, "src/cli/main.ts"), "run", ...(rom === undefined ? [] : [rom])];
const play = input === undefined ? [] : ["--input", input];
const argv = [...command, ...play, ...options];
const size = { columns: Number(values.columns), rows: Number(values.rows) };

/** The terminal that emu runs in. */
interface Place extends AsyncDisposable {
  /** emu's process. */
  readonly pid: number;
  /** The terminal's own process, if it has one. */
  readonly terminal?: number;
}

/** Starts emu in a pseudo terminal, and waits. */
async function inPty(): Promise<Place> {
  const pty = new Pty(argv, size);
  await Bun.sleep(1000 * Number(values.settle));
  return { pid: playerOf(pty.process.pid), [Symbol.asyncDispose]: () => pty[Symbol.asyncDispose]() };
}

/** Starts emu in an xterm with a small font, with files of its own, and waits. */
async function inXterm(): Promise<Place> {
  const display = await x11();
  const home = mkdtempSync(join(tmpdir(), "emu-run-"));
  const geometry = `${size.columns}x${size.rows}+0+0`;
  const look = ["-b", "0", "+sb", "-fa", "DejaVu Sans Mono", "-fs", "7", "-geometry", geometry];
  const xterm = display.start(["xterm", ...look, "-e", ...argv], {
    XDG_CONFIG_HOME: home,
    XDG_STATE_HOME: home,
    XDG_DATA_HOME: home,
  });
  let emu = 0;
  const close = async () => {
    xterm.kill();
    await xterm.exited;
    // emu keeps the player's place in the folder before it ends.
    while (emu > 0 && existsSync(`/proc/${emu}`)) await Bun.sleep(50);
    await display.close();
    rmSync(home, { recursive: true, force: true });
  };
  await Bun.sleep(1000 * Number(values.settle));
  emu = Number(readFileSync(`/proc/${xterm.pid}/task/${xterm.pid}/children`, "utf8").trim().split(" ")[0]);
  if (emu > 0) return { pid: emu, terminal: xterm.pid, [Symbol.asyncDispose]: close };
  await close();
  throw new Error("emu does not run in xterm");
}

/** Bytes that a process has written, mostly to its terminal. */
function bytesWritten(pid: number): number {
  return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
}

function ticksOf(pid: number): number {
  return [...threadsOf(pid).values()].reduce((sum, { ticks }) => sum + ticks, 0);
}

await using place = await (values.xterm ? inXterm() : inPty());
const { pid, terminal } = place;
const before = threadsOf(pid);
const terminalBefore = terminal === undefined ? 0 : ticksOf(terminal);
const bytesBefore = bytesWritten(pid);
const startMs = performance.now();
await Bun.sleep(1000 * Number(values.seconds));
const after = threadsOf(pid);
const seconds = (performance.now() - startMs) / 1000;
const terminalTicks = terminal === undefined ? 0 : ticksOf(terminal) - terminalBefore;

const shares = [...after]
  .map(([tid, { name, ticks }]) => {
    const percent = (ticks - (before.get(tid)?.ticks ?? 0)) / TICKS_PER_SECOND / seconds;
    return { thread: name, percent: 100 * percent };
  })
  .filter(({ percent }) => percent > 0)
  .sort((a, b) => b.percent - a.percent);
const total = shares.reduce((sum, { percent }) => sum + percent, 0);
const kilobytesPerSecond = (bytesWritten(pid) - bytesBefore) / 1000 / seconds;
const terminalPercent = (100 * terminalTicks) / TICKS_PER_SECOND / seconds;
if (values.json) console.log(JSON.stringify({ shares, total, kilobytesPerSecond, terminalPercent }));
else {
  const rows = shares.map(({ thread, percent }) => [thread, percent.toFixed(1)]);
  console.log(markdownTable(["thread", "% of a core"], [...rows, ["whole process", total.toFixed(1)]]));
  console.log(`\n${kilobytesPerSecond.toFixed(0)} kB of output a second`);
  if (terminal !== undefined) console.log(`xterm itself: ${terminalPercent.toFixed(1)} % of a core`);
}
