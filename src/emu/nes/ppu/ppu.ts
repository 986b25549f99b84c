import type { Board } from "../cartridge/board.ts";
import type { CartridgeMemory } from "../cartridge/memory.ts";
import type { InterruptLines } from "../interrupts.ts";
import { DOTS_PER_LINE, type RegionTiming } from "../region.ts";
import type { PpuTraits } from "../revisions.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./cell-pixels.ts";
import { FastForward } from "./fast-forward.ts";
import { END_OF_READ_UNITS, NMI_SAMPLE_UNITS } from "./registers.ts";
import { A12_FILTER_CYCLES } from "./schedule.ts";
import { CORRUPTION_DUE } from "./sprites.ts";
import {
  MASK_RENDERING,
  PPU_FIELDS,
  type PpuArrays,
  WARMS_UP_TO_LINE_END,
  WARMS_UP_TO_PRE_RENDER,
} from "./state.ts";

export { SCREEN_HEIGHT, SCREEN_WIDTH };

/** The CPU samples IRQ 7 master clocks into a cycle, in half master clocks. */
const IRQ_SAMPLE_UNITS = 14;
/** From a rise of A12 to the board's IRQ pin, by blargg's mmc3_test_2/4-scanline_timing: nearly a dot. */
const BOARD_DELAY_UNITS = 7;

export interface PpuParts {
  readonly arrays: PpuArrays;
  readonly memory: CartridgeMemory;
  readonly board: Board;
  readonly region: RegionTiming;
  readonly lines: InterruptLines;
  /** Master clocks by which dots lag behind CPU cycles: less than a dot. */
  readonly alignment: number;
  /** Forces the dot path everywhere. */
  readonly exact: boolean;
  readonly traits: PpuTraits;
}

/**
 * The 2C02's timeline. Time is counted in half master clocks ("units"), so that both halves of a dot
 * fall on whole numbers in every region. The PPU is behind the CPU until someone looks: `runToUnits`
 * then runs whole half-dots up to that moment.
 */
export class Ppu extends FastForward {
  override readonly lines: InterruptLines;
  /** 1 once the frame is complete: vertical blank has begun. */
  frameDone = 0;

  private readonly alignment: number;
  protected override readonly dotUnits: number;
  /** True if undisturbed lines are run in batches; otherwise every dot takes the dot path. */
  protected override readonly batches: boolean;
  protected override readonly cpuUnits: number;

  constructor(parts: PpuParts) {
    super(parts.arrays, parts.memory, parts.region, parts.board);
    this.lines = parts.lines;
    this.traits = parts.traits;
    this.alignment = parts.alignment;
    this.dotUnits = parts.region.masterClocksPerDot * 2;
    this.batches = !parts.exact;
    this.cpuUnits = parts.region.masterClocksPerCpuCycle * 2;
    this.timeUnits = this.alignment * 2;
  }

  /** Pixels go to `pixels` (256 × 240) until the end of line 240; if nobody looks, only some of them. */
  beginFrame(pixels: Uint16Array, isSeen = true): void {
    this.setPixels(pixels, isSeen);
    this.frameDone = 0;
    this.scheduleEvent();
  }

  /**
   * Power-on: palette RAM is filled and all other arrays are zero already. The PPU starts at the top of the
   * picture, `lagClocks` master clocks after the CPU's first cycle, or before it when that is negative:
   * `runToStart` then brings it to that cycle. Its registers work at once where `early` is set, and after
   * its first line otherwise. See docs/power-on.md.
   */
  powerOn(early: boolean, lagClocks: number): void {
    for (const field of PPU_FIELDS.names) this[field] = 0;
    this.stateLoaded();
    this.timeUnits = lagClocks * 2;
    this.oddFrame = 1;
    this.warmingUp = early ? 0 : WARMS_UP_TO_LINE_END;
    this.vblankSetLatch1 = 1;
    this.read1 = 1;
    this.read3 = 1;
    this.write1 = 1;
    this.write3 = 1;
    this.blankingLatch = 1;
    this.canHitSprite0 = 1;
    this.a12FellUnits = this.timeUnits - this.cpuUnits * A12_FILTER_CYCLES;
    this.colour = this.backdrop();
    this.settleColours();
    this.idleColour = this.colour;
    this.idleColourNext = this.colour;
  }

  /** Everything before the CPU's first cycle happens. Its NMI and IRQ lines stay as they are. */
  runToStart(): void {
    this.runUntil(0);
    this.a12FellUnits = Math.max(this.a12FellUnits, -this.cpuUnits * A12_FILTER_CYCLES);
  }

  /** The colour that the picture shows while rendering is off. */
  backdrop(): number {
    return this.palette[this.idlePaletteIndex()] & 0x3f;
  }

  /**
   * The reset button clears what the 2C02's reset pin reaches, its position among it. The PPU has been
   * brought up to the CPU's time. https://www.nesdev.org/wiki/PPU_power_up_state
   */
  reset(): void {
    this.line = 0;
    this.dot = 0;
    this.control = 0;
    this.mask = 0;
    this.maskWritten = 0;
    this.outputMask = 0;
    this.toggle = 0;
    this.t = 0;
    this.fineX = 0;
    this.readBuffer = 0;
    this.oddFrame = 1;
    this.warmingUp = WARMS_UP_TO_PRE_RENDER;
    this.steadyUntilUnits = 0;
    this.scheduleEvent();
  }

  /** Everything up to the end of `cycle` has happened. */
  catchUp(cycle: number): void {
    this.runToUnits(cycle + 1, 0);
    this.scheduleEvent();
  }

  /** `cycle` is past `nextEventCycle`: as much happens as the CPU may notice by the end of `cycle`. */
  passEvent(cycle: number): void {
    const limit = (cycle + 1) * this.cpuUnits;
    const isPrecise = !this.batches || this.watchesFetches || limit > this.preciseFromUnits;
    // What comes after the start of a line is better done at once later on.
    this.runUntil(isPrecise ? limit : this.lineStartBefore(limit));
    this.scheduleEvent();
  }

  /** Up to the moment at which a write in `cycle` reaches the cartridge. */
  runToWrite(cycle: number): void {
    this.runToUnits(cycle, END_OF_READ_UNITS);
  }

  runToRead(cycle: number): void {
    this.runToUnits(cycle, 0);
  }

  /** A board has changed its banks or its interrupt settings. */
  pagesChanged(): void {
    this.scheduleEvent();
  }

  protected override cycleUnits(cycle: number): number {
    return cycle * this.cpuUnits;
  }

  protected override cpuCycle(): number {
    return (Math.floor((this.timeUnits - IRQ_SAMPLE_UNITS) / this.cpuUnits) | 0) + 1;
  }

  protected override dotsAlignment(): number {
    return this.alignment;
  }

  protected override wakeUp(): void {
    this.busy = 1;
  }

  protected override runToUnits(cycle: number, unitsIntoCycle: number): void {
    this.runUntil(cycle * this.cpuUnits + unitsIntoCycle);
  }

  /** Runs all half dots that begin before `limit`. */
  protected override runUntil(limit: number): void {
    if (this.timeUnits >= limit) return;
    this.steadyUntilUnits = 0;
    if (this.halfway === 1) this.halfStep();
    const half = this.dotUnits >> 1;
    while (this.timeUnits + half < limit) {
      if (this.batches && this.runBatch(limit)) continue;
      this.dotStep();
      this.halfStep();
    }
    if (this.timeUnits < limit) this.dotStep();
  }

  /** The first half of a dot. */
  protected override dotStep(): void {
    const startUnits = this.timeUnits;
    this.timeUnits += this.dotUnits >> 1;
    this.halfway = 1;
    if (this.scrollDelayDots !== 0) this.landScroll();
    const renderedBefore = this.line < 240 || this.line === this.preRenderLine;
    if (renderedBefore && this.dot >= 256 && (this.mask & MASK_RENDERING) !== 0) this.endOfLineScroll();
    if (++this.dot === DOTS_PER_LINE) this.nextLine();
    if (this.dot <= 2) this.lineEvents(startUnits);
    if (this.busy === 1) this.dotStepBusy(startUnits);
    else {
      this.overflowDelayed = this.overflow;
      this.renderingDelayed = (this.mask & MASK_RENDERING) !== 0 ? 1 : 0;
      this.oamLatch = this.oamBuffer;
      if (this.line < 240 || this.line === this.preRenderLine) {
        this.driveBus(this.blanking());
        this.renderDot();
      } else this.idleDot();
    }
    if (this.watchesA12) this.noteA12((this.addressBus >> 12) & 1, startUnits);
  }

  private dotStepBusy(startUnits: number): void {
    this.clockVblank(startUnits);
    this.overflowDelayed = this.overflow;
    if (this.alignment !== 3) this.renderingDelayed = (this.mask & MASK_RENDERING) !== 0 ? 1 : 0;
    this.clockDataPort(this.blanking());
    this.oamLatch = this.oamBuffer;
    if (this.addressDelayDots !== 0) this.landAddress();
    if (this.line < 240 || this.line === this.preRenderLine) {
      this.renderDot();
    } else {
      this.idleDot();
      this.landMask();
    }
    this.loadReadBuffer();
  }

  /** The second half of a dot. */
  protected override halfStep(): void {
    this.timeUnits += this.dotUnits >> 1;
    this.halfway = 0;
    const rendering = (this.mask & MASK_RENDERING) !== 0;
    if (this.line < 240 || this.line === this.preRenderLine) {
      const shifts = (this.dot >= 1 && this.dot <= 257) || (this.dot >= 321 && this.dot <= 336);
      if (shifts && rendering) this.shiftBackground();
      this.countSecondaryReset();
    }
    if (this.fetchKind !== 0) this.commitFetch();
    if (rendering || this.renderingDelayed === 1) this.oamBuffer = this.oamBufferNext;
    this.clockSprite0Hit();
    if (this.busy === 1) this.halfStepBusy();
  }

  private halfStepBusy(): void {
    this.vblankSet = this.vblankPending;
    this.vblankPending = 0;
    this.vblankSetLatch2 = this.vblankSetLatch1 ^ 1;
    this.clockDataPortHalf();
    const delays =
      this.scrollDelayDots +
      this.addressDelayDots +
      this.maskDelayDots +
      this.corruptionDelayDots +
      this.outputMaskDelayDots;
    const vblankBusy = this.vblankSet | this.vblankSetLatch2 | this.statusRead;
    if (delays === 0 && vblankBusy === 0 && !this.dataPortBusy()) this.busy = 0;
  }

  /** At dots 256 and later the scroll registers move on, by the dot that has just ended. */
  private endOfLineScroll(): void {
    if (this.renderingDots < 1) return;
    if (this.dot === 256) this.incrementY();
    else if (this.dot === 257) this.copyHorizontal();
    else if (this.dot >= 280 && this.dot <= 304 && this.line === this.preRenderLine) this.copyVertical();
  }

  private nextLine(): void {
    this.dot = 0;
    if (this.warmingUp === WARMS_UP_TO_LINE_END) this.warmingUp = 0;
    this.line = this.line === this.preRenderLine ? 0 : this.line + 1;
    if (this.line === this.preRenderLine) this.oddFrame ^= 1;
  }

  /** What happens at dots 0–2 of certain lines. */
  private lineEvents(startUnits: number): void {
    if (this.line === this.region.vblankLine) {
      if (this.dot === 0) {
        this.frameDone = 1;
        this.vblankPending = 1;
        this.busy = 1;
      }
    } else if (this.line === this.preRenderLine && this.dot === 1) {
      this.warmingUp = 0;
      this.vblank = 0;
      this.canHitSprite0 = 1;
      this.sprite0Hit = 0;
      this.overflow = 0;
      this.nmiLevelChanged(startUnits);
    } else if (this.line === 0) {
      if (this.dot === 2) this.skippedDot = 0;
      // The decision sees PPUMASK as it was a dot before.
      const skips = this.region.skipsOddDot && this.oddFrame === 1 && this.renderingDelayed === 1;
      if (this.dot === 0 && skips) {
        this.dot = 1;
        this.skippedDot = 1;
      }
    }
  }

  /** The vertical blank flag is an edge of a delayed signal; a read of $2002 in the same dot wins. */
  private clockVblank(startUnits: number): void {
    this.vblankSetLatch1 = this.vblankSet ^ 1;
    if (this.vblankSet === 1 && this.vblankSetLatch2 === 0) this.vblank = 1;
    if (this.statusRead === 1) {
      this.statusRead = 0;
      this.vblank = 0;
    }
    this.nmiLevelChanged(startUnits);
  }

  private idleDot(): void {
    if ((this.mask & MASK_RENDERING) === 0) {
      this.renderingDots = 0;
      this.addressBus = this.v;
    } else if (this.line === 240 && this.dot === 0 && this.renderingDelayed === 1) {
      this.driveBus(this.blanking());
      this.fetchUnused();
    }
  }

  /** One dot of a visible line or the pre-render line. */
  private renderDot(): void {
    this.evaluateSprites();
    if (this.alignment === 3) this.renderingDelayed = (this.mask & MASK_RENDERING) !== 0 ? 1 : 0;
    if ((this.mask & MASK_RENDERING) === 0) {
      this.renderingDots = 0;
      this.addressBus = this.v;
      if (this.corruptionPending !== 0) this.corruptionPending = CORRUPTION_DUE;
    } else if (this.renderingDots < 5) {
      this.renderingDots++;
    }
    if (this.busy === 1) this.landMask();
    this.colour3 = this.colour2;
    this.colour2 = this.colour1;
    this.colour1 = this.colour;
    const dot = this.dot;
    if (this.renderingDelayed === 1) {
      if ((dot >= 1 && dot <= 256) || (dot >= 321 && dot <= 336)) this.fetchBackground();
      else if (dot >= 337 || dot === 0) this.fetchUnused();
    }
    if (dot >= 1 && dot <= 256) {
      if (this.line < 240) this.choosePixel();
      this.clockSpriteUnits();
    }
    if ((this.mask & MASK_RENDERING) === 0) this.moveIdleColour();
    if (dot >= 4 && dot <= 259 && this.line < 240) {
      this.pixels[this.line * SCREEN_WIDTH + dot - 4] = this.outputColour(this.colour3);
    }
  }

  /** Tells the board of a rise of A12 that its filter lets through. */
  protected override noteA12(level: number, units: number): void {
    if (level === this.a12) return;
    this.a12 = level;
    if (level === 0) {
      this.a12FellUnits = units;
      return;
    }
    // Most rises come two fetches after the fall: too soon, whichever edges of M2 lie in between.
    if (units - this.a12FellUnits < (A12_FILTER_CYCLES - 1) * this.cpuUnits) return;
    const lowCycles = Math.floor(units / this.cpuUnits) - Math.floor(this.a12FellUnits / this.cpuUnits);
    if (lowCycles < A12_FILTER_CYCLES) return;
    this.board.ppuA12Rise(
      (Math.floor((units + BOARD_DELAY_UNITS - IRQ_SAMPLE_UNITS) / this.cpuUnits) | 0) + 1,
    );
  }

  /** NMI follows vertical blank and its enable bit; the CPU samples it once a cycle. */
  protected override nmiLevelChanged(timeUnits: number): void {
    const sampleCycle = (Math.floor((timeUnits - NMI_SAMPLE_UNITS) / this.cpuUnits) | 0) + 1;
    if (this.vblankLevel() === 1) this.lines.nmiFall(sampleCycle);
    else this.lines.nmiRise(sampleCycle);
  }

  /** The cycle count goes back by `cycles`. */
  rebase(cycles: number): void {
    const units = cycles * this.cpuUnits;
    this.timeUnits -= units;
    this.a12FellUnits = Math.max(this.a12FellUnits - units, -units);
    this.lowDecayUnits = Math.max(this.lowDecayUnits - units, -units);
    this.highDecayUnits = Math.max(this.highDecayUnits - units, -units);
    this.steadyUntilUnits = 0;
    this.nextEventCycle -= cycles;
    this.preciseFromUnits -= units;
  }
}
