import { defineFields } from "../../state-fields.ts";
import type { Cpu } from "./cpu.ts";

/** The CPU's fields that a state holds, and the bus's. The others follow from them; debuggers are outside. */
export const CPU_FIELDS = defineFields<Cpu, "horizon" | "effects" | "pollCycle" | "holdsInterrupts">()(
  "cycle",
  "dataBus",
  "statusRead",
  "statusReadCycle",
  "oamDmaCycle",
  "oamDmaPage",
  "pc",
  "a",
  "x",
  "y",
  "s",
  "negativeFrom",
  "zeroFrom",
  "carry",
  "overflow",
  "interruptDisable",
  "decimal",
  "jammed",
  "lateBranchCycle",
  "earlyIrqCycle",
  "flagChangeCycle",
  "flagBeforeChange",
  "unpolledCycle",
);
