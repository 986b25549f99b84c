import type { MachineArena } from "../../arena.ts";
import type { StateCheck } from "../../state-check.ts";
import { FLAG } from "../../state-fields.ts";
import { BarcodeBattler, DatachReader } from "./barcode-readers.ts";
import {
  DEVICE_DATA_BYTES,
  DEVICE_STATE_WORDS,
  type DeviceParts,
  type DeviceSetup,
  EXPANSION_DATA,
  type ExpansionDeviceName,
  LIGHT_GUNS,
  type LightSource,
  PORT1_DATA,
  PORT2_DATA,
  type PortDevice,
  type PortDeviceName,
} from "./devices.ts";
import {
  ExcitingBoxing,
  FamilyTrainer,
  KonamiHyperShot,
  MahjongController,
  OekaKidsTablet,
  PartyTap,
} from "./famicom-devices.ts";
import { FAMILY_BASIC_KEYBOARD, MatrixKeyboard, SUBOR_KEYBOARD } from "./keyboard.ts";
import {
  BandaiHyperShot,
  HoriTrack,
  NetworkController,
  PachinkoController,
  SnesPad,
  VirtualBoyPad,
} from "./pad-devices.ts";
import {
  ArkanoidPaddle,
  ExpansionPads,
  FamicomArkanoidPaddle,
  type PadParts,
  PowerPad,
  SnesMouse,
  SuborByteMouse,
  SuborMouse,
  TopRider,
} from "./serial-devices.ts";
import { BattleBox, DataRecorder, TurboFile } from "./storage-devices.ts";
import { ExpansionZapper, VsZapper, Zapper } from "./zapper.ts";

/** An empty port: its lines stay low. */
class Nothing implements PortDevice {
  write(): void {}

  load(): void {}

  read(): number {
    return 0;
  }
}

const NOTHING = new Nothing();
const NO_MEMORY: Uint8Array = new Uint8Array(0);

/** Two devices at one port. */
class Both implements PortDevice {
  readonly #first: PortDevice;
  readonly #second: PortDevice;

  constructor(first: PortDevice, second: PortDevice) {
    this.#first = first;
    this.#second = second;
  }

  write(out: number, cycle: number): void {
    this.#first.write(out, cycle);
    this.#second.write(out, cycle);
  }

  load(): void {
    this.#first.load();
    this.#second.load();
  }

  read(register: number, cycle: number): number {
    return this.#first.read(register, cycle) | this.#second.read(register, cycle);
  }

  rebase(cycles: number): void {
    this.#first.rebase?.(cycles);
    this.#second.rebase?.(cycles);
  }

  declareState(state: StateCheck, name: string): void {
    this.#first.declareState?.(state, name);
    this.#second.declareState?.(state, name);
  }
}

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
  /** True if there is a light gun, which sees the picture while the beam paints it. */
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
      (setup.expansion === "data-recorder" ? 4 : 3) * DEVICE_STATE_WORDS,
    );
    this.#microphone = setup.microphone === true ? arena.int32("microphone", 1) : undefined;
    this.hasMicrophone = setup.microphone === true;
    this.fourScore = setup.fourScore === true;
    const places = [setup.port1, setup.port2, setup.expansion];
    this.sensesLight = places.some((name) => name !== undefined && LIGHT_GUNS.includes(name));
    this.replacesPort1 = (setup.port1 ?? "standard") !== "standard";
    this.replacesPort2 = (setup.port2 ?? "standard") !== "standard";
    const port1 = this.#parts(0, PORT1_DATA, PORT2_DATA, light);
    const port2 = this.#parts(1, PORT2_DATA, EXPANSION_DATA, light);
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
    this.#expansion.rebase?.(cycles);
  }

  /** The line of the Datach's barcode reader; 0 if there is none. */
  readBarcode(cycle: number): number {
    return this.#expansion instanceof DatachReader ? this.#expansion.lightAt(cycle) : 0;
  }

  /** Loads the shift registers, while OUT0 is high. `buttons` has one byte per controller, for four. */
  load(buttons: number): void {
    this.#buttons = buttons;
    this.#port1.load();
    this.#port2.load();
    this.#expansion.load();
  }

  /**
   * A read of $4016 (`register` 0) or $4017 (1), which clocks the device in that port and the expansion port.
   */
  read(register: number, cycle: number): number {
    const inPort = register === 0 ? this.#port1.read(register, cycle) : this.#port2.read(register, cycle);
    return inPort | this.#expansion.read(register, cycle);
  }
}

function portDevice(name: PortDeviceName, parts: PadParts): PortDevice {
  switch (name) {
    case "zapper":
      return new Zapper(parts);
    case "vs-zapper":
      return new VsZapper(parts);
    case "power-pad":
      return new PowerPad(parts);
    case "arkanoid":
      return new ArkanoidPaddle(parts);
    case "snes-mouse":
      return new SnesMouse(parts);
    case "snes-pad":
      return new SnesPad(parts);
    case "virtual-boy-pad":
      return new VirtualBoyPad(parts);
    case "subor-mouse":
      return new SuborMouse(parts);
    case "subor-byte-mouse":
      return new SuborByteMouse(parts);
    default:
      return NOTHING;
  }
}

function expansionDevice(name: ExpansionDeviceName, parts: PadParts): PortDevice {
  switch (name) {
    case "pads":
      return new ExpansionPads(parts);
    case "arkanoid":
      return new FamicomArkanoidPaddle(parts);
    case "zapper":
      return new ExpansionZapper(parts);
    case "family-basic-keyboard":
      return new MatrixKeyboard(parts, FAMILY_BASIC_KEYBOARD);
    case "subor-keyboard":
      return new MatrixKeyboard(parts, SUBOR_KEYBOARD);
    case "family-trainer":
      return new FamilyTrainer(parts);
    case "konami-hyper-shot":
      return new KonamiHyperShot(parts);
    case "bandai-hyper-shot":
      return new BandaiHyperShot(parts);
    case "party-tap":
      return new PartyTap(parts);
    case "exciting-boxing":
      return new ExcitingBoxing(parts);
    case "mahjong":
      return new MahjongController(parts);
    case "pachinko":
      return new PachinkoController(parts);
    case "hori-track":
      return new HoriTrack(parts);
    case "oeka-kids-tablet":
      return new OekaKidsTablet(parts);
    case "network-controller":
      return new NetworkController(parts);
    case "top-rider":
      return new TopRider(parts);
    case "turbo-file":
    case "turbo-file-2":
      return new TurboFile(parts);
    case "battle-box":
      return new BattleBox(parts);
    case "barcode-battler":
      return new BarcodeBattler(parts);
    case "datach-reader":
      return new DatachReader(parts);
    case "data-recorder":
      return new Both(
        new MatrixKeyboard(
          { ...parts, state: parts.state.subarray(DEVICE_STATE_WORDS) },
          FAMILY_BASIC_KEYBOARD,
        ),
        new DataRecorder(parts),
      );
    default:
      return NOTHING;
  }
}
