import { defineFields, FLAG, range } from "../../state-fields.ts";

/** The counts that the 32 codes load. https://www.nesdev.org/wiki/APU_Length_Counter */
export const LENGTHS: readonly number[] = [
  10, 254, 20, 2, 40, 4, 80, 6, 160, 8, 60, 10, 14, 12, 26, 14, 12, 16, 24, 18, 48, 20, 96, 22, 192, 24, 72,
  26, 16, 28, 32, 30,
];

const NONE = -1;

/**
 * Silences a channel after a number of half-frame clocks. A clock uses values latched at the get cycle before
 * it, so a write in that same cycle is too late: a new halt flag applies from the next clock on, and a load
 * is lost if the counter was running (the decremented old count overwrites it).
 */
export class LengthCounter {
  /** Number of clocks left; 0 is silence. */
  count = 0;
  /** 1 while $4015 lets the channel play. */
  enabled = 0;
  /** 1 stops the counter, as the next clock will see it. */
  halt = 0;
  /** The halt flag last written. */
  writtenHalt = 0;
  /** A load written too late for the next clock; −1 if there is none. */
  lateLoad = NONE;

  /** `late` is true if a half-frame clock follows in the next cycle. */
  setHalt(halt: number, late: boolean): void {
    this.writtenHalt = halt;
    if (!late) this.halt = halt;
  }

  /** Loads the count of `code` (0–31) unless the channel is disabled. */
  load(code: number, late: boolean): void {
    if (this.enabled === 0) return;
    if (late) this.lateLoad = LENGTHS[code];
    else this.count = LENGTHS[code];
  }

  /** A half-frame clock. */
  clock(): void {
    const wasRunning = this.count > 0;
    if (wasRunning && this.halt === 0) this.count--;
    if (this.lateLoad !== NONE) {
      if (!wasRunning) this.count = this.lateLoad;
      this.lateLoad = NONE;
    }
    this.halt = this.writtenHalt;
  }

  /** Power-on and reset: the channel is silent. Registers survive a reset. */
  reset(): void {
    this.count = 0;
    this.enabled = 0;
    this.lateLoad = NONE;
  }

  /** Sets the registers to their values at power-on. */
  powerOn(): void {
    this.reset();
    this.halt = 0;
    this.writtenHalt = 0;
  }
}

export const LENGTH_FIELDS = defineFields<LengthCounter>()({
  count: range(0, 254),
  enabled: FLAG,
  halt: FLAG,
  writtenHalt: FLAG,
  lateLoad: range(NONE, 254),
});
