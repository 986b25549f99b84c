import type { InputSource } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";
import { BYTE, defineFields, FLAG, INT32, range } from "../../state-fields.ts";
import { isGet } from "../apu/apu-cycle.ts";
import type { Epsm } from "../epsm/epsm.ts";
import { IRQ_EXPANSION, NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import { CONSOLE_TRAITS, type ConsoleTraits } from "../revisions.ts";
import type { Cabinet } from "./cabinet.ts";
import type { Plugged } from "./plug.ts";

/** The default source, which never presses a button. */
class NoInput implements InputSource {
  latchButtons(): number {
    return 0;
  }
}

/** The bit that follows the buttons in the shift register of a standard controller and the Four Score. */
const CONTROLLER_FILL = 0x80;
const FOUR_SCORE_FILL = 0x80_0000;
const START = 0x08;
/**
 * The Four Score's signatures, after the buttons of two controllers. https://www.nesdev.org/wiki/Four_Score
 */
const FOUR_SCORE_PORT1 = 0x08_0000;
const FOUR_SCORE_PORT2 = 0x04_0000;

/**
 * The two controller ports and the latch at $4016. A standard controller is a 4021 shift register: it loads
 * its eight buttons while OUT0 is high and shifts by one with each read, followed by 1s. Other devices
 * replace a controller, or share the registers through the expansion port.
 * https://www.nesdev.org/wiki/Standard_controller
 */
export class InputPorts {
  /** Buttons of this frame, one byte per port. */
  buttons = 0;
  /** 1 after this frame's buttons have been latched from the source. */
  latched = 0;
  /** The last value written to $4016, and the first cycle in which controllers can load because of it. */
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
  #cabinet: Cabinet | undefined;
  #epsm: Epsm | undefined;

  /** `model` determines which bits are open bus, and which reads clock a controller. */
  constructor(model: ConsoleTraits = CONSOLE_TRAITS.nes) {
    this.#model = model;
  }

  /** Connects devices instead of the default two standard controllers. Call it before power-on. */
  plug(plugged: Plugged): void {
    this.#plugged = plugged;
  }

  /** Wires the ports as an arcade cabinet does. Call it before power-on. */
  mountIn(cabinet: Cabinet): void {
    this.#cabinet = cabinet;
  }

  /** Connects a sound module to the NES's expansion port. Call it before power-on. */
  connectEpsm(epsm: Epsm): void {
    this.#epsm = epsm;
  }

  /** The sound module in the expansion port. */
  get epsm(): Epsm | undefined {
    return this.#epsm;
  }

  /** The last cycle before the CPU may notice something of the sound module; NEVER without one. */
  get nextEventCycle(): number {
    return this.#epsm === undefined ? NEVER : this.#epsm.nextEventCycle;
  }

  /** Runs the sound module, whose timer interrupts by the end of `cycle`. */
  passEvent(cycle: number): void {
    this.#epsm?.runTo(cycle);
  }

  /** This frame's input of other devices; undefined if there are none. */
  get deviceData(): Uint8Array | undefined {
    return this.#plugged?.data;
  }

  /** True if a device sees the picture. */
  get sensesLight(): boolean {
    return this.#plugged?.sensesLight === true;
  }

  /** What R.O.B. shows, for `robotText`; 0 if he is not there. */
  get robotStatus(): number {
    return this.#plugged?.robotStatus ?? 0;
  }

  /** Sets the source of buttons, which is not part of the state. */
  setSource(source: InputSource): void {
    this.#source = source;
  }

  beginFrame(): void {
    this.latched = 0;
    this.#cabinet?.beginFrame();
  }

  /**
   * Writes OUT0–OUT2 ($4016). The pins only change at the end of a get cycle, so a short pulse can be missed.
   */
  write(value: number, cycle: number): void {
    this.#loadWhileHigh(cycle);
    if ((value & 1) === 1 && (this.outLatch & 1) === 0) this.highFrom = cycle;
    this.outLatch = value;
    if (this.#plugged?.usesInputAtWrites === true) this.#latch();
    this.#plugged?.write(value & 7, cycle);
    this.#epsm?.writeOut(value, cycle);
  }

  /** Writes $401C–$401F, which are ports 0 to 3 of the sound module. */
  writeSound(address: number, value: number, cycle: number): void {
    this.#epsm?.write(address & 3, value, cycle);
  }

  /** The next track of a music file begins: the sound module starts anew. */
  restartSound(cycle: number): void {
    this.#epsm?.restart(cycle);
  }

  /** Reads $4016 (`port` 0) or $4017 (1). Bits that the console does not drive come from `openBus`. */
  read(port: number, cycle: number, openBus: number): number {
    this.#loadWhileHigh(cycle);
    if ((this.outLatch & 1) === 1) this.highFrom = cycle;
    const bits = port === 0 ? this.#readPort0(cycle) : this.#readPort1(cycle);
    const open = this.#model.openBits[port];
    const value = (openBus & open) | (bits & ~open);
    return this.#cabinet === undefined ? value : this.#cabinet.read(port, bits, value);
  }

  /**
   * Loads the controllers if OUT0, high since `highFrom`, was high at the end of a get cycle before `cycle`.
   */
  #loadWhileHigh(cycle: number): void {
    if ((this.outLatch & 1) === 0) return;
    const firstGet = isGet(this.highFrom) ? this.highFrom : this.highFrom + 1;
    if (firstGet < cycle) this.#load();
  }

  #load(): void {
    this.#latch();
    const buttons = this.#cabinet === undefined ? this.buttons : this.#cabinet.wire(this.buttons);
    this.shift0 = buttons & 0xff;
    this.shift1 = (buttons >> 8) & 0xff;
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

  /** Latches the frame's input as a read of the program does. Returns the buttons. */
  latchButtons(): number {
    this.#latch();
    return this.buttons;
  }

  /** The line of a barcode reader in the cartridge in `cycle`: 8 or 0. */
  readBarcode(cycle: number): number {
    this.#latch();
    return this.#plugged?.readBarcode(cycle) ?? 0;
  }

  /** The keys of a row of the keyboard, for cartridges that read it through registers of their own. */
  readKeys(row: number): number {
    this.#latch();
    return this.#plugged?.readKeys(row) ?? 0;
  }

  /** Latches the frame's input when the program first reads it, or a device needs it. */
  #latch(): void {
    if (this.latched === 1) return;
    this.buttons = this.#source.latchButtons() | 0;
    if (this.#plugged !== undefined) this.#source.latchDevices?.(this.#plugged.data);
    this.latched = 1;
  }

  /** The read is the clock pulse. Reads in adjacent cycles are one pulse, except on a Famicom. */
  #readPort0(cycle: number): number {
    if (cycle !== this.lastRead0 + 1 || this.#model.clocksEachRead) this.lastBit0 = this.#clockPort0(cycle);
    this.lastRead0 = cycle;
    return this.lastBit0;
  }

  #readPort1(cycle: number): number {
    if (cycle !== this.lastRead1 + 1 || this.#model.clocksEachRead) this.lastBit1 = this.#clockPort1(cycle);
    this.lastRead1 = cycle;
    return this.lastBit1;
  }

  /** Clocks $4016. Returns bits D0–D4. */
  #clockPort0(cycle: number): number {
    const plugged = this.#plugged;
    let microphone = 0;
    if (plugged !== undefined && !plugged.fourScore) {
      this.#latch();
      microphone = plugged.readMicrophone(this.buttons);
      if (plugged.replacesPort1) return plugged.read(0, cycle, this.buttons) | microphone;
    }
    const bit = this.shift0 & 1;
    this.shift0 = (this.shift0 >> 1) | (plugged?.fourScore === true ? FOUR_SCORE_FILL : CONTROLLER_FILL);
    return plugged === undefined ? bit : bit | plugged.read(0, cycle, this.buttons) | microphone;
  }

  #clockPort1(cycle: number): number {
    const plugged = this.#plugged;
    if (plugged !== undefined && !plugged.fourScore) {
      this.#latch();
      if (plugged.replacesPort2) return plugged.read(1, cycle, this.buttons);
    }
    const bit = this.shift1 & 1;
    this.shift1 = (this.shift1 >> 1) | (plugged?.fourScore === true ? FOUR_SCORE_FILL : CONTROLLER_FILL);
    return plugged === undefined ? bit : bit | plugged.read(1, cycle, this.buttons);
  }

  /** Declares the valid values of the connected devices in a state. */
  declareState(state: StateCheck): void {
    this.#plugged?.declareState(state);
    this.#cabinet?.declareState(state);
    this.#epsm?.declareState(state);
  }

  /** Checks that declared fields agree with each other; throws through `state.require`. */
  checkState(state: StateCheck): void {
    const sources = state.value("interrupts.irqSources");
    const isPossible = this.#epsm !== undefined || (sources & IRQ_EXPANSION) === 0;
    state.require(isPossible, `interrupts.irqSources is ${sources} without a sound module`);
    this.#epsm?.checkState(state);
  }

  powerOn(): void {
    this.#cabinet?.powerOn();
    this.#epsm?.powerOn();
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
    this.#plugged?.rebase(cycles);
    this.#epsm?.rebase(cycles);
    this.lastRead0 = Math.max(this.lastRead0 - cycles, -cycles);
    this.lastRead1 = Math.max(this.lastRead1 - cycles, -cycles);
    this.highFrom = Math.max(this.highFrom - cycles, -cycles);
  }
}

/** The fields in a state. */
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
