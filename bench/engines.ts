/**
 * Compares `emuterm/core` with jsnes 3 in the same engine: Bun, Node, Chromium and Firefox, as far as they
 * are installed. Each plays the built-in game with picture and sound, in new processes, interleaved.
 *
 *   bun bench/engines.ts [--rounds N] [--frames N] [--sessions N] [--rom FILE --input FILE]
 *
 * Rates are frames per second when the session is played for the last time: of the process's CPU time in Bun
 * and Node, of wall time in browsers, which do not report CPU time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BrowserPage, CHROMIUM } from "../test/support/chromium.ts";
import { FIREFOX, FirefoxPage } from "../test/support/firefox.ts";
import type { SessionRates } from "./engines/sessions.ts";
import { markdownTable } from "./markdown.ts";

const ROOT = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    frames: { type: "string", default: "1500" },
    sessions: { type: "string", default: "4" },
    rom: { type: "string", default: join(ROOT, "roms/swingby.nes") },
    input: { type: "string", default: join(ROOT, "docs/swingby-input.json") },
  },
});
const setup = `{ rom: Uint8Array.from(atob("${readFileSync(values.rom).toString("base64")}"), (c) => c.charCodeAt(0)),
  input: ${readFileSync(values.input, "utf8")}, frames: ${Number(values.frames)}, sessions: ${Number(values.sessions)} }`;
const CPU_CLOCK = "() => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; }";

const folder = mkdtempSync(join(tmpdir(), "emu-engines-"));
const { outputs } = await Bun.build({
  entrypoints: [join(import.meta.dir, "engines/sessions.ts")],
  target: "browser",
  format: "iife",
  minify: true,
});
const script = await outputs[0]!.text();

function inProcess(engine: string): SessionRates {
  const program = join(folder, "sessions.cjs");
  const code = `${script}\nconsole.log(JSON.stringify(playSessions(${setup}, ${CPU_CLOCK})));`;
  writeFileSync(program, code);
  const { exitCode, stdout, stderr } = Bun.spawnSync([engine, program]);
  if (exitCode !== 0) throw new Error(`${engine}: ${stderr}`);
  return JSON.parse(stdout.toString()) as SessionRates;
}

async function inPage(page: BrowserPage | FirefoxPage): Promise<SessionRates> {
  try {
    const code = `(() => { ${script}; return JSON.stringify(playSessions(${setup}, () => performance.now())); })()`;
    return JSON.parse(String(await page.evaluate(code))) as SessionRates;
  } finally {
    await page.close();
  }
}

const ENGINES: readonly (readonly [name: string, run: () => SessionRates | Promise<SessionRates>])[] = [
  ["Bun", () => inProcess(process.execPath)],
  ["Node", () => inProcess("node")],
  ...(CHROMIUM === undefined
    ? []
    : [["Chromium", async () => inPage(await BrowserPage.open("about:blank"))] as const]),
  ...(FIREFOX === undefined
    ? []
    : [["Firefox", async () => inPage(await FirefoxPage.open("about:blank"))] as const]),
];

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

try {
  const rates = new Map<string, SessionRates[]>();
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, run] of ENGINES) rates.set(name, [...(rates.get(name) ?? []), await run()]);
  const rows = [...rates].map(([name, rounds]) => [
    name,
    median(rounds.map(({ emu }) => emu)).toFixed(0),
    median(rounds.map(({ jsnes }) => jsnes)).toFixed(0),
    median(rounds.map(({ emu, jsnes }) => emu / jsnes)).toFixed(1),
  ]);
  console.log(markdownTable(["engine", "emu", "jsnes", "emu ÷ jsnes"], rows));
} finally {
  rmSync(folder, { recursive: true });
}
