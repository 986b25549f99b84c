import { HOOK_CPU_TIME } from "../../src/emu/nes/cartridge/board.ts";
import { type InterruptLines, IRQ_BOARD, NEVER } from "../../src/emu/nes/interrupts.ts";

/** A board whose events, sorted by cycle, move the interrupt lines. */
export class LineBoard {
  readonly hooks = HOOK_CPU_TIME;
  nextEventCycle = NEVER;
  readonly #lines: InterruptLines;
  readonly #events: (readonly [cycle: number, kind: number])[] = [];

  constructor(lines: InterruptLines) {
    this.#lines = lines;
  }

  schedule(cycle: number, kind: number): void {
    this.#events.push([cycle, kind]);
    this.#events.sort(([a], [b]) => a - b);
    this.nextEventCycle = this.#events[0]![0];
  }

  /** Events happen by the end of their cycle. */
  runTo(cycle: number): void {
    while (this.nextEventCycle <= cycle) {
      const [at, kind] = this.#events.shift()!;
      this.nextEventCycle = this.#events[0]?.[0] ?? NEVER;
      this.move(at, kind);
    }
  }

  move(cycle: number, kind: number): void {
    const lines = this.#lines;
    if (kind === 0) lines.assertIrq(IRQ_BOARD, cycle);
    else if (kind === 1) lines.clearIrq(IRQ_BOARD, cycle);
    else if (kind === 2) lines.nmiFall(cycle);
    else lines.nmiRise(cycle);
  }
}
