/**
 * Measures the debugger's page in headless Chromium: pictures per second and the time in scripts, with the
 * picture alone and with more viewers open, while the game runs at its own rate. Linux only.
 * Usage: bun bench/debug-page.ts [game.nes] [--seconds N]
 */
import { readFileSync } from "node:fs";
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
await page.send("Performance.enable");
await page.send("Page.navigate", { url });
await page.until("document.querySelector('#code .codeRow')");
await page.click("[aria-label='Continue or pause']");

/** Seconds of CPU time of the debugger's process. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function metric(name: string): Promise<number> {
  const { metrics } = (await page.send("Performance.getMetrics")) as {
    metrics: { name: string; value: number }[];
  };
  return metrics.find((each) => each.name === name)?.value ?? 0;
}

async function sample() {
  const { drawn, frame } = (await page.evaluate(
    "({ drawn: emuDebug.snapshots.drawn, frame: emuDebug.snapshots.latest.header.frame })",
  )) as { drawn: number; frame: number };
  const [cpu, page_] = [cpuSeconds(), await metric("TaskDuration")];
  return { at: performance.now(), drawn, frame, cpu, page: page_ };
}

console.log(
  "| viewers | frames run per second | pictures per second | emu, of a core | page's main thread |",
);
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
  const share = (key: "cpu" | "page") => `${((100 * (after[key] - before[key])) / took).toFixed(0)} %`;
  console.log(`| ${name} | ${rate("frame")} | ${rate("drawn")} | ${share("cpu")} | ${share("page")} |`);
}
await page.close();
child.kill();
await child.exited;
