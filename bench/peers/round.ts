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

/**
 * JITs compile the session while it is played. In the second one, a third of emu's time in BladeBuster is
 * still in code of JavaScriptCore's third tier; in the fourth, one percent is. Native code needs one session.
 */
const JIT_SESSIONS = 4;

function measure(): Round | undefined {
  const first = play();
  if (first === undefined || isNative(name as PeerName)) return first;
  let warm = first.warm;
  for (let session = 1; session < JIT_SESSIONS; session++) warm = play()!.warm;
  return { cold: first.cold, warm };
}

const round = measure();
console.log(round === undefined ? "absent" : JSON.stringify(round));
process.exit(0);
