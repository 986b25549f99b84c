/**
 * A machine that records when its input has changed, and shows a moving block, so that every frame has some
 * bytes.
 */
import { appendFileSync } from "node:fs";
import type { Arena } from "../../../src/emu/arena.ts";
import type { MachineSource } from "../../../src/io/thread/machine-source.ts";
import { serveMachine } from "../../../src/io/thread/machine-thread.ts";
import { fakeSource } from "../fake-emu-worker.ts";
import { FakeMachine } from "../fake-machine.ts";
import { sharedMicroseconds } from "./clock.ts";

const WIDTH = 256;
const HEIGHT = 240;
const BLOCK = 16;
const BACKGROUND = 0x21;
const BLOCK_COLOR = 0x16;

class LatchingMachine extends FakeMachine {
  readonly #log: string;
  readonly #unseen = new Uint16Array(WIDTH * HEIGHT);
  #buttons = 0;

  constructor(arena: Arena, log: string) {
    super(arena);
    this.#log = log;
  }

  override runFrame(pixels?: Uint16Array): void {
    const now = sharedMicroseconds();
    super.runFrame(this.#unseen);
    if (pixels === undefined) return;
    pixels.fill(BACKGROUND);
    const left = this.frame % (WIDTH - BLOCK);
    for (let y = BLOCK; y < 2 * BLOCK; y++)
      pixels.fill(BLOCK_COLOR, y * WIDTH + left, y * WIDTH + left + BLOCK);
    if (this.latchedButtons === this.#buttons) return;
    this.#buttons = this.latchedButtons;
    appendFileSync(this.#log, `${now} latched ${this.#buttons}\n`);
  }
}

if (!Bun.isMainThread) serveMachine((arena, payload) => new LatchingMachine(arena, payload as string));

/** Records in the file `log`. */
export function latchingSource(log: string): MachineSource {
  return { ...fakeSource(), worker: new URL(import.meta.url), payload: log };
}
