import { condense } from "../screen.ts";
import type { Bench, Outcome, Subject } from "../types.ts";
import { jammed, timeout } from "../types.ts";

const STATUS = 0x6000;
const HEADER_BYTES = 4;
const MAGIC = [0xde, 0xb0, 0x61];
const TEXT = 0x6004;
const MAX_TEXT_BYTES = 0x1ffc;
/** The text is read in pieces of this size. Most texts are shorter than one. */
const TEXT_BYTES_AT_ONCE = 0x200;
const RUNNING = 0x80;
/** Means that $6000 holds no status, since there is no magic after it. */
const NO_STATUS = 0x100;
const WANTS_RESET = 0x81;
const RESET_DELAY_MS = 100;
/** If the status "running" was never seen, a result counts after it has not changed for this long. */
const UNSEEN_RESULT_FRAMES = 60;

/** Returns true if the three bytes after the status are the magic that marks it as valid. */
export async function hasBlarggMagic(subject: Subject): Promise<boolean> {
  return isMagic(await subject.peek("cpu", STATUS, HEADER_BYTES));
}

function isMagic(header: Uint8Array): boolean {
  return MAGIC.every((byte, i) => header[1 + i] === byte);
}

/**
 * The protocol of blargg's later tests: a status at $6000, the reason as text from $6004. Whenever the
 * program asks for a reset, the reset button is pressed 100 ms later.
 */
export async function gradeBlargg6000(bench: Bench): Promise<Outcome> {
  const subject = await bench.powerOn();
  const resetDelayFrames = Math.ceil((RESET_DELAY_MS / 1000) * subject.frameRateHz);
  let waitingFrames = 0;
  let resultFrames = 0;
  let seenRunning = false;
  while (bench.frames < bench.spec.maxFrames) {
    await bench.runFrame();
    const header = await subject.peek("cpu", STATUS, HEADER_BYTES);
    const status = isMagic(header) ? header[0]! : NO_STATUS;
    if (subject.jammed && status >= RUNNING && status !== WANTS_RESET) {
      return jammed(subject, status === NO_STATUS ? "" : condense(await blarggText(subject)));
    }
    if (status === NO_STATUS) continue;
    if (status === WANTS_RESET) {
      seenRunning = true;
      waitingFrames++;
      if (waitingFrames <= resetDelayFrames) continue;
      await subject.reset("reset");
      // The program takes some frames to restart. Only an $81 that it writes after that is a new request.
      await subject.poke("cpu", STATUS, RUNNING);
      waitingFrames = 0;
    } else if (status >= RUNNING) {
      seenRunning = true;
      waitingFrames = 0;
    } else {
      resultFrames++;
      if (seenRunning || resultFrames >= UNSEEN_RESULT_FRAMES) {
        return verdict(status, await blarggText(subject));
      }
    }
  }
  if (!(await hasBlarggMagic(subject))) return timeout(bench.frames, "no result at $6000");
  return timeout(bench.frames, condense(await blarggText(subject)));
}

function verdict(status: number, text: string): Outcome {
  if (status === 0) return { verdict: "pass", detail: condense(text) };
  return { verdict: "fail", detail: `code ${status}: ${condense(text)}` };
}

/** The text at $6004, without the escape sequences that some tests colour it with. */
async function blarggText(subject: Subject): Promise<string> {
  let text = "";
  for (let read = 0, isEnd = false; read < MAX_TEXT_BYTES && !isEnd; read += TEXT_BYTES_AT_ONCE) {
    const length = Math.min(TEXT_BYTES_AT_ONCE, MAX_TEXT_BYTES - read);
    for (const byte of await subject.peek("cpu", TEXT + read, length)) {
      isEnd = byte === 0;
      if (isEnd) break;
      const isText = byte === 0x0a || byte === 0x1b || (byte >= 0x20 && byte < 0x7f);
      text += isText ? String.fromCharCode(byte) : " ";
    }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replaceAll("\u001b", "");
}
