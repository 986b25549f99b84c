/**
 * Where each register of the Z80 is in its bytes. B, C, D, E, H, L, F and A are in the order of their codes
 * in opcodes (F has the code of "(HL)"), and the bytes of a pair are high first.
 */
export const B = 0;
export const C = 1;
export const D = 2;
export const E = 3;
export const H = 4;
export const L = 5;
export const F = 6;
export const A = 7;

/** The first bytes of the pairs. IX and IY can take the place of HL in an instruction. */
export const BC = 0;
export const DE = 2;
export const HL = 4;
export const IX = 8;
export const IY = 10;
export const SP = 12;
export const PC = 14;
/** An internal register, which programs see in bits 3 and 5 of BIT n,(HL). Also called MEMPTR. */
export const WZ = 16;
/** The interrupt vector's high byte, and the counter that refreshes dynamic RAM. */
export const I = 18;
export const R = 19;
/** B', C', D', E', H', L', F', A'. */
export const SHADOW = 20;
/** Interrupts are accepted if IFF1 is 1. IFF2 keeps IFF1 during an NMI. */
export const IFF1 = 28;
export const IFF2 = 29;
/** 0, 1 or 2. */
export const INTERRUPT_MODE = 30;
export const HALTED = 31;
/** F if the last instruction set flags, else 0. SCF and CCF depend on it. */
export const Q = 32;
/** What the last step was, if the next depends on it: one of the `AFTER_` values, else 0. */
export const PREVIOUS = 33;
/** 1 while /INT is low. */
export const INT_LINE = 34;
/** 1 from an edge of /NMI until it is accepted. */
export const NMI_PENDING = 35;

/** The bytes that hold the whole state of a Z80. */
export const Z80_REGISTER_BYTES = 36;

/** Values of `PREVIOUS`. No INT is accepted after EI, nor after a RETN or RETI that changes IFF1. */
export const AFTER_EI = 1;
/** INT clears P/V that LD A,I or LD A,R has just set. */
export const AFTER_LD_A_IR = 2;
/** The prefix DD or FD, after another prefix, which it replaces. No interrupt is accepted after it. */
export const AFTER_DD = 3;
export const AFTER_FD = 4;
/** The acceptance of an NMI. Another one waits for an instruction. */
export const AFTER_NMI = 5;

/** The bits of F. */
export const CARRY = 0x01;
export const SUBTRACT = 0x02;
/** Parity of logical operations and shifts, overflow of arithmetic. */
export const PARITY = 0x04;
export const HALF_CARRY = 0x10;
export const ZERO = 0x40;
export const SIGN = 0x80;
/** Bits 3 and 5 have no documented meaning. Most instructions copy them from the result. */
export const BITS_3_5 = 0x28;
