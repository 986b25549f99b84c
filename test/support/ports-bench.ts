import { Arena } from "../../src/emu/arena.ts";
import type { DeviceSetup, LightSource } from "../../src/emu/nes/input/devices.ts";
import { Plugged } from "../../src/emu/nes/input/plug.ts";
import { InputPorts } from "../../src/emu/nes/input/ports.ts";

/** Nothing lights up. */
export const DARK: LightSource = { lightAt: () => false, isPictureBright: () => false };

/** Ports with devices, accessed as by a program: every access is some cycles after the previous one. */
export class PortsBench {
  readonly ports = new InputPorts();
  buttons = 0;
  readonly data = new Uint8Array(32);
  #cycle = 0;

  constructor(setup?: DeviceSetup, light = DARK) {
    const arena = new Arena(new SharedArrayBuffer(4096));
    if (setup !== undefined) this.ports.plug(new Plugged(arena, setup, light));
    this.ports.powerOn();
    this.ports.setSource({
      latchButtons: () => this.buttons,
      latchDevices: (into) => into.set(this.data.subarray(0, into.length)),
    });
    this.ports.beginFrame();
  }

  frame(): void {
    this.ports.beginFrame();
  }

  write(value: number): void {
    this.#cycle += 8;
    this.ports.write(value, this.#cycle);
  }

  strobe(): void {
    this.write(1);
    this.write(0);
  }

  read(register: number): number {
    this.#cycle += 8;
    return this.ports.read(register, this.#cycle, 0);
  }

  /** The next `count` bits on line D`line`, in order. */
  bits(register: number, line: number, count: number): string {
    let text = "";
    for (let index = 0; index < count; index++) text += (this.read(register) >> line) & 1;
    return text;
  }
}
