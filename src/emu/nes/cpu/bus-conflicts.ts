/**
 * In five undocumented opcodes two sources drive one internal bus. The winner differs between chips, and
 * between a chip and a switch-level simulation of it. A mask is ORed into the operand before the conflict's
 * AND: $00 gives a clean AND, with $FF the operand has no effect.
 */
export interface BusConflicts {
  /** ANE and LXA, ORed into A. https://www.nesdev.org/wiki/Visual6502wiki/6502_Opcode_8B_(XAA,_ANE) */
  readonly aneLxa: number;
  /** ANC, ALR and ARR. */
  readonly immediateAnd: number;
  /** LAS. */
  readonly las: number;
  /** True if LAS stores its result in X and S; false if it keeps S and copies it to X. */
  readonly lasLoadsStack: boolean;
}

export type ConflictSource = "rp2a03g" | "netlist";

/**
 * `rp2a03g` is the console's chip. `netlist` is the NMOS 6502 in a transistor-level simulation, whose traces
 * differ from the chip in these opcodes only.
 */
export const BUS_CONFLICTS: Readonly<Record<ConflictSource, BusConflicts>> = {
  rp2a03g: { aneLxa: 0xff, immediateAnd: 0x00, las: 0x00, lasLoadsStack: true },
  netlist: { aneLxa: 0xff, immediateAnd: 0xff, las: 0x11, lasLoadsStack: false },
};
