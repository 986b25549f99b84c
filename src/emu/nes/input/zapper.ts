import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import type { DeviceParts, LightSource, PortDevice } from "./devices.ts";

const X = 0;
const Y = 1;
const FLAGS = 2;
const TRIGGER = 1;
const ON_SCREEN = 2;

const NO_LIGHT = 0x08;
const TRIGGER_LINE = 0x10;

/**
 * The Zapper: D3 is low while it senses light, D4 high while the trigger is pulled.
 * https://www.nesdev.org/wiki/Zapper
 */
export class Zapper implements PortDevice {
  readonly #data: Uint8Array;
  readonly #light: LightSource;

  constructor(parts: DeviceParts) {
    this.#data = parts.data;
    this.#light = parts.light;
  }

  write(): void {}

  load(): void {}

  read(): number {
    const data = this.#data;
    const trigger = (data[FLAGS] & TRIGGER) !== 0 ? TRIGGER_LINE : 0;
    const sees = (data[FLAGS] & ON_SCREEN) !== 0 && this.#light.lightAt(data[X], data[Y]);
    return trigger | (sees ? 0 : NO_LIGHT);
  }
}

/** The Famicom's light gun in the expansion port: the same lines, only on $4017. */
export class ExpansionZapper extends Zapper {
  override read(register = 1): number {
    return register === 1 ? super.read() : 0;
  }
}

const SHIFT = 0;
const ALWAYS_HIGH = 0x10;
const SEES_LIGHT = 0x40;
const TRIGGER_PULLED = 0x80;

/**
 * The light gun of the VS. System, which is read in series on D0 as a controller is: bit 4 is always 1, bit 6
 * is light, bit 7 the trigger. https://www.nesdev.org/wiki/Zapper#Vs._Zapper
 */
export class VsZapper implements PortDevice {
  readonly #data: Uint8Array;
  readonly #light: LightSource;
  readonly #state: Int32Array;

  constructor(parts: DeviceParts) {
    this.#data = parts.data;
    this.#light = parts.light;
    this.#state = parts.state;
  }

  write(): void {}

  load(): void {
    const data = this.#data;
    const sees = (data[FLAGS] & ON_SCREEN) !== 0 && this.#light.lightAt(data[X], data[Y]);
    const trigger = (data[FLAGS] & TRIGGER) !== 0 ? TRIGGER_PULLED : 0;
    this.#state[SHIFT] = ALWAYS_HIGH | trigger | (sees ? SEES_LIGHT : 0);
  }

  read(): number {
    const bit = this.#state[SHIFT] & 1;
    this.#state[SHIFT] >>= 1;
    return bit;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.shift`, this.#state, range(0, 0xff), SHIFT, 1);
  }
}
