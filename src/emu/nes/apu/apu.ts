import type { MachineArena } from "../../arena.ts";
import type { ChannelReadings } from "../../sound-channels.ts";
import type { StateCheck } from "../../state-check.ts";
import { defineFields, flushFields, loadFields, range } from "../../state-fields.ts";
import { type InterruptLines, NEVER } from "../interrupts.ts";
import { MAX_CYCLES, type RegionTiming } from "../region.ts";
import { CPU_TRAITS, type CpuTraits } from "../revisions.ts";
import { type StatePart, statePart } from "../state-part.ts";
import { isGet, nextGet } from "./apu-cycle.ts";
import { statePartsOf } from "./apu-state.ts";
import { readDmc, readNoise, readPulse, readTriangle } from "./channel-readings.ts";
import { DMC_PERIODS, Dmc } from "./dmc.ts";
import { FRAME_COUNTER_TIMES, FrameCounter, HALF_FRAME, NO_CLOCK } from "./frame-counter.ts";
import { Mixer } from "./mixer.ts";
import { NOISE_PERIODS, Noise } from "./noise.ts";
import { Pulse } from "./pulse.ts";
import { LevelResampler } from "./resampler.ts";
import { Triangle } from "./triangle.ts";

/** Constructor arguments of an APU. */
export interface ApuParts {
  /** The machine's mutable run, for the APU's state. */
  readonly arena: MachineArena;
  readonly region: RegionTiming;
  readonly lines: InterruptLines;
  /** Traits of the chip's revision; by default the RP2A03G's. */
  readonly traits?: CpuTraits;
}

/**
 * The 2A03's audio unit: five channels, the frame counter, their mixer and the resampler.
 *
 * It does not run cycle by cycle: `runTo` goes from one event to the next. A register access takes effect in
 * the second half of its cycle, after the APU's own actions at the start of the cycle.
 * https://www.nesdev.org/wiki/APU
 */
export class Apu {
  /** The earliest cycle in which `runTo` may change the IRQ line; NEVER if none is known. */
  nextEventCycle = NEVER;
  /** The last cycle that has been run. */
  cycle = -1;
  /** The put cycle in which a write of the channel enables ($4015) takes effect; NEVER if none is pending. */
  disableCycle = NEVER;
  readonly dmc: Dmc;
  readonly pulse1: Pulse;
  readonly pulse2: Pulse;
  readonly triangle = new Triangle();
  readonly noise: Noise;
  readonly frameCounter: FrameCounter;
  readonly sound: LevelResampler;
  readonly mixer: Mixer;
  /** Samples of the last frame, signed 16-bit mono 48 kHz; only the first `sampleCount` are valid. */
  readonly samples: Int16Array;

  readonly #traits: CpuTraits;
  readonly #stateParts: readonly StatePart[];
  readonly #slots: Int32Array;

  constructor(parts: ApuParts) {
    const tables = parts.region.apuTables;
    this.#traits = parts.traits ?? CPU_TRAITS.G;
    const { swapsDuty, tonalNoise, takesNewSample } = this.#traits;
    this.pulse1 = new Pulse(1, swapsDuty);
    this.pulse2 = new Pulse(0, swapsDuty);
    this.sound = new LevelResampler(parts.region);
    this.mixer = new Mixer(this.sound);
    this.samples = this.sound.samples;
    this.noise = new Noise(NOISE_PERIODS[tables], tonalNoise);
    this.frameCounter = new FrameCounter(FRAME_COUNTER_TIMES[tables], parts.lines);
    this.dmc = new Dmc(DMC_PERIODS[tables], parts.lines, this, takesNewSample);
    this.#stateParts = [statePart("apu", this, APU_FIELDS), ...statePartsOf(this)];
    const slotCount = this.#stateParts.reduce((sum, { fields }) => sum + fields.names.length, 0);
    this.#slots = parts.arena.int32("apu", slotCount);
    this.powerOn();
  }

  get sampleCount(): number {
    return this.sound.sampleCount;
  }

  /** MUTE_ bits of channels that are not mixed. Not part of the state. */
  get mutedChannels(): number {
    return this.mixer.muted;
  }

  set mutedChannels(channels: number) {
    this.mixer.muted = channels;
    this.#emitPulses(this.cycle + 1);
    this.#emitOthers(this.cycle + 1);
  }

  /**
   * Allocates the place of the sound filters in a state. It is apart from the rest of the APU's state because
   * the filters only shape the samples: the program cannot notice them, and unheard frames do not run them.
   */
  allocSoundState(arena: MachineArena): void {
    this.sound.allocState(arena);
  }

  /** A frame begins. If not `isHeard`, it yields no samples, and everything else is as in a heard frame. */
  beginFrame(isHeard: boolean): void {
    this.sound.beginFrame(isHeard, this.mixer.level);
  }

  /** Runs everything up to and including `cycle`. */
  runTo(cycle: number): void {
    if (cycle <= this.cycle) return;
    for (;;) {
      let next = this.frameCounter.nextCycle(this.cycle);
      if (this.disableCycle < next) next = this.disableCycle;
      if (next > cycle) break;
      this.#runChannels(next);
      this.cycle = next;
      this.#passFrameEvent(next);
    }
    this.#runChannels(cycle);
    this.cycle = cycle;
    if (this.dmc.requestCycle <= cycle + 1) this.dmc.requestCycle = this.dmc.findRequest(cycle);
    this.#updateNextEvent();
  }

  #updateNextEvent(): void {
    const frame = this.frameCounter.nextIrqCycle(this.cycle);
    const dmc = this.dmc.nextIrqCycle;
    this.nextEventCycle = Math.min(frame, dmc);
  }

  #runChannels(cycle: number): void {
    const { pulse1, pulse2, triangle, noise, dmc } = this;
    if (this.sound.isHeard === 0) {
      // The other channels' edges only matter to the ear. `sync` takes their steps when they are next used.
      while (dmc.eventCycle <= cycle) dmc.pass(dmc.eventCycle);
      return;
    }
    for (;;) {
      const edge1 = pulse1.edgeCycle;
      const edge2 = pulse2.edgeCycle;
      const next = Math.min(edge1, edge2);
      if (next > cycle) break;
      if (edge1 === next) pulse1.passEdge();
      if (edge2 === next) pulse2.passEdge();
      this.#emitPulses(next);
    }
    for (;;) {
      const triangleEdge = triangle.edgeCycle;
      const noiseEdge = noise.edgeCycle;
      const dmcEvent = dmc.eventCycle;
      let next = Math.min(triangleEdge, noiseEdge);
      if (dmcEvent < next) next = dmcEvent;
      if (next > cycle) break;
      if (triangleEdge === next) triangle.passEdge();
      if (noiseEdge === next) noise.passEdge();
      if (dmcEvent === next) dmc.pass(next);
      this.#emitOthers(next);
    }
  }

  #passFrameEvent(cycle: number): void {
    const clock = this.frameCounter.pass(cycle);
    if (clock === NO_CLOCK && cycle !== this.disableCycle) return;
    this.#syncChannels(cycle);
    if (clock !== NO_CLOCK) this.#clockChannels(clock);
    if (cycle === this.disableCycle) this.#passDisable();
    this.#updateChannels(cycle);
  }

  #clockChannels(clock: number): void {
    const { pulse1, pulse2, triangle, noise } = this;
    pulse1.envelope.clock();
    pulse2.envelope.clock();
    noise.envelope.clock();
    triangle.clockLinear();
    if (clock !== HALF_FRAME) return;
    pulse1.clockSweep();
    pulse2.clockSweep();
    pulse1.length.clock();
    pulse2.length.clock();
    triangle.length.clock();
    noise.length.clock();
  }

  #passDisable(): void {
    this.disableCycle = NEVER;
    const { pulse1, pulse2, triangle, noise } = this;
    if (pulse1.length.enabled === 0) pulse1.length.count = 0;
    if (pulse2.length.enabled === 0) pulse2.length.count = 0;
    if (triangle.length.enabled === 0) triangle.length.count = 0;
    if (noise.length.enabled === 0) noise.length.count = 0;
  }

  #syncChannels(cycle: number): void {
    this.pulse1.sync(cycle);
    this.pulse2.sync(cycle);
    this.triangle.sync(cycle);
    this.noise.sync(cycle);
    this.dmc.sync(cycle);
  }

  #updateChannels(cycle: number): void {
    this.pulse1.update();
    this.pulse2.update();
    this.triangle.update();
    this.noise.update();
    this.#emitPulses(cycle);
    this.#emitOthers(cycle);
  }

  #emitPulses(cycle: number): void {
    this.mixer.setPulses(cycle, this.pulse1.level, this.pulse2.level);
  }

  #emitOthers(cycle: number): void {
    this.mixer.setOthers(cycle, this.#triangleLevel, this.noise.level, this.dmc.level);
  }

  /** −1 if it is too fast to be heard. */
  get #triangleLevel(): number {
    return this.triangle.ultrasonic === 1 ? -1 : this.triangle.level;
  }

  /**
   * Sets the level of the cartridge's expansion sound (in LEVEL_UNIT, any sign) from `cycle` of this frame
   * on. Cycles must not decrease, but may be ahead of the APU. The level is part of the state, so boards need
   * not save it. `heard` is the level without the channels that are muted.
   */
  setExpansionLevel(cycle: number, level: number, heard = level): void {
    this.mixer.setExpansion(cycle, level, heard);
  }

  /** Writes how the five channels sound to `into`. `clockHz` is the CPU's. */
  readChannels(into: ChannelReadings, clockHz: number): void {
    readPulse(this.pulse1, into, 0, clockHz);
    readPulse(this.pulse2, into, 1, clockHz);
    readTriangle(this.triangle, into, 2, clockHz);
    readNoise(this.noise, into, 3, clockHz);
    readDmc(this.dmc, into, 4);
  }

  /** Writes $4000–$4013, $4015 or $4017 in `cycle`. */
  writeRegister(address: number, value: number, cycle: number): void {
    this.runTo(cycle);
    if (address === 0x4017) this.frameCounter.write(value, cycle);
    else if (address === 0x4015) this.#writeEnables(value, cycle);
    else if (address < 0x4010) this.#writeChannel(address & 15, value, cycle);
    else if (address < 0x4014) {
      this.dmc.write(address & 3, value, cycle);
      this.#emitOthers(cycle);
    }
    this.#updateNextEvent();
  }

  #writeChannel(register: number, value: number, cycle: number): void {
    const late = isGet(cycle) && this.frameCounter.nextClockCycle(cycle) === cycle + 1;
    if (register < 8) {
      const pulse = register < 4 ? this.pulse1 : this.pulse2;
      pulse.sync(cycle);
      pulse.write(register & 3, value, late);
      pulse.update();
      this.#emitPulses(cycle);
    } else if (register < 12) {
      this.triangle.sync(cycle);
      this.triangle.write(register & 3, value, late);
      this.triangle.update();
      this.#emitOthers(cycle);
    } else {
      this.noise.sync(cycle);
      this.noise.write(register & 3, value, late);
      this.noise.update();
      this.#emitOthers(cycle);
    }
  }

  /** Writes $4015. Channels read their enables in the next get cycle and stop in the put cycle after it. */
  #writeEnables(value: number, cycle: number): void {
    if (cycle === this.disableCycle - 1) {
      this.#passDisable();
      this.#updateChannels(cycle);
    }
    this.pulse1.length.enabled = value & 1;
    this.pulse2.length.enabled = (value >> 1) & 1;
    this.triangle.length.enabled = (value >> 2) & 1;
    this.noise.length.enabled = (value >> 3) & 1;
    this.disableCycle = nextGet(cycle) + 1;
    this.dmc.setEnabled((value >> 4) & 1, cycle);
  }

  /** Reads $4015 in `cycle` and acknowledges the frame IRQ. Bit 5 is 0: the caller fills in open bus. */
  readStatus(cycle: number): number {
    this.runTo(cycle);
    const status = this.#status(cycle);
    this.frameCounter.acknowledge(cycle);
    this.#updateNextEvent();
    return status;
  }

  /** The value of $4015 after the last cycle run, without side effects. */
  peekStatus(): number {
    return this.#status(this.cycle);
  }

  #status(cycle: number): number {
    return (
      (this.pulse1.length.count > 0 ? 0x01 : 0) |
      (this.pulse2.length.count > 0 ? 0x02 : 0) |
      (this.triangle.length.count > 0 ? 0x04 : 0) |
      (this.noise.length.count > 0 ? 0x08 : 0) |
      (this.dmc.enabled << 4) |
      (this.frameCounter.status(cycle) << 6) |
      (this.dmc.irqFlag << 7)
    );
  }

  /** Called when the DMC has received a byte. */
  dmcChanged(_cycle: number): void {
    this.#updateNextEvent();
  }

  /** Powers on: the reset line is released before cycle 0. */
  powerOn(): void {
    this.cycle = -1;
    const firstPut = isGet(0) ? 1 : 0;
    this.disableCycle = NEVER;
    this.pulse1.powerOn(firstPut);
    this.pulse2.powerOn(firstPut);
    this.triangle.powerOn(0);
    this.noise.powerOn(firstPut);
    this.dmc.powerOn(0);
    this.frameCounter.powerOn(0);
    this.mixer.silenceExpansion();
    this.#updateChannels(0);
    this.sound.powerOn(this.mixer.level);
    this.#updateNextEvent();
  }

  /**
   * The reset button, released after `cycle`: sound stops and the last value of $4017 is written again. Other
   * registers do not change.
   */
  reset(cycle: number): void {
    this.runTo(cycle);
    const first = this.cycle + 1;
    const firstPut = isGet(first) ? first + 1 : first;
    this.#syncChannels(this.cycle);
    this.disableCycle = NEVER;
    this.pulse1.reset(firstPut);
    this.pulse2.reset(firstPut);
    this.triangle.reset(first);
    this.noise.reset(firstPut);
    this.dmc.reset(first);
    if (this.#traits.restartsFrameCounter) this.frameCounter.reset(first);
    this.#updateChannels(first);
    this.#updateNextEvent();
  }

  /** Runs everything up to and including `cycle`, also what only the next access of a register needs. */
  catchUp(cycle: number): void {
    this.runTo(cycle);
    this.#syncChannels(this.cycle);
  }

  /** Ends the frame before cycle `cycles` (even), which becomes cycle 0. Writes its sound to `samples`. */
  endFrame(cycles: number): void {
    this.runTo(cycles - 1);
    this.#syncChannels(this.cycle);
    if (this.sound.isHeard === 0) this.#updateChannels(this.cycle);
    this.sound.endFrame(cycles, this.mixer.level);
    this.cycle -= cycles;
    if (this.disableCycle !== NEVER) this.disableCycle -= cycles;
    this.pulse1.rebase(cycles);
    this.pulse2.rebase(cycles);
    this.triangle.rebase(cycles);
    this.noise.rebase(cycles);
    this.dmc.rebase(cycles);
    this.frameCounter.rebase(cycles);
    this.#updateNextEvent();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    let at = 0;
    for (const { name, fields } of this.#stateParts) at = state.fields(name, fields, this.#slots, at);
    this.sound.declareState(state);
  }

  /** Writes the state to the arena. In the middle of a frame, the APU must have caught up with the CPU. */
  saveState(isMidFrame = false): void {
    let at = 0;
    for (const { holder, fields } of this.#stateParts) at = flushFields(holder, fields, this.#slots, at);
    this.sound.saveState(isMidFrame ? this.cycle + 1 : 0);
  }

  /** Reads the state from the arena and computes derived values again. */
  loadState(isMidFrame = false): void {
    let at = 0;
    for (const { holder, fields } of this.#stateParts) at = loadFields(holder, fields, this.#slots, at);
    this.sound.loadState(isMidFrame ? this.cycle + 1 : 0);
    this.pulse1.update();
    this.pulse2.update();
    this.triangle.update();
    this.noise.update();
    this.dmc.update(this.cycle);
    const { pulse1, pulse2, noise, dmc } = this;
    this.mixer.resume(
      this.sound.heldLevel,
      pulse1.level,
      pulse2.level,
      this.#triangleLevel,
      noise.level,
      dmc.level,
    );
    this.#updateNextEvent();
  }
}

const APU_FIELDS = defineFields<Apu, "nextEventCycle" | "mutedChannels">()({
  cycle: range(-1, MAX_CYCLES),
  disableCycle: range(0, MAX_CYCLES, NEVER),
});
