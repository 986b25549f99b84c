import type { InputSource } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";
import { BYTE, defineFields, FLAG, INT32, range } from "../../state-fields.ts";
import { isGet } from "../apu/apu-cycle.ts";
import { MAX_CYCLES } from "../region.ts";
import { CONSOLE_TRAITS, type ConsoleTraits } from "../revisions.ts";
import type { Plugged } from "./plug.ts";

/** Nothing plugged in presses nothing. */
class NoInput implements InputSource {
  latchButtons(): number {
    return 0;
  }
}

/** What fills a standard controller's shift register behind its buttons, and the Four Score's. */
const CONTROLLER_FILL = 0x80;
const FOUR_SCORE_FILL = 0x80_0000;
const START = 0x08;
/** The Four Score's signatures, behind the buttons of two controllers. https://www.nesdev.org/wiki/Four_Score */
const FOUR_SCORE_PORT1 = 0x08_0000;
const FOUR_SCORE_PORT2 = 0x04_0000;

/**
 * The two controller ports and the latch at $4016. A standard controller is a 4021 shift register: it
 * loads its eight buttons while OUT0 is high and moves one on with each read, 1s following. Other devices
 * take a port's place, or share the registers from the expansion port.
 * https://www.nesdev.org/wiki/Standard_controller
 */
export class InputPorts {
  /** Buttons in force in this frame, one byte a port. */
  buttons = 0;
  /** 1 once this frame's buttons have been taken from the source. */
  latched = 0;
  /** The value last written to $4016, and the cycle since which controllers may have loaded from it. */
  outLatch = 0;
  highFrom = 0;
  shift0 = 0;
  shift1 = 0;
  /** Cycle of the last read of each port: reads in adjacent cycles clock the controller once. */
  lastRead0 = -2;
  lastRead1 = -2;
  lastBit0 = 0;
  lastBit1 = 0;

  readonly #model: ConsoleTraits;
  #source: InputSource = new NoInput();
  #plugged: Plugged | undefined;

  /** `model`: which bits nothing drives, and which reads clock a controller. */
  constructor(model: ConsoleTraits = CONSOLE_TRAITS.nes) {
    this.#model = model;
  }

  /** What is plugged in; without it two standard controllers are. Call it before power-on. */
  plug(plugged: Plugged): void {
    this.#plugged = plugged;
  }

  /** What devices other than controllers see in this frame; undefined where there are none. */
  get deviceData(): Uint8Array | undefined {
    return this.#plugged?.data;
  }

  /** Whether a device looks at the picture. */
  get sensesLight(): boolean {
    return this.#plugged?.sensesLight === true;
  }

  /** Where buttons come from; not part of the state. */
  setSource(source: InputSource): void {
    this.#source = source;
  }

  beginFrame(): void {
    this.latched = 0;
  }

  /** $4016: OUT0–OUT2. The pins follow at the end of each get cycle, so a short pulse can be missed. */
  write(value: number, cycle: number): void {
    this.#loadWhileHigh(cycle);
    if ((value & 1) === 1 && (this.outLatch & 1) === 0) this.highFrom = cycle;
    this.outLatch = value;
    this.#plugged?.write(value & 7);
  }

  /** $4016 (`port` 0) or $4017 (1). Bits that the console leaves open keep what the bus held. */
  read(port: number, cycle: number, openBus: number): number {
    this.#loadWhileHigh(cycle);
    if ((this.outLatch & 1) === 1) this.highFrom = cycle;
    const bits = port === 0 ? this.#readPort0(cycle) : this.#readPort1(cycle);
    const open = this.#model.openBits[port];
    return (openBus & open) | (bits & ~open);
  }

  /** OUT0 is high since `highFrom`: controllers load at the end of any get cycle before `cycle`. */
  #loadWhileHigh(cycle: number): void {
    if ((this.outLatch & 1) === 0) return;
    const firstGet = isGet(this.highFrom) ? this.highFrom : this.highFrom + 1;
    if (firstGet < cycle) this.#load();
  }

  #load(): void {
    this.#latch();
    this.shift0 = this.buttons & 0xff;
    this.shift1 = (this.buttons >> 8) & 0xff;
    if (this.#plugged === undefined) return;
    if (this.#plugged.hasMicrophone) this.shift1 &= ~START;
    if (this.#plugged.fourScore) {
      this.shift0 |= ((this.buttons >>> 16) & 0xff) << 8;
      this.shift0 |= FOUR_SCORE_PORT1;
      this.shift1 |= (this.buttons >>> 24) << 8;
      this.shift1 |= FOUR_SCORE_PORT2;
    }
    this.#plugged.load(this.buttons);
  }

  /** The frame's input is taken over when the program first looks. */
  #latch(): void {
    if (this.latched === 1) return;
    this.buttons = this.#source.latchButtons() | 0;
    if (this.#plugged !== undefined) this.#source.latchDevices?.(this.#plugged.data);
    this.latched = 1;
  }

  /** The clock pulse is the read itself: reads in adjacent cycles are one pulse, but on a Famicom. */
  #readPort0(cycle: number): number {
    if (cycle !== this.lastRead0 + 1 || this.#model.clocksEachRead) this.lastBit0 = this.#clockPort0();
    this.lastRead0 = cycle;
    return this.lastBit0;
  }

  #readPort1(cycle: number): number {
    if (cycle !== this.lastRead1 + 1 || this.#model.clocksEachRead) this.lastBit1 = this.#clockPort1();
    this.lastRead1 = cycle;
    return this.lastBit1;
  }

  /** A clock of $4016: the bits that come, D0–D4. */
  #clockPort0(): number {
    const plugged = this.#plugged;
    let microphone = 0;
    if (plugged !== undefined && !plugged.fourScore) {
      this.#latch();
      microphone = plugged.readMicrophone(this.buttons);
      if (plugged.replacesPort1) return plugged.read(0) | microphone;
    }
    const bit = this.shift0 & 1;
    this.shift0 = (this.shift0 >> 1) | (plugged?.fourScore === true ? FOUR_SCORE_FILL : CONTROLLER_FILL);
    return plugged === undefined ? bit : bit | plugged.read(0) | microphone;
  }

  #clockPort1(): number {
    const plugged = this.#plugged;
    if (plugged !== undefined && !plugged.fourScore) {
      this.#latch();
      if (plugged.replacesPort2) return plugged.read(1);
    }
    const bit = this.shift1 & 1;
    this.shift1 = (this.shift1 >> 1) | (plugged?.fourScore === true ? FOUR_SCORE_FILL : CONTROLLER_FILL);
    return plugged === undefined ? bit : bit | plugged.read(1);
  }

  /** Declares what a state may hold of the devices that are plugged in. */
  declareState(state: StateCheck): void {
    this.#plugged?.declareState(state);
  }

  powerOn(): void {
    this.buttons = 0;
    this.outLatch = 0;
    this.highFrom = 0;
    this.shift0 = 0;
    this.shift1 = 0;
    this.latched = 0;
    this.lastRead0 = -2;
    this.lastRead1 = -2;
    this.lastBit0 = 0;
    this.lastBit1 = 0;
  }

  rebase(cycles: number): void {
    this.lastRead0 = Math.max(this.lastRead0 - cycles, -cycles);
    this.lastRead1 = Math.max(this.lastRead1 - cycles, -cycles);
    this.highFrom = Math.max(this.highFrom - cycles, -cycles);
  }
}

/** The fields that a state holds. */
export const PORT_FIELDS = defineFields<InputPorts>()({
  buttons: INT32,
  latched: FLAG,
  outLatch: BYTE,
  highFrom: range(-MAX_CYCLES, MAX_CYCLES),
  shift0: INT32,
  shift1: INT32,
  lastRead0: range(-MAX_CYCLES, MAX_CYCLES),
  lastRead1: range(-MAX_CYCLES, MAX_CYCLES),
  lastBit0: range(0, 0x1f),
  lastBit1: range(0, 0x1f),
});
