import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { GameError } from "./errors.ts";

/** What a routine is called with; registers that are left out keep what they hold. */
export interface CallOptions {
  readonly a?: number;
  readonly x?: number;
  readonly y?: number;
  readonly carry?: boolean;
  /** The routine returns with RTI, as interrupt handlers do. */
  readonly returnsByRti?: boolean;
  /** NMI and IRQ wait until the routine has returned, unless this is true. */
  readonly allowInterrupts?: boolean;
  /** Give up after so many CPU cycles; ten frames' worth by default. */
  readonly maxCycles?: number;
}

/** What a routine has left behind. */
export interface CallResult {
  readonly a: number;
  readonly x: number;
  readonly y: number;
  readonly carry: boolean;
  readonly zero: boolean;
  readonly negative: boolean;
  readonly overflow: boolean;
  /** CPU cycles from its first instruction to the end of its RTS. */
  readonly cycles: number;
}

const DEFAULT_MAX_CYCLES = 300_000;

/**
 * Runs the routine at `address` as a JSR at this moment would, `step` being one instruction of the machine;
 * then the program goes on where it was, with the registers that it had. What the routine does to memory
 * stays, and time has passed. Throws `GameError` when it does not return.
 */
export function callRoutine(
  nes: Nes,
  address: number,
  options: CallOptions,
  step: () => void,
  failure: (what: string) => GameError,
): CallResult {
  const { cpu } = nes;
  const { pc, a, x, y, s } = cpu;
  const status = cpu.status();
  pushReturn(nes, options.returnsByRti === true);
  cpu.a = register("a", options.a, a);
  cpu.x = register("x", options.x, x);
  cpu.y = register("y", options.y, y);
  if (options.carry !== undefined) cpu.carry = options.carry ? 1 : 0;
  cpu.pc = address;
  cpu.holdsInterrupts = options.allowInterrupts === true ? 0 : 1;
  const start = nes.totalCycles;
  const limit = start + (options.maxCycles ?? DEFAULT_MAX_CYCLES);
  try {
    do {
      step();
      if (cpu.jammed === 1) throw failure("the CPU has jammed in the routine");
      if (nes.totalCycles > limit) {
        throw failure(`the routine has not returned within ${limit - start} cycles`);
      }
    } while (cpu.pc !== pc || cpu.s !== s);
    return {
      a: cpu.a,
      x: cpu.x,
      y: cpu.y,
      carry: cpu.carry === 1,
      zero: cpu.zeroFrom === 0,
      negative: (cpu.negativeFrom & 0x80) !== 0,
      overflow: cpu.overflow === 1,
      cycles: nes.totalCycles - start,
    };
  } finally {
    cpu.holdsInterrupts = 0;
    cpu.jammed = 0;
    Object.assign(cpu, { pc, a, x, y, s });
    cpu.setStatus(status);
  }
}

/** RTS returns to the address after the one that it pulls, RTI to that itself, and P is below. */
function pushReturn(nes: Nes, byRti: boolean): void {
  const { cpu } = nes;
  const target = byRti ? cpu.pc : (cpu.pc - 1) & 0xffff;
  const bytes = byRti ? [target >> 8, target & 0xff, cpu.status()] : [target >> 8, target & 0xff];
  for (const byte of bytes) {
    nes.poke("cpu", 0x100 | cpu.s, byte);
    cpu.s = (cpu.s - 1) & 0xff;
  }
}

function register(name: string, value: number | undefined, kept: number): number {
  if (value === undefined) return kept;
  if (Number.isInteger(value) && value >= 0 && value <= 0xff) return value;
  throw new InputError("usage", `${name}: ${value} is no byte: a whole number from 0 to 255 was expected`);
}
