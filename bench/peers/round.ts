/**
 * One round of one emulator in a process of its own, so that none profits or suffers from another's JIT:
 *   bun bench/peers/round.ts <emulator> <rom> <input JSON> <warm-up frames> <frames>
 * Prints frames per second, or "absent".
 */
import { readFileSync } from "node:fs";

import { timeRound } from "../../src/io/bench/frame-rate.ts";
import { parseJsonMovie } from "../../src/io/movies/json-movie.ts";
import { startEmu } from "./emu.ts";
import { startJsnes } from "./jsnes.ts";
import { startNestopia } from "./nestopia.ts";
import type { PeerName, StartPeer } from "./peer.ts";

const START: Readonly<Record<PeerName, StartPeer>> = {
  emu: startEmu,
  jsnes: startJsnes,
  nestopia: startNestopia,
};

const [name = "emu", path = "", input = "[]", warmUp = "0", frames = "0"] = process.argv.slice(2);
const script = parseJsonMovie(input).input;

/** Plays the session from power-on; returns frames per second after the warm-up. */
function play(): number | undefined {
  const peer = START[name as PeerName](readFileSync(path), path);
  if (peer === undefined) return undefined;
  let frame = 0;
  const runFrame = (): void => {
    peer.press(script.maskAt(frame++));
    peer.runFrame();
  };
  timeRound(runFrame, Number(warmUp));
  return timeRound(runFrame, Number(frames));
}

// A JIT knows the session only once it has been played: the second time counts. Native code needs no such thing.
if (name !== "nestopia") play();
console.log(play() ?? "absent");
process.exit(0);
