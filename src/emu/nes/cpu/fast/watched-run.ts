import type { Nes } from "../../nes.ts";
import type { Interests } from "./interests.ts";
import { WatchedCpu } from "./watched-cpu.ts";

/** Runs a machine for observers that need not see every instruction. */
export class WatchedRun {
  readonly cpu: WatchedCpu;
  readonly #nes: Nes;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.cpu = new WatchedCpu(nes.cpu);
  }

  /** False for a machine that must run every instruction on its own, and for one of two consoles. */
  get isPossible(): boolean {
    return this.#nes.side === undefined && !this.#nes.stepsOnly;
  }

  /**
   * Runs to the end of the frame, or until an observer must see the next instruction or the interrupt that
   * has just followed one (`cpu.interrupted`). Returns true if the frame has ended. A frame that begins here
   * is drawn only if it has `pixels`, and has samples only if `isHeard`.
   */
  run(interests: Interests, pixels: Uint16Array | undefined, isHeard: boolean): boolean {
    const nes = this.#nes;
    this.cpu.interrupted = false;
    const { picture, midFrame } = nes;
    const into = pixels ?? (midFrame ? picture.current : picture.scratch);
    if (!midFrame || !picture.isIn(into)) nes.beginFrame(into, pixels !== undefined, isHeard);
    if (nes.frameEnd.isDue) return false;
    if (nes.cpu.jammed === 1) nes.fastCpu.runFrame();
    else this.cpu.run(interests);
    if (nes.ppu.frameDone === 0) return false;
    nes.endFrame();
    return true;
  }
}
