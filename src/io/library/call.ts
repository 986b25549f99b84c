import type { Nes } from "../../emu/nes/nes.ts";
import type { GameError } from "./errors.ts";
import { byteOf } from "./game-checks.ts";

/** Registers and limits of a call. Omitted registers keep their values. */
export interface CallOptions {
  readonly a?: number;
  readonly x?: number;
  readonly y?: number;
  readonly carry?: boolean;
  /** True if the routine returns with RTI, as interrupt handlers do. */
  readonly returnsByRti?: boolean;
  /** True if NMI and IRQ may interrupt the routine. By default they wait until it has returned. */
  readonly allowInterrupts?: boolean;
  /** Fail after this many CPU cycles; by default those of ten frames. */
  readonly maxCycles?: number;
}

/** The registers after the routine, and its time. */
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
 * Runs the routine at `address` as if the program called it now with JSR; `step` runs one instruction. Then
 * restores the registers, so that the program continues where it was. Changes to memory stay, and machine
 * time has passed. Throws `GameError` if the routine does not return.
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
        throw failure(`the routine did not return within ${limit - start} cycles`);
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

/** RTS returns to the pulled address plus one. RTI pulls P first and returns to the pulled address itself. */
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
  return value === undefined ? kept : byteOf(value, name);
}
