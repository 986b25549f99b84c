/**
 * Prints the edges of one emulator's pictures, to check whether all emulators show the same scene:
 *   bun bench/peers/scenes.ts <emulator> <rom> <input JSON> <frame,frame,…>
 * Prints one `Outline` per frame as JSON in the last line, or "absent".
 */
import { readFileSync } from "node:fs";
import { parseJsonMovie } from "../../src/io/movies/json-movie.ts";
import { type Outline, outlineOf } from "./outline.ts";
import { PEERS, type PeerName } from "./peers.ts";

const [name = "emu", path = "", input = "[]", list = ""] = process.argv.slice(2);
const wanted = new Set(list.split(",").map(Number));
const script = parseJsonMovie(input).input;
const peer = PEERS[name as PeerName](readFileSync(path), path);
const outlines: Record<number, Outline> = {};
if (peer !== undefined) {
  for (let frame = 0; frame <= Math.max(...wanted); frame++) {
    peer.press(script.maskAt(frame));
    peer.runFrame();
    if (wanted.has(frame)) outlines[frame] = outlineOf(peer.picture());
  }
}
console.log(peer === undefined ? "absent" : JSON.stringify(outlines));
process.exit(0);
