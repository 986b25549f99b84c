import type { MachineArena } from "../../arena.ts";
import type { StateCheck } from "../../state-check.ts";
import { FLAG } from "../../state-fields.ts";
import { DatachReader } from "./barcode-readers.ts";
import { expansionDevice, portDevice } from "./device-factory.ts";
import {
  DEVICE_DATA_BYTES,
  DEVICE_STATE_WORDS,
  type DeviceParts,
  type DeviceSetup,
  EXPANSION_DATA,
  LIGHT_GUNS,
  type LightSource,
  PORT1_DATA,
  PORT2_DATA,
  type PortDevice,
  ROBOTS,
  TAPE_RECORDERS,
} from "./devices.ts";
import { MatrixKeyboard } from "./keyboard.ts";
import { ROBOT_STATE_WORDS, Robot } from "./robot.ts";

const NO_MEMORY: Uint8Array = new Uint8Array(0);

/** Start of controller 2 in the button word. */
const MICROPHONE_BUTTON = 0x0800;

/** The devices that are connected in addition to, or instead of, standard controllers. */
export class Plugged {
  readonly fourScore: boolean;
  /** True if controller 2 has a microphone instead of Start. */
  readonly hasMicrophone: boolean;
  /** True if the port is empty or has anything but a standard controller. */
  readonly replacesPort1: boolean;
  readonly replacesPort2: boolean;
  /** True if a light gun or R.O.B. sees the picture, which must then be drawn. */
  readonly sensesLight: boolean;
  /** This frame's data of all devices from the `InputSource`. Part of the state. */
  readonly data: Uint8Array;
  readonly #port1: PortDevice;
  readonly #port2: PortDevice;
  readonly #expansion: PortDevice;
  readonly #state: Int32Array;
  /** 1 if the microphone's line was high at the last read; undefined if there is no microphone. */
  readonly #microphone: Int32Array | undefined;
  #buttons = 0;

  /** Allocates the devices' state in the mutable run of `arena`. `memory` is that of `storageOf(setup)`. */
  constructor(arena: MachineArena, setup: DeviceSetup, light: LightSource, memory = NO_MEMORY) {
    this.data = arena.uint8("deviceData", DEVICE_DATA_BYTES);
    // The last place is for the keyboard at which the Data Recorder is.
    this.#state = arena.int32(
      "deviceState",
      (TAPE_RECORDERS.includes(setup.expansion ?? "none") ? 4 : 3) * DEVICE_STATE_WORDS,
    );
    this.#microphone = setup.microphone === true ? arena.int32("microphone", 1) : undefined;
    this.hasMicrophone = setup.microphone === true;
    this.fourScore = setup.fourScore === true;
    const places = [setup.port1, setup.port2, setup.expansion];
    this.sensesLight = places.some((name = "none") => LIGHT_GUNS.includes(name) || ROBOTS.includes(name));
    this.replacesPort1 = (setup.port1 ?? "standard") !== "standard";
    this.replacesPort2 = (setup.port2 ?? "standard") !== "standard";
    const port1 = { ...this.#parts(0, PORT1_DATA, PORT2_DATA, light), ...robotState(arena, setup, "port1") };
    const port2 = {
      ...this.#parts(1, PORT2_DATA, EXPANSION_DATA, light),
      ...robotState(arena, setup, "port2"),
    };
    this.#port1 = portDevice(setup.port1 ?? "standard", { ...port1, buttons: () => this.#buttons });
    this.#port2 = portDevice(setup.port2 ?? "standard", { ...port2, buttons: () => this.#buttons >> 8 });
    const parts = { ...this.#parts(2, EXPANSION_DATA, DEVICE_DATA_BYTES, light), memory };
    this.#expansion = expansionDevice(setup.expansion ?? "none", { ...parts, buttons: () => this.#buttons });
  }

  #parts(place: number, dataStart: number, dataEnd: number, light: LightSource): DeviceParts {
    const start = place * DEVICE_STATE_WORDS;
    return {
      data: this.data.subarray(dataStart, dataEnd),
      state: this.#state.subarray(start, place === 2 ? undefined : start + DEVICE_STATE_WORDS),
      light,
      memory: NO_MEMORY,
    };
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    this.#port1.declareState?.(state, "ports.port1");
    this.#port2.declareState?.(state, "ports.port2");
    this.#expansion.declareState?.(state, "ports.expansion");
    if (this.#microphone !== undefined) state.slots("ports.microphone", this.#microphone, FLAG, 0, 1);
  }

  /** D2 of a read of $4016. Sound at the microphone is a wave, so the line alternates. */
  readMicrophone(buttons: number): number {
    const line = this.#microphone;
    if (line === undefined) return 0;
    line[0] = (buttons & MICROPHONE_BUTTON) === 0 ? 0 : line[0] ^ 1;
    return line[0] << 2;
  }

  /** A write to $4016, which sets OUT0–OUT2. */
  write(out: number, cycle: number): void {
    this.#port1.write(out, cycle);
    this.#port2.write(out, cycle);
    this.#expansion.write(out, cycle);
  }

  rebase(cycles: number): void {
    this.#port1.rebase?.(cycles);
    this.#port2.rebase?.(cycles);
    this.#expansion.rebase?.(cycles);
  }

  /** What R.O.B. shows, for `robotText`; 0 if he is not there. */
  get robotStatus(): number {
    for (const device of [this.#port2, this.#port1]) if (device instanceof Robot) return device.status;
    return 0;
  }

  /** The line of the Datach's barcode reader; 0 if there is none. */
  readBarcode(cycle: number): number {
    return this.#expansion instanceof DatachReader ? this.#expansion.lightAt(cycle) : 0;
  }

  /** The keys of a row of the keyboard; undefined if there is no such row. */
  readKeys(row: number): number | undefined {
    return this.#expansion instanceof MatrixKeyboard ? this.data[EXPANSION_DATA + row] : undefined;
  }

  /** Loads the shift registers, while OUT0 is high. `buttons` has one byte per controller, for four. */
  load(buttons: number): void {
    this.#buttons = buttons;
    this.#port1.load();
    this.#port2.load();
    this.#expansion.load();
  }

  /** True if a device does something with this frame's input while the program only writes. */
  get usesInputAtWrites(): boolean {
    return this.#expansion.usesInputAtWrites === true;
  }

  /**
   * A read of $4016 (`register` 0) or $4017 (1), which clocks the device in that port and the expansion port.
   * `buttons` are those of this frame, for devices that do not latch them.
   */
  read(register: number, cycle: number, buttons: number): number {
    this.#buttons = buttons;
    const inPort = register === 0 ? this.#port1.read(register, cycle) : this.#port2.read(register, cycle);
    return inPort | this.#expansion.read(register, cycle);
  }
}

/** R.O.B. has more state than other devices. */
function robotState(
  arena: MachineArena,
  setup: DeviceSetup,
  port: "port1" | "port2",
): { readonly state?: Int32Array } {
  if (!ROBOTS.includes(setup[port] ?? "standard")) return {};
  return { state: arena.int32(`robot.${port}`, ROBOT_STATE_WORDS) };
}
