import type { AxisRange } from "./evdev.ts";
import { PadState } from "./evdev.ts";

/** An opened pad. */
export interface PadDevice {
  readonly name: string;
  readonly axes: ReadonlyMap<number, AxisRange>;
  /** Updates `state` without waiting. Returns false if the pad is gone. */
  poll(state: PadState): boolean;
  close(): void;
}

/** A source of pads. */
export interface PadDevices {
  /** Names of all devices present now, pads or not. */
  list(): readonly string[];
  /** Opens a device. Returns undefined if it is not a pad, "later" if it cannot be opened yet. */
  open(device: string): PadDevice | "later" | undefined;
}

/** The console has at most four ports. */
const MAX_PADS = 4;
const WORD_BITS = 32;
/** The machine latches input once per 16 ms; pads report every 1 to 8 ms. */
const POLL_MS = 2;
/** How often new devices are looked for. The system needs a moment to give us access to one anyway. */
const SCAN_MS = 1000;

const CENTRED = new Int8Array(4);

interface Pad {
  readonly device: PadDevice;
  readonly state: PadState;
}

/**
 * The game pads. A pad gets the lowest free port when it is plugged in, and keeps it until it is unplugged.
 */
export class Gamepads {
  /** Receives the held buttons and the turbo buttons of all pads: words with one byte per port. */
  onButtons: (held: number, turbo: number) => void = () => {};
  /**
   * Receives, for consoles with more buttons, those of ports 3 and 4 (16 bits each), and the sticks of port 1
   * as in `PadState`.
   */
  onMore: (buttons: number, sticks: Int8Array) => void = () => {};
  /**
   * Receives what the pad of port 0 or 1 holds, as in `PadState.wide`, before `onButtons` is called: for
   * devices with more buttons than a controller.
   */
  onWide: (port: number, buttons: number) => void = () => {};
  /** Called when a pad is plugged in or unplugged. */
  onChange: () => void = () => {};
  readonly #devices: PadDevices;
  readonly #portBits: number;
  readonly #ports: (Pad | undefined)[] = new Array<Pad | undefined>(MAX_PADS).fill(undefined);
  /** Devices already examined: pads with their port, other devices with undefined. */
  readonly #known = new Map<string, number | undefined>();
  #held = 0;
  #turbo = 0;
  #more = 0;
  readonly #wide = [0, 0];
  readonly #sticks = new Int8Array(4);
  #scanTimer: ReturnType<typeof setInterval> | undefined;
  #pollTimer: ReturnType<typeof setInterval> | undefined;

  /** Words of buttons have `portBits` bits per port; pads beyond the last port do nothing. */
  constructor(devices: PadDevices, portBits = 8) {
    this.#devices = devices;
    this.#portBits = portBits;
  }

  /** Names of the pads by port, from port 1 on; undefined for a port without a pad. */
  get names(): readonly (string | undefined)[] {
    return this.#ports.map((pad) => pad?.device.name);
  }

  /** Starts to look for pads. */
  start(): void {
    this.scan();
    this.#scanTimer = setInterval(() => this.scan(), SCAN_MS);
  }

  /** Releases everything and closes all pads. */
  stop(): void {
    clearInterval(this.#scanTimer);
    clearInterval(this.#pollTimer);
    this.#pollTimer = undefined;
    for (const pad of this.#ports) pad?.device.close();
    this.#ports.fill(undefined);
    this.#known.clear();
    this.#publish();
  }

  /** Opens new devices and drops those that are gone. */
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

  /** Reads the pads' events. */
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
    // The name stays known until the device leaves the list, because another device may get the same name
    // later.
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
    if (this.#portBits > 8) this.#publishMore();
    else this.#publishWide();
    let held = 0;
    let turbo = 0;
    const hasMore = this.#portBits > 8;
    for (let port = 0; this.#portBits * port < WORD_BITS; port++) {
      const state = this.#ports[port]?.state;
      if (state === undefined) continue;
      const shift = this.#portBits * port;
      held |= (hasMore ? state.held | state.more : state.held) << shift;
      turbo |= hasMore ? 0 : state.turbo << shift;
    }
    if (held === this.#held && turbo === this.#turbo) return;
    this.#held = held;
    this.#turbo = turbo;
    this.onButtons(held >>> 0, turbo >>> 0);
  }

  #publishWide(): void {
    for (let port = 0; port < this.#wide.length; port++) {
      const buttons = this.#ports[port]?.state.wide ?? 0;
      if (buttons === this.#wide[port]) continue;
      this.#wide[port] = buttons;
      this.onWide(port, buttons);
    }
  }

  #publishMore(): void {
    const [first, , third, fourth] = this.#ports;
    const buttons = (pad: Pad | undefined): number =>
      pad === undefined ? 0 : pad.state.held | pad.state.more;
    const more = (buttons(third) | (buttons(fourth) << 16)) >>> 0;
    const sticks = first?.state.sticks ?? CENTRED;
    if (more === this.#more && sticks.every((value, axis) => value === this.#sticks[axis])) return;
    this.#more = more;
    this.#sticks.set(sticks);
    this.onMore(more, this.#sticks);
  }
}
