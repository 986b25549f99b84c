import type { InstructionSpy } from "./observer.ts";
import type { PlaceMap } from "./place-map.ts";

/** Stores the last instructions, to show how the program got to a failure. */
export class Trace implements InstructionSpy {
  readonly #pcs: Uint16Array;
  #count = 0;

  constructor(instructions = 4096) {
    this.#pcs = new Uint16Array(instructions);
  }

  before(pc: number): void {
    this.#pcs[this.#count++ % this.#pcs.length] = pc;
  }

  /** The last `lines` places, newest last. Repeated places are listed once with a count. */
  describe(places: PlaceMap, lines: number): string[] {
    const shown: { text: string; pc: number; times: number }[] = [];
    const kept = Math.min(this.#count, this.#pcs.length);
    for (let back = 1; back <= kept && shown.length <= lines; back++) {
      const pc = this.#pcs[(this.#count - back) % this.#pcs.length]!;
      // Compare with the last two places, or loops of two instructions would fill the trace.
      const same = shown.slice(-2).find((entry) => entry.pc === pc);
      if (same !== undefined) same.times++;
      else shown.push({ text: places.describe(pc), pc, times: 1 });
    }
    return shown
      .slice(0, lines)
      .reverse()
      .map(({ text, times }) => (times === 1 ? text : `${text} × ${times}`));
  }
}
