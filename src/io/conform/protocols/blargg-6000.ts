import type { Machine } from "../../../emu/machine.ts";
import type { Bench, Outcome } from "../types.ts";
import { timeout } from "../types.ts";
import { condense } from "./screen.ts";

const STATUS = 0x6000;
const MAGIC = [0xde, 0xb0, 0x61];
const TEXT = 0x6004;
const TEXT_BYTES_MAX = 0x1ffc;
const RUNNING = 0x80;
const WANTS_RESET = 0x81;
const RESET_DELAY_MS = 100;
/** A result that the program was never seen to work for counts once it has stood this long. */
const UNSEEN_RESULT_FRAMES = 60;

/** Whether the three bytes behind the status say that there is a status. */
export function hasBlarggMagic(machine: Machine): boolean {
  return MAGIC.every((byte, i) => machine.peek("cpu", STATUS + 1 + i) === byte);
}

/**
 * The protocol of blargg's later tests: a status at $6000, the reason as text from $6004. The program
 * may ask for the reset button, which is pressed 100 ms later, as often as it asks.
 */
export function gradeBlargg6000(bench: Bench): Outcome {
  const nes = bench.powerOn();
  const resetDelayFrames = Math.ceil((RESET_DELAY_MS / 1000) * nes.geometry.frameRateHz);
  let waitingFrames = 0;
  let resultFrames = 0;
  let seenRunning = false;
  while (bench.frames < bench.spec.maxFrames) {
    bench.runFrame();
    if (!hasBlarggMagic(nes)) continue;
    const status = nes.peek("cpu", STATUS);
    if (status === WANTS_RESET) {
      seenRunning = true;
      waitingFrames++;
      if (waitingFrames <= resetDelayFrames) continue;
      nes.reset("reset");
      // The program takes some frames to start anew: only an $81 that it writes then is another request.
      nes.poke("cpu", STATUS, RUNNING);
      waitingFrames = 0;
    } else if (status >= RUNNING) {
      seenRunning = true;
      waitingFrames = 0;
    } else {
      resultFrames++;
      if (seenRunning || resultFrames >= UNSEEN_RESULT_FRAMES) return verdict(status, blarggText(nes));
    }
  }
  if (!hasBlarggMagic(nes)) return timeout(bench.frames, "no result at $6000");
  return timeout(bench.frames, condense(blarggText(nes)));
}

function verdict(status: number, text: string): Outcome {
  if (status === 0) return { verdict: "pass", detail: condense(text) };
  return { verdict: "fail", detail: `code ${status}: ${condense(text)}` };
}

/** The text at $6004, without the escape sequences that some tests colour it with. */
function blarggText(machine: Machine): string {
  let text = "";
  for (let i = 0; i < TEXT_BYTES_MAX; i++) {
    const byte = machine.peek("cpu", TEXT + i);
    if (byte === 0) break;
    text += byte === 0x0a || byte === 0x1b || (byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(byte) : " ";
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replaceAll("\u001b", "");
}
