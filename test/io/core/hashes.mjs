// Runs in Node, Deno and Bun: `hashes.mjs CORE ROM FRAMES INPUT` prints a JSON list of CRC-32s per frame.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";

const [core, rom, frames, input] = process.argv.slice(2);
const { load } = await import(pathToFileURL(core).href);
const nes = load(new Uint8Array(readFileSync(rom)));
const script = new Map(JSON.parse(input));
const checksum = crc32 ?? Bun.hash.crc32;
const hashes = [];
let state;
for (let frame = 0; frame < Number(frames); frame++) {
  if (script.has(frame)) nes.setButtons(0, script.get(frame));
  // A round trip through a state changes nothing.
  if (frame === 300) state = nes.saveState();
  if (frame === 310) {
    nes.loadState(state);
    for (let again = 300; again < 310; again++) nes.runFrame();
  }
  nes.runFrame();
  hashes.push(checksum(new Uint8Array(nes.pixels.buffer)).toString(16).padStart(8, "0"));
}
console.log(JSON.stringify(hashes));
