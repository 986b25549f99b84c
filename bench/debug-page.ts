/**
 * Measures the debugger's page in headless Chromium, with the picture alone and with more viewers open, while
 * the game runs at its own rate: frames and drawn pictures per second, and the CPU time of emu per frame and
 * of the page's main thread per picture. At 60 frames per second both have 16.7 ms. Linux only.
 * Usage: bun bench/debug-page.ts [game.nes] [--seconds N]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BrowserPage } from "../test/support/chromium.ts";

const ROOT = join(import.meta.dir, "..");
/** Clock ticks per second of /proc. */
const TICKS_PER_SECOND = 100;
const VIEWERS = ["memory", "events", "nametables", "patterns", "sprites", "palettes"];
const CASES: readonly (readonly [name: string, viewers: readonly string[]])[] = [
  ["picture", []],
  ["events, nametables, patterns", ["events", "nametables", "patterns"]],
  ["memory, events, nametables", ["memory", "events", "nametables"]],
  ["six viewers", VIEWERS],
];

const secondsAt = process.argv.indexOf("--seconds");
const seconds = secondsAt < 0 ? 10 : Number(process.argv[secondsAt + 1]);
const game = process.argv.slice(2).find((argument) => argument.endsWith(".nes")) ?? "roms/swingby.nes";

const child = Bun.spawn([process.execPath, "src/cli/main.ts", "debug", game, "--no-open"], {
  cwd: ROOT,
  stdout: "pipe",
  stderr: "inherit",
});
const reader = child.stdout.getReader();
const { value } = await reader.read();
const url = new TextDecoder().decode(value).replace("debugger: ", "").trim();
const page = await BrowserPage.open("about:blank");
const size = { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false };
await page.send("Emulation.setDeviceMetricsOverride", size);
await page.send("Page.navigate", { url });
await page.until("document.querySelector('#code .codeRow')");
await page.click("[aria-label='Continue or pause']");

/** Fields of a line of /proc/PID/stat from the state on. */
function statOf(path: string): readonly string[] {
  return readFileSync(path, "utf8").split(") ").at(-1)!.split(" ");
}

/** Seconds of CPU time of a process or thread. */
function cpuSeconds(path: string): number {
  const fields = statOf(path);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The processes of this bench that draw pages: descendants with --type=renderer. */
function renderers(): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map<string, string>();
  for (const pid of pids) {
    if (existsSync(`/proc/${pid}/stat`)) parents.set(pid, statOf(`/proc/${pid}/stat`)[1]!);
  }
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  return [...parents.keys()].filter(
    (pid) => isOurs(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer"),
  );
}

async function sample() {
  const { drawn, frame } = (await page.evaluate(
    "({ drawn: emuDebug.snapshots.drawn, frame: emuDebug.snapshots.latest.header.frame })",
  )) as { drawn: number; frame: number };
  const cpu = cpuSeconds(`/proc/${child.pid}/stat`);
  // The first thread of a renderer is the page's main thread.
  const threads = renderers().map((pid) => cpuSeconds(`/proc/${pid}/task/${pid}/stat`));
  return { at: performance.now(), drawn, frame, cpu, page: threads.reduce((sum, each) => sum + each, 0) };
}

console.log("| viewers | frames per second | pictures | emu, CPU ms per frame | page, CPU ms per picture |");
console.log("| --- | --- | --- | --- | --- |");
for (const [name, viewers] of CASES) {
  await page.evaluate(`for (const button of document.querySelectorAll(".switches button")) {
    const wanted = ${JSON.stringify(viewers)}.includes(button.textContent.toLowerCase());
    if (wanted !== (button.ariaPressed === "true")) button.click();
  }`);
  await Bun.sleep(1000);
  const before = await sample();
  await Bun.sleep(1000 * seconds);
  const after = await sample();
  const took = (after.at - before.at) / 1000;
  const rate = (key: "drawn" | "frame") => ((after[key] - before[key]) / took).toFixed(1);
  const cost = (key: "cpu" | "page", per: "drawn" | "frame") =>
    ((1000 * (after[key] - before[key])) / (after[per] - before[per])).toFixed(1);
  console.log(
    `| ${name} | ${rate("frame")} | ${rate("drawn")} | ${cost("cpu", "frame")} | ${cost("page", "drawn")} |`,
  );
}
await page.close();
child.kill();
await child.exited;
