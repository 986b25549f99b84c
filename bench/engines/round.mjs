// Runs in Node and Bun: `round.mjs CORE ROM FRAMES INPUT` prints frames per second.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const SESSIONS = 5;

const [core, rom, frames, input] = process.argv.slice(2);
const { load } = await import(pathToFileURL(core).href);
const bytes = new Uint8Array(readFileSync(rom));
const script = new Map(JSON.parse(input));

/** Plays the session from power-on; returns frames per second. The time includes the compiler's threads. */
function play() {
  const nes = load(bytes);
  const start = process.cpuUsage();
  for (let frame = 0; frame < Number(frames); frame++) {
    if (script.has(frame)) nes.setButtons(0, script.get(frame));
    nes.runFrame();
  }
  const { user, system } = process.cpuUsage(start);
  return (1e6 * Number(frames)) / (user + system);
}

let rate = 0;
for (let session = 0; session < SESSIONS; session++) rate = play();
console.log(rate);
