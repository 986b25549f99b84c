import type { StateCheck } from "../../../../state-check.ts";

/** How many bytes of a board's registers a processor of the modem takes: bytes, then 32-bit words. */
export const PROCESSOR_BYTES = 32;
export const PROCESSOR_WORDS = 12;

/** RAM of CPU2. */
export const CPU2_RAM_BYTES = 0x2000;

/** CPU2 with its program, or what takes its place. */
export interface ModemProcessor {
  /** The reset line is released. */
  reset(): void;
  /**
   * Runs `cycles` cycles of CPU2, in which `ticks` periods of 1/1200 s end. `isWatchdogHigh` is the level of
   * the RF5C66's output to CPU2. However a time is divided into calls, the result is the same.
   */
  run(cycles: number, ticks: number, isWatchdogHigh: boolean): void;
  /** The Famicom has written the flags of the mailbox. */
  flagsWritten(): void;
  /** Bits 0–5 of the Famicom's register $40D6. */
  readonly uartStatus: number;
  /** The selected rate of the UART, 0–3, which $40D5 shows. */
  readonly rate: number;
  declareState(state: StateCheck): void;
}

/** What a processor is built from. */
export interface ProcessorParts {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** CPU2_RAM_BYTES bytes. */
  readonly ram: Uint8Array;
}
