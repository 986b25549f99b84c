import { NEVER } from "../interrupts.ts";
import { Instructions } from "./instructions.ts";

export const MAX_MISSES = 4;

/**
 * Programs wait in short loops, for an interrupt to change a byte or for a flag of $2002. If one round of such
 * a loop changes nothing, every further round up to the next event does the same. Those rounds are skipped,
 * and their time passes at once. A round that changes nothing may only read memory, and read $2002 while its
 * flags do not change.
 */
export abstract class IdleLoops extends Instructions {
  /** False if every instruction must be run one by one. */
  protected skipsLoops = true;
  /** Target and cycle of the last backward jump, and the number of effects up to then. */
  protected loopPc = -1;
  protected loopCycle = 0;
  protected loopEffects = 0;
  /** Iterations that changed a register. A loop that counts is not skipped. */
  protected loopMisses = 0;
  protected loopA = 0;
  protected loopX = 0;
  protected loopY = 0;
  protected loopS = 0;
  protected loopFlags = 0;

  protected override noticeLoop(): void {
    if (this.pc !== this.loopPc || this.effects !== this.loopEffects) {
      this.beginLoop(this.pc, this.cycle, this.effects);
      return;
    }
    if (this.loopMisses === MAX_MISSES) return;
    if (this.loopMisses !== 0 && this.sameRegisters()) this.skipRounds(this.cycle - this.loopCycle);
    else this.keepRegisters();
    this.loopCycle = this.cycle;
  }

  /** Notes the first jump back to `pc`, in `cycle`, and the number of effects so far. */
  protected beginLoop(pc: number, cycle: number, effects: number): void {
    this.loopPc = pc;
    this.loopEffects = effects;
    this.loopCycle = cycle;
    this.loopMisses = 0;
  }

  /** The next iteration counts as the first one. */
  protected forgetLoop(): void {
    this.loopPc = -1;
  }

  private keepRegisters(): void {
    this.loopMisses++;
    this.loopA = this.a;
    this.loopX = this.x;
    this.loopY = this.y;
    this.loopS = this.s;
    this.loopFlags = this.status();
  }

  private sameRegisters(): boolean {
    return (
      this.a === this.loopA &&
      this.x === this.loopX &&
      this.y === this.loopY &&
      this.s === this.loopS &&
      this.status() === this.loopFlags
    );
  }

  /** Number of iterations of `period` cycles that end before anything but the CPU acts. */
  private skipRounds(period: number): void {
    const { lines } = this;
    if (!this.skipsLoops || lines.nmiFrom !== NEVER || this.ppu.frameDone === 1) return;
    const sawIrq = lines.irqLowFrom !== NEVER && lines.irqLowUntil >= this.loopCycle - 2;
    if (sawIrq && this.interruptDisable === 0) return;
    const polls = this.pollCycle > this.loopCycle;
    let last = this.horizon;
    if (polls) last = Math.min(last, this.ppu.lastSteadyCycle());
    const rounds = ((last - this.cycle) / period) | 0;
    if (rounds <= 0) return;
    const skipped = rounds * period;
    if (this.lateBranchCycle > this.loopCycle) this.lateBranchCycle += skipped;
    if (this.flagChangeCycle > this.loopCycle) this.flagChangeCycle += skipped;
    if (polls) {
      this.ppu.repeatPolls(skipped);
      this.pollCycle += skipped;
    }
    this.cycle += skipped;
  }
}
