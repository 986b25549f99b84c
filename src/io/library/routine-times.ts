import type { RoutineRun } from "./routines.ts";

/** Limits on one run of a routine. */
export interface Budget {
  /** CPU cycles of one run, without interrupts in between. */
  readonly maxCycles?: number;
  /** The PPU line by whose end a run must have returned; 241 to 260 are vertical blank (NTSC). */
  readonly lastLine?: number;
  /** Lines that one run may take. */
  readonly maxLines?: number;
}

/** CPU cycles of a line: 341 dots, three per cycle. */
const CYCLES_PER_LINE = 341 / 3;
const MIN_LINES_PER_FRAME = 262;
const VBLANK_LINE = 241;

/** All measured runs of a routine. */
export class RoutineTimes {
  readonly name: string;
  /** Stops measuring. */
  stop: () => void = () => {};
  readonly #runs: RoutineRun[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get runs(): readonly RoutineRun[] {
    return this.#runs;
  }

  /** Cycles of the shortest run; 0 if there was none. */
  get minCycles(): number {
    return this.#runs.reduce((least, run) => Math.min(least, run.cycles), this.#runs[0]?.cycles ?? 0);
  }

  get maxCycles(): number {
    return this.#runs.reduce((most, run) => Math.max(most, run.cycles), 0);
  }

  get meanCycles(): number {
    return this.#runs.reduce((sum, run) => sum + run.cycles, 0) / Math.max(1, this.#runs.length);
  }

  /** Called by the game when the routine has returned. */
  add(run: RoutineRun): void {
    this.#runs.push(run);
  }
}

/** Describes how a run exceeds the budget; undefined if it does not. */
export function checkBudget(run: RoutineRun, budget: Budget): string | undefined {
  const { maxCycles, lastLine, maxLines } = budget;
  const from = `in frame ${run.frame}, from line ${run.startLine} to ${run.endLine}`;
  if (maxCycles !== undefined && run.cycles > maxCycles) {
    return `took ${run.cycles} cycles, ${run.cycles - maxCycles} more than ${maxCycles}, ${from}`;
  }
  const lines = run.elapsedCycles / CYCLES_PER_LINE;
  if (maxLines !== undefined && lines > maxLines) {
    return `took ${lines.toFixed(1)} lines, more than ${maxLines}, ${from}`;
  }
  const isLate = lastLine !== undefined && orderOf(run.endLine) > orderOf(lastLine);
  if (lastLine !== undefined && (isLate || lines > MIN_LINES_PER_FRAME)) {
    return `ended in line ${run.endLine}, after line ${lastLine}, ${from}`;
  }
  return undefined;
}

/** The order of a line in its frame. Frames begin with vertical blank, so its lines come first. */
function orderOf(line: number): number {
  return line >= VBLANK_LINE ? line - 1000 : line;
}
