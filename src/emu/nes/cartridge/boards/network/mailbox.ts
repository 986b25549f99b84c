/** How many bytes of state the mailbox takes. */
export const MAILBOX_BYTES = 8;

const TO_CPU2 = 0; // three bytes of data and the flags
const TO_FAMICOM = 4;
/** The register of the flags: those before it hold data. */
export const MAILBOX_FLAGS = 3;

/** The bits of the flags that there are. */
export const FLAG_BITS = 0xe0;

/**
 * The registers $40D0–$40D3 of the Famicom, $4122–$4125 of CPU2: three bytes of data and three flags in each
 * direction. Each side reads what the other one has written.
 * https://www.nesdev.org/wiki/Famicom_Network_System
 */
export class Mailbox {
  readonly #state: Uint8Array;

  /** `state` are MAILBOX_BYTES bytes. */
  constructor(state: Uint8Array) {
    this.#state = state;
  }

  /** Nobody sends: all flags and data are 1. */
  powerOn(): void {
    this.#state.fill(0xff, 0, MAILBOX_BYTES);
  }

  /** What the Famicom reads in register 0–3. Only the high three bits of register 3 exist. */
  readByFamicom(register: number): number {
    return this.#state[TO_FAMICOM + register];
  }

  writeByFamicom(register: number, value: number): void {
    this.#state[TO_CPU2 + register] = value;
  }

  readByCpu2(register: number): number {
    return this.#state[TO_CPU2 + register];
  }

  writeByCpu2(register: number, value: number): void {
    this.#state[TO_FAMICOM + register] = value;
  }
}
