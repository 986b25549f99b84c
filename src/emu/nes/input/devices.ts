import type { StateCheck } from "../../state-check.ts";
import { KIB } from "../../units.ts";

export const PORT_DEVICES = [
  "standard",
  "none",
  "zapper",
  "vs-zapper",
  "power-pad",
  "arkanoid",
  "snes-mouse",
  "snes-pad",
  "virtual-boy-pad",
  "subor-mouse",
  "subor-byte-mouse",
  "power-glove",
  "rob",
  "rob-blocks",
] as const;
export const EXPANSION_DEVICES = [
  "none",
  "pads",
  "arkanoid",
  "zapper",
  "family-basic-keyboard",
  "family-trainer",
  "konami-hyper-shot",
  "bandai-hyper-shot",
  "party-tap",
  "exciting-boxing",
  "mahjong",
  "pachinko",
  "hori-track",
  "oeka-kids-tablet",
  "subor-keyboard",
  "pec-586-keyboard",
  "network-controller",
  "top-rider",
  "turbo-file",
  "turbo-file-2",
  "battle-box",
  "data-recorder",
  "silent-data-recorder",
  "barcode-battler",
  "datach-reader",
  "epsm",
] as const;

/** The devices that are pointed at the picture, and see it. */
export const LIGHT_GUNS: readonly string[] = ["zapper", "vs-zapper", "bandai-hyper-shot"];
/** R.O.B. with his Gyro set and his Block set. */
export const ROBOTS: readonly string[] = ["rob", "rob-blocks"];

/** The Data Recorder with a keyboard to type on, and for games that are played with controllers. */
export const TAPE_RECORDERS: readonly string[] = ["data-recorder", "silent-data-recorder"];

/** The devices for a controller port. */
export type PortDeviceName = (typeof PORT_DEVICES)[number];
/** The devices for the Famicom's expansion port, and the sound module for that of the NES. */
export type ExpansionDeviceName = (typeof EXPANSION_DEVICES)[number];

/** The memory of a connected device, which is saved with that of the cartridge. */
export interface DeviceStorage {
  readonly device: string;
  readonly bytes: number;
}

/** A tape of 103 seconds. */
const TAPE: DeviceStorage = { device: "data-recorder", bytes: 256 * KIB };
/** Devices with memory that is preserved without power. */
const STORAGE: Readonly<Partial<Record<ExpansionDeviceName, DeviceStorage>>> = {
  "turbo-file": { device: "turbo-file", bytes: 8 * KIB },
  "turbo-file-2": { device: "turbo-file-2", bytes: 32 * KIB },
  "battle-box": { device: "battle-box", bytes: 512 },
  "data-recorder": TAPE,
  "silent-data-recorder": TAPE,
};

/** The memory of the connected devices; undefined if they have none. */
export function storageOf({ expansion = "none" }: DeviceSetup): DeviceStorage | undefined {
  return STORAGE[expansion];
}

/** The connected devices. By default two standard controllers and nothing else. */
export interface DeviceSetup {
  readonly port1?: PortDeviceName;
  readonly port2?: PortDeviceName;
  /** Four controllers through the NES's adapter; both ports must be "standard". */
  readonly fourScore?: boolean;
  readonly expansion?: ExpansionDeviceName;
  /**
   * Controller 2 is the Famicom's, with a microphone instead of Start. Bit 3 of its byte then means sound at
   * the microphone, which makes $4016 D2 alternate from read to read.
   * https://www.nesdev.org/wiki/Controller_reading
   */
  readonly microphone?: boolean;
}

/**
 * The input of devices other than controllers, from the `InputSource`: one array of DEVICE_DATA_BYTES, with a
 * part for each port. `device-controls.ts` says what the bytes of each device mean. Devices with a pad of
 * their own take the buttons of the controller in their place, or of controller 3 in the expansion port.
 */
export const PORT1_DATA = 0;
export const PORT2_DATA = 4;
export const EXPANSION_DATA = 8;
export const DEVICE_DATA_BYTES = 24;

/** Number of 32-bit words for the state of a device. */
export const DEVICE_STATE_WORDS = 4;

/** A device as seen through the console's registers. All its state is in its words of the mutable run. */
export interface PortDevice {
  /** A write to $4016 in `cycle` of this frame, which sets OUT0–OUT2. */
  write(out: number, cycle: number): void;
  /** Loads the shift registers, while OUT0 is high. */
  load(): void;
  /**
   * A read of $4016 (`register` 0) or $4017 (1) in `cycle` of this frame, which clocks the device. Returns
   * what it drives on D0–D4.
   */
  read(register: number, cycle: number): number;
  /** True if its writes depend on this frame's input, which is then latched before them. */
  readonly usesInputAtWrites?: boolean;
  /** The frame has ended before cycle `cycles`, which becomes cycle 0. */
  rebase?(cycles: number): void;
  /** Declares the valid values of its state words, if not all are valid. */
  declareState?(state: StateCheck, name: string): void;
}

/** The light that a light gun or R.O.B. sees. */
export interface LightSource {
  /** Returns true if a gun pointed at pixel (x, y) senses light now. */
  lightAt(x: number, y: number): boolean;
  /** Returns true if most of the picture that has just been finished is bright. */
  isPictureBright(): boolean;
}

/** Constructor arguments of a device. */
export interface DeviceParts {
  /** Its part of the data from the `InputSource`, latched in this frame. */
  readonly data: Uint8Array;
  /** DEVICE_STATE_WORDS of the mutable run; ROBOT_STATE_WORDS for R.O.B. */
  readonly state: Int32Array;
  readonly light: LightSource;
  /** Its memory that is preserved without power; empty for most devices. */
  readonly memory: Uint8Array;
}

/**
 * The devices for NES 2.0 byte 15; the default devices if it names none or an unknown one.
 * https://www.nesdev.org/wiki/NES_2.0#Default_Expansion_Device
 */
export function devicesFromHeader(expansionDevice: number): DeviceSetup {
  return HEADER_DEVICES[expansionDevice] ?? {};
}

const HEADER_DEVICES: Readonly<Record<number, DeviceSetup>> = {
  2: { fourScore: true },
  3: { expansion: "pads" },
  8: { port2: "zapper" },
  9: { port1: "zapper", port2: "zapper" },
  10: { expansion: "bandai-hyper-shot" },
  11: { port2: "power-pad" },
  12: { port2: "power-pad" },
  13: { expansion: "family-trainer" },
  14: { expansion: "family-trainer" },
  15: { port2: "arkanoid" },
  16: { expansion: "arkanoid" },
  17: { expansion: "arkanoid" },
  18: { expansion: "konami-hyper-shot" },
  19: { expansion: "pachinko" },
  20: { expansion: "exciting-boxing" },
  21: { expansion: "mahjong" },
  22: { expansion: "party-tap" },
  23: { expansion: "oeka-kids-tablet" },
  24: { expansion: "barcode-battler" },
  27: { expansion: "top-rider" },
  31: { port2: "rob" },
  32: { expansion: "silent-data-recorder" },
  33: { expansion: "turbo-file" },
  34: { expansion: "battle-box" },
  35: { expansion: "data-recorder" },
  36: { expansion: "pec-586-keyboard" },
  38: { expansion: "subor-keyboard" },
  39: { port2: "subor-byte-mouse", expansion: "subor-keyboard" },
  40: { port1: "subor-mouse", expansion: "subor-keyboard" },
  41: { port1: "snes-mouse" },
  43: { port1: "snes-pad", port2: "snes-pad" },
  46: { port2: "rob-blocks" },
  54: { port2: "subor-mouse", expansion: "subor-keyboard" },
  59: { expansion: "network-controller" },
  72: { port2: "snes-mouse" },
  73: { port1: "zapper" },
};
