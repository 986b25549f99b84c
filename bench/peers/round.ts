/**
 * One round of one emulator in a process of its own, so that none profits or suffers from another's JIT:
 *   bun bench/peers/round.ts <emulator> <rom> <input JSON> <cold frames> <frames>
 * Prints a `Round` as JSON in the last line, or "absent". The first `cold frames` after power-on bring games
 * into play.
 */
import { readFileSync } from "node:fs";
import { parseJsonMovie } from "../../src/io/movies/json-movie.ts";
import { type Rates, timeFrames } from "./clocks.ts";
import { isNative, PEERS, type PeerName } from "./peers.ts";

/** Rates of the first frames of the process, and of frames in play after the JIT has compiled. */
export interface Round {
  readonly cold: Rates;
  readonly warm: Rates;
}

const [name = "emu", path = "", input = "[]", coldFrames = "0", frames = "0"] = process.argv.slice(2);
const script = parseJsonMovie(input).input;

/** Plays the session from power-on. */
function play(): Round | undefined {
  const peer = PEERS[name as PeerName](readFileSync(path), path);
  if (peer === undefined) return undefined;
  let frame = 0;
  const runFrame = (): void => {
    peer.press(script.maskAt(frame++));
    peer.runFrame();
  };
  const cold = timeFrames(runFrame, Number(coldFrames));
  return { cold, warm: timeFrames(runFrame, Number(frames)) };
}

function measure(): Round | undefined {
  const first = play();
  if (first === undefined || isNative(name as PeerName)) return first;
  // A JIT has compiled the session only after it was played once, so the second time counts. Native code
  // needs no second time.
  return { cold: first.cold, warm: play()!.warm };
}

const round = measure();
console.log(round === undefined ? "absent" : JSON.stringify(round));
process.exit(0);
