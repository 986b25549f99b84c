import type { StateCheck } from "../../state-check.ts";
import { DEVICE_STATE_WORDS, type DeviceParts, type PortDevice } from "./devices.ts";
import { FAMILY_BASIC_KEYBOARD, MatrixKeyboard } from "./keyboard.ts";
import { DataRecorder } from "./storage-devices.ts";

/** The Family BASIC keyboard with the Data Recorder, which is plugged into it. */
export class TapeAtKeyboard implements PortDevice {
  readonly usesInputAtWrites = true;
  readonly #keyboard: MatrixKeyboard;
  readonly #recorder: DataRecorder;

  /** The state has a second place, for the keyboard. */
  constructor(parts: DeviceParts) {
    const keyboard = { ...parts, state: parts.state.subarray(DEVICE_STATE_WORDS) };
    this.#keyboard = new MatrixKeyboard(keyboard, FAMILY_BASIC_KEYBOARD);
    this.#recorder = new DataRecorder(parts);
  }

  write(out: number, cycle: number): void {
    this.#keyboard.write(out);
    this.#recorder.write(out, cycle);
  }

  load(): void {}

  read(register: number, cycle: number): number {
    return this.#keyboard.read(register) | this.#recorder.read(register, cycle);
  }

  rebase(cycles: number): void {
    this.#recorder.rebase(cycles);
  }

  declareState(state: StateCheck, name: string): void {
    this.#keyboard.declareState(state, name);
    this.#recorder.declareState(state, name);
  }
}
