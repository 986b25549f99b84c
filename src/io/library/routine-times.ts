import type { RoutineRun } from "./routines.ts";

/** What a routine may take. */
export interface Budget {
  /** CPU cycles of one run, interrupts in between left out. */
  readonly maxCycles?: number;
  /** The line of the picture by whose end a run must be done; 241 to 260 are vertical blank (NTSC). */
  readonly lastLine?: number;
  /** Lines that one run may take. */
  readonly maxLines?: number;
}

/** CPU cycles of a line: 341 dots, three a cycle. */
const CYCLES_PER_LINE = 341 / 3;
const MIN_LINES_PER_FRAME = 262;
const VBLANK_LINE = 241;

/** Every run of a routine since it has been measured. */
export class RoutineTimes {
  readonly name: string;
  /** Ends the measuring. */
  stop: () => void = () => {};
  readonly #runs: RoutineRun[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get runs(): readonly RoutineRun[] {
    return this.#runs;
  }

  /** Cycles of the shortest and the longest run; 0 when there was none. */
  get minCycles(): number {
    return this.#runs.reduce((least, run) => Math.min(least, run.cycles), this.#runs[0]?.cycles ?? 0);
  }

  get maxCycles(): number {
    return this.#runs.reduce((most, run) => Math.max(most, run.cycles), 0);
  }

  get meanCycles(): number {
    return this.#runs.reduce((sum, run) => sum + run.cycles, 0) / Math.max(1, this.#runs.length);
  }

  /** For the game: the routine has returned. */
  add(run: RoutineRun): void {
    this.#runs.push(run);
  }
}

/** What a run has taken too much of, in words; undefined when it is within the budget. */
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

/** Frames begin with vertical blank, so its lines come before those of the picture. */
function orderOf(line: number): number {
  return line >= VBLANK_LINE ? line - 1000 : line;
}
