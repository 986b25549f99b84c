import type { CoinSlots } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";

/** The cabinet of an arcade machine, as the ports see it. */
export interface Cabinet {
  powerOn(): void;
  /** Advances coins and contacts by one frame. */
  beginFrame(): void;
  /** Returns the word of two controllers as the cabinet wires them, with $4016 in the low byte. */
  wire(buttons: number): number;
  /**
   * The value of a read of $4016 (`register` 0) or $4017. `bits` are the devices' data, and `value` the byte
   * that a console returns for them.
   */
  read(register: number, bits: number, value: number): number;
  declareState(state: StateCheck): void;
}

/** A cabinet with coin slots that can reset its console. */
export interface WatchedCabinet extends Cabinet, CoinSlots {
  /** Returns true once before a frame if the console is reset, and then waits for the next reason. */
  takeTimeout(): boolean;
}
