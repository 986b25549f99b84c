import type { AxisRange } from "./evdev.ts";
import { PadState } from "./evdev.ts";

/** A pad that has been opened. */
export interface PadDevice {
  readonly name: string;
  readonly axes: ReadonlyMap<number, AxisRange>;
  /** Brings `state` up to date without waiting. False when the pad has gone. */
  poll(state: PadState): boolean;
  close(): void;
}

/** Where pads come from. */
export interface PadDevices {
  /** Names of the devices that there are now, pads or not. */
  list(): readonly string[];
  /** Opens one; undefined when it is no pad, "later" when it cannot be opened yet. */
  open(device: string): PadDevice | "later" | undefined;
}

/** The console has four ports at most. */
const MAX_PADS = 4;
/** A frame's input is latched once in 16 ms; pads report every 1 to 8 ms. */
const POLL_MS = 2;
/** New devices are looked for this often: the system needs a moment anyway to allow us to open them. */
const SCAN_MS = 1000;

interface Pad {
  readonly device: PadDevice;
  readonly state: PadState;
}

/**
 * The game pads: each gets the lowest free port when it is plugged in, and keeps it until it is pulled out.
 */
export class Gamepads {
  /** Gets what all pads hold, and what they press again and again: words of a byte a port. */
  onButtons: (held: number, turbo: number) => void = () => {};
  /** A pad has come or gone. */
  onChange: () => void = () => {};
  readonly #devices: PadDevices;
  readonly #ports: (Pad | undefined)[] = new Array<Pad | undefined>(MAX_PADS).fill(undefined);
  /** Devices that have been looked at: pads with their port, all others without. */
  readonly #known = new Map<string, number | undefined>();
  #held = 0;
  #turbo = 0;
  #scanTimer: ReturnType<typeof setInterval> | undefined;
  #pollTimer: ReturnType<typeof setInterval> | undefined;

  constructor(devices: PadDevices) {
    this.#devices = devices;
  }

  /** Names of the pads by port, from port 1 on; undefined where there is none. */
  get names(): readonly (string | undefined)[] {
    return this.#ports.map((pad) => pad?.device.name);
  }

  /** Looks for pads from now on. */
  start(): void {
    this.scan();
    this.#scanTimer = setInterval(() => this.scan(), SCAN_MS);
  }

  /** Lets go of everything and closes all pads. */
  stop(): void {
    clearInterval(this.#scanTimer);
    clearInterval(this.#pollTimer);
    this.#pollTimer = undefined;
    for (const pad of this.#ports) pad?.device.close();
    this.#ports.fill(undefined);
    this.#known.clear();
    this.#publish();
  }

  /** Takes new devices in and forgets those that have gone. */
  scan(): void {
    const devices = this.#devices.list();
    for (const [device, port] of this.#known) {
      if (devices.includes(device)) continue;
      this.#known.delete(device);
      if (port !== undefined) this.#remove(port);
    }
    for (const device of devices) {
      if (this.#known.has(device)) continue;
      const port = this.#ports.indexOf(undefined);
      if (port < 0) return;
      const opened = this.#devices.open(device);
      if (opened === "later") continue;
      this.#known.set(device, opened === undefined ? undefined : port);
      if (opened === undefined) continue;
      const state = new PadState(opened.axes);
      opened.poll(state);
      this.#ports[port] = { device: opened, state };
      this.onChange();
    }
    this.#pollWhilePlugged();
    this.#publish();
  }

  /** Takes what the pads have sent. */
  poll(): void {
    for (let port = 0; port < MAX_PADS; port++) {
      const pad = this.#ports[port];
      if (pad === undefined) continue;
      if (!pad.device.poll(pad.state)) this.#remove(port);
    }
    this.#publish();
  }

  #remove(port: number): void {
    const pad = this.#ports[port];
    if (pad === undefined) return;
    pad.device.close();
    this.#ports[port] = undefined;
    // Its name may come again, for another device: it stays known until it is off the list.
    for (const [device, at] of this.#known) if (at === port) this.#known.set(device, undefined);
    this.#pollWhilePlugged();
    this.onChange();
  }

  #pollWhilePlugged(): void {
    const isPlugged = this.#scanTimer !== undefined && this.#ports.some((pad) => pad !== undefined);
    if (isPlugged === (this.#pollTimer !== undefined)) return;
    clearInterval(this.#pollTimer);
    this.#pollTimer = isPlugged ? setInterval(() => this.poll(), POLL_MS) : undefined;
  }

  #publish(): void {
    let held = 0;
    let turbo = 0;
    for (let port = 0; port < MAX_PADS; port++) {
      held |= (this.#ports[port]?.state.held ?? 0) << (8 * port);
      turbo |= (this.#ports[port]?.state.turbo ?? 0) << (8 * port);
    }
    if (held === this.#held && turbo === this.#turbo) return;
    this.#held = held;
    this.#turbo = turbo;
    this.onButtons(held >>> 0, turbo >>> 0);
  }
}
