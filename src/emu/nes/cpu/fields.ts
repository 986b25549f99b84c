import { BYTE, defineFields, FLAG, range, WORD } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MAX_CYCLES } from "../region.ts";
import type { Cpu } from "./cpu.ts";

/** The CPU's fields that a state holds, and the bus's. The other fields are derived or belong to debuggers. */
export const CPU_FIELDS = defineFields<Cpu, "horizon" | "effects" | "pollCycle" | "holdsInterrupts">()({
  cycle: range(-1, MAX_CYCLES),
  dataBus: BYTE,
  statusRead: BYTE,
  statusReadCycle: range(-MAX_CYCLES, MAX_CYCLES),
  oamDmaCycle: range(-MAX_CYCLES, MAX_CYCLES, NEVER),
  oamDmaPage: BYTE,
  pc: WORD,
  a: BYTE,
  x: BYTE,
  y: BYTE,
  s: BYTE,
  negativeFrom: BYTE,
  zeroFrom: BYTE,
  carry: FLAG,
  overflow: FLAG,
  interruptDisable: FLAG,
  decimal: FLAG,
  jammed: FLAG,
  lateBranchCycle: range(-MAX_CYCLES, MAX_CYCLES),
  earlyIrqCycle: range(-MAX_CYCLES, MAX_CYCLES),
  flagChangeCycle: range(-MAX_CYCLES, MAX_CYCLES),
  flagBeforeChange: FLAG,
  unpolledCycle: range(-MAX_CYCLES, MAX_CYCLES),
});
