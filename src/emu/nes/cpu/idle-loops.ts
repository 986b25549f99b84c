import { NEVER } from "../interrupts.ts";
import { Instructions } from "./instructions.ts";

const MISSES_MAX = 4;

/**
 * Programs wait in short loops, for an interrupt to change a byte or for a flag of $2002. Once round such
 * a loop has changed nothing, every further round up to the next event does the same: those rounds are
 * left out, and the time that they take passes at once. What a round may do and still change nothing: read
 * memory, and read $2002 while its flags stand still.
 */
export abstract class IdleLoops extends Instructions {
  /** False where every instruction is wanted one by one. */
  protected skipsLoops = true;
  /** Where the program last went back to, when, and how many effects there had been by then. */
  private loopPc = -1;
  private loopCycle = 0;
  private loopEffects = 0;
  /** How often the loop has come round with other registers: one that counts is let be. */
  private loopMisses = 0;
  private loopA = 0;
  private loopX = 0;
  private loopY = 0;
  private loopS = 0;
  private loopFlags = 0;

  protected override noticeLoop(): void {
    if (this.pc !== this.loopPc || this.effects !== this.loopEffects) {
      this.loopPc = this.pc;
      this.loopEffects = this.effects;
      this.loopCycle = this.cycle;
      this.loopMisses = 0;
      return;
    }
    if (this.loopMisses === MISSES_MAX) return;
    if (this.loopMisses !== 0 && this.sameRegisters()) this.skipRounds(this.cycle - this.loopCycle);
    else this.keepRegisters();
    this.loopCycle = this.cycle;
  }

  /** The next round is taken for the first one. */
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

  /** As many rounds of `period` cycles as end before anything but the CPU matters. */
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
