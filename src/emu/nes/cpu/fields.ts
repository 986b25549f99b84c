import { BYTE, defineFields, FLAG, range, WORD } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MOST_CYCLES } from "../region.ts";
import type { Cpu } from "./cpu.ts";

/** The CPU's fields that a state holds, and the bus's. The others follow from them; debuggers are outside. */
export const CPU_FIELDS = defineFields<Cpu, "horizon" | "effects" | "pollCycle" | "holdsInterrupts">()({
  cycle: range(-1, MOST_CYCLES),
  dataBus: BYTE,
  statusRead: BYTE,
  statusReadCycle: range(-MOST_CYCLES, MOST_CYCLES),
  oamDmaCycle: range(-MOST_CYCLES, MOST_CYCLES, NEVER),
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
  lateBranchCycle: range(-MOST_CYCLES, MOST_CYCLES),
  earlyIrqCycle: range(-MOST_CYCLES, MOST_CYCLES),
  flagChangeCycle: range(-MOST_CYCLES, MOST_CYCLES),
  flagBeforeChange: FLAG,
  unpolledCycle: range(-MOST_CYCLES, MOST_CYCLES),
});
