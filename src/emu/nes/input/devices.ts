import type { StateCheck } from "../../state-check.ts";

export const PORT_DEVICES = ["standard", "none", "zapper", "power-pad", "arkanoid", "snes-mouse"] as const;
export const EXPANSION_DEVICES = ["none", "pads", "arkanoid", "zapper", "family-basic-keyboard"] as const;

/** What can be plugged into a controller port of the console. */
export type PortDeviceName = (typeof PORT_DEVICES)[number];
/** What can be plugged into the Famicom's expansion port. */
export type ExpansionDeviceName = (typeof EXPANSION_DEVICES)[number];

/** What is plugged in. By default two standard controllers and nothing else. */
export interface DeviceSetup {
  readonly port1?: PortDeviceName;
  readonly port2?: PortDeviceName;
  /** Four controllers through the NES's adapter; both ports must be "standard". */
  readonly fourScore?: boolean;
  readonly expansion?: ExpansionDeviceName;
  /**
   * Controller 2 is the Famicom's: it has a microphone instead of Start. Bit 3 of its byte is then a sound at the
   * microphone, and $4016 D2 alternates from read to read. https://www.nesdev.org/wiki/Controller_reading
   */
  readonly microphone?: boolean;
}

/**
 * What an `InputSource` says of devices other than controllers, in one array: DEVICE_DATA_BYTES, of which
 * each place has its stretch. Bytes by device:
 * - zapper: x, y (pixels), bit 0 trigger pulled, bit 1 points at the screen
 * - power-pad: buttons 1–8 from bit 0 on, then 9–12
 * - arkanoid: position (0 left to 255 right), bit 0 button
 * - snes-mouse: movement right and down since the last frame (signed), bit 0 left button, bit 1 right
 * - family-basic-keyboard: nine rows; bits 0–3 the keys of column 0 on D1–D4, bits 4–7 those of column 1
 */
export const PORT1_DATA = 0;
export const PORT2_DATA = 4;
export const EXPANSION_DATA = 8;
export const DEVICE_DATA_BYTES = 20;

/** 32-bit words that a device may remember itself in. */
export const DEVICE_STATE_WORDS = 4;

/** A device as the console's registers see it. Everything it remembers lies in its words of the state. */
export interface PortDevice {
  /** $4016 is written: OUT0–OUT2. */
  write(out: number): void;
  /** OUT0 is high: shift registers load. */
  load(): void;
  /** A read of $4016 (`register` 0) or $4017 (1) clocks it: what it drives on D0–D4. */
  read(register: number): number;
  /** Declares what its words of a state may hold, where that is not any number. */
  declareState?(state: StateCheck, name: string): void;
}

/** What a light gun sees. */
export interface LightSource {
  /** Whether a gun pointed at pixel (x, y) senses light now. */
  lightAt(x: number, y: number): boolean;
}

/** What a device is built from. */
export interface DeviceParts {
  /** Its stretch of the data from the `InputSource`, as of this frame's latch. */
  readonly data: Uint8Array;
  /** DEVICE_STATE_WORDS of the mutable run. */
  readonly state: Int32Array;
  readonly light: LightSource;
}

/**
 * The devices that NES 2.0 byte 15 stands for; the default set-up where it names none that is known.
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
  11: { port2: "power-pad" },
  12: { port2: "power-pad" },
  15: { port2: "arkanoid" },
  16: { expansion: "arkanoid" },
  35: { expansion: "family-basic-keyboard" },
  41: { port2: "snes-mouse" },
};
