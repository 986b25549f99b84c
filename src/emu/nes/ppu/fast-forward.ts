import { DOTS_PER_LINE } from "../region.ts";
import { CELL_DOTS, SCREEN_HEIGHT } from "./cell-pixels.ts";
import { TAIL_DOTS } from "./cells.ts";
import { DATA_WRITE_DOTS } from "./data-port.ts";
import { LINE_DOTS } from "./line-batch.ts";
import { END_OF_READ_UNITS } from "./registers.ts";
import { Schedule } from "./schedule.ts";
import { MASK_RENDERING } from "./state.ts";

/**
 * Which dots need not be run one by one: undisturbed lines and cells, stretches in which nothing renders,
 * lone writes of $2007, and reads of $2002 whose flags do not change.
 */
export abstract class FastForward extends Schedule {
  /** True if undisturbed dots are run in batches; otherwise every dot takes the dot path. */
  protected abstract readonly batches: boolean;

  protected abstract runUntil(limit: number): void;
  protected abstract dotStep(): void;
  protected abstract halfStep(): void;

  protected override statusIsSteady(untilUnits: number): boolean {
    if (!this.batches) return false;
    this.settle(untilUnits - END_OF_READ_UNITS);
    for (;;) {
      const steadyUntilUnits = this.findSteadyUntil();
      if (untilUnits <= steadyUntilUnits) {
        this.steadyUntilUnits = steadyUntilUnits;
        return true;
      }
      // Later lines are looked at when these have passed without a change, but none past the read's start.
      const limit = Math.min(steadyUntilUnits, untilUnits - END_OF_READ_UNITS);
      const lineUnits = this.lineStartBefore(limit);
      if (lineUnits <= this.timeUnits) return false;
      this.runUntil(lineUnits);
    }
  }

  /** Time of the last dot 0 of a line up to `limit`; the present time if there is none. */
  protected lineStartBefore(limit: number): number {
    const lineUnits = DOTS_PER_LINE * this.dotUnits;
    const halfUnits = this.halfway === 1 ? this.dotUnits >> 1 : 0;
    const dotsLeft = this.dot === 0 ? 0 : DOTS_PER_LINE - this.dot;
    const nextUnits = this.timeUnits + halfUnits + dotsLeft * this.dotUnits;
    if (nextUnits > limit) return this.timeUnits;
    return nextUnits + Math.floor((limit - nextUnits) / lineUnits) * lineUnits;
  }

  /** Runs dots until a pending write or read has ended, but not past `limit`. */
  private settle(limit: number): void {
    const half = this.dotUnits >> 1;
    if (this.halfway === 1 && this.timeUnits < limit) this.halfStep();
    while (this.busy === 1 && this.timeUnits + half < limit) {
      this.dotStep();
      this.halfStep();
    }
  }

  /** The time until which the flags of $2002 do not change; 0 if that is unknown. */
  private findSteadyUntil(): number {
    if (this.vblank === 1 || this.overflowDelayed !== this.overflow) return 0;
    if (this.busy === 1 || this.halfway === 1 || this.sprite0HitPending !== 0) return 0;
    if ((this.mask & MASK_RENDERING) !== 0) {
      if (this.line < SCREEN_HEIGHT) return this.isUndisturbed() ? this.lineSteadyUntil() : 0;
      if (this.line === this.preRenderLine) return 0;
    }
    const inVblank = this.line >= this.region.vblankLine && this.line < this.preRenderLine;
    if (this.line === this.preRenderLine && this.dot < 2) return 0;
    return (
      this.timeUnits +
      (this.dotsTo(inVblank ? this.preRenderLine : this.region.vblankLine) - 1) * this.dotUnits
    );
  }

  /** Dots to the start of a line if no dot is skipped. */
  private dotsTo(line: number): number {
    const frameDots = DOTS_PER_LINE * this.region.linesPerFrame;
    const dots = (line - this.line) * DOTS_PER_LINE - this.dot;
    return dots < 0 ? dots + frameDots : dots;
  }

  /** Runs as many dots at once as it can before `limit`. Returns false if it can run none. */
  protected runBatch(limit: number): boolean {
    const dots = ((limit - this.timeUnits) / this.dotUnits) | 0;
    if (dots < 2) return false;
    if (this.busy === 1) return dots >= DATA_WRITE_DOTS && this.runDataWrite();
    if (this.line >= SCREEN_HEIGHT && this.line !== this.preRenderLine) return this.skipIdleDots(dots);
    if ((this.mask & MASK_RENDERING) === 0) return this.runIdleDots(dots);
    if (dots < TAIL_DOTS) return false;
    if (this.dot === 0 && dots >= DOTS_PER_LINE && this.canBatchLine()) {
      if (this.draws) this.batchLine();
      else this.passLines(dots);
    } else if (dots >= CELL_DOTS && this.canRunCell()) this.runCell();
    else if (this.canRunTail()) this.runTail();
    else return false;
    return true;
  }

  /** A write of $2007 in vertical blank, from its request to its end, when nothing else is under way. */
  private runDataWrite(): boolean {
    const { line, dot } = this;
    if (this.halfway === 1 || !this.isLoneWrite() || dot <= 2 || dot >= LINE_DOTS - DATA_WRITE_DOTS)
      return false;
    if (line < this.region.vblankLine || line >= this.preRenderLine) return false;
    const delays =
      this.scrollDelayDots |
      this.addressDelayDots |
      this.maskDelayDots |
      this.corruptionDelayDots |
      this.outputMaskDelayDots;
    const vblank = this.vblankPending | this.vblankSet | this.vblankSetLatch2 | this.statusRead;
    if ((delays | vblank | (this.vblankSetLatch1 ^ 1) | this.readEnable | this.addressLatchEnable) !== 0)
      return false;
    if (this.overflowDelayed !== this.overflow || this.sprite0HitPending !== 0 || this.fetchKind !== 0)
      return false;
    const rendering = (this.mask & MASK_RENDERING) !== 0 ? 1 : 0;
    if (rendering !== this.renderingDelayed || (rendering === 1 && this.oamBuffer !== this.oamBufferNext))
      return false;
    const startUnits = this.timeUnits;
    this.writeAtOnce();
    if (this.watchesA12) this.noteA12((this.addressBus >> 12) & 1, startUnits + this.dotUnits);
    this.stepAfterWrite(rendering === 0);
    if (this.watchesA12) this.noteA12((this.addressBus >> 12) & 1, startUnits + 4 * this.dotUnits);
    if (rendering === 0) this.renderingDots = 0;
    this.oamLatch = this.oamBuffer;
    this.busy = 0;
    this.dot = dot + DATA_WRITE_DOTS;
    this.timeUnits = startUnits + DATA_WRITE_DOTS * this.dotUnits;
    return true;
  }

  /** Runs at most `dots` dots of a line on which rendering is possible but off. */
  private runIdleDots(dots: number): boolean {
    if (this.line === this.preRenderLine && this.dot < 2) return false;
    const inTime = this.dot + dots;
    const last = inTime < LINE_DOTS ? inTime : LINE_DOTS;
    if (last <= this.dot || !this.isIdle()) return false;
    this.idleDots(last);
    return true;
  }

  /**
   * On lines that do not render nothing changes from dot to dot once writes are done. Runs at most `dots`
   * dots, up to the last one before vertical blank or the pre-render line.
   */
  private skipIdleDots(dots: number): boolean {
    if (this.dot <= 2 || this.dot >= LINE_DOTS) return false;
    if (this.overflowDelayed !== this.overflow || this.sprite0HitPending !== 0 || this.fetchKind !== 0)
      return false;
    if (this.oamLatch !== this.oamBuffer) return false;
    const rendering = (this.mask & MASK_RENDERING) !== 0 ? 1 : 0;
    if (rendering !== this.renderingDelayed) return false;
    if (rendering === 0 ? this.addressBus !== this.v : this.oamBuffer !== this.oamBufferNext) return false;
    const inBlank =
      this.dotsTo(this.line < this.region.vblankLine ? this.region.vblankLine : this.preRenderLine) - 1;
    const position = this.line * DOTS_PER_LINE + this.dot + (dots < inBlank ? dots : inBlank);
    this.timeUnits += (position - this.line * DOTS_PER_LINE - this.dot) * this.dotUnits;
    this.line = (position / DOTS_PER_LINE) | 0;
    this.dot = position - this.line * DOTS_PER_LINE;
    return true;
  }
}
