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
