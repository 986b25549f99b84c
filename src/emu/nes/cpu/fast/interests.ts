import { ACCESS_WRITE, OPCODES } from "../opcodes.ts";

/** A bit beside `ACCESS_READ` and `ACCESS_WRITE`: the instruction itself is at the address. */
export const EXECUTED = 4;

/** Addresses of the CPU, both included, and what an instruction does there. */
interface AddressRange {
  readonly from: number;
  readonly to: number;
  readonly kinds: number;
}

/** How often each instruction ran, by PRG ROM offset. */
export interface InstructionCounts {
  readonly executed: Uint32Array;
  /** How often each branch was taken. */
  readonly taken: Uint32Array;
  readonly passed: Uint32Array;
}

/**
 * The instructions that an observer must see. All others run fast. Instructions outside of memory, and those
 * that stop the CPU, are always seen.
 */
export interface Interest {
  /** Instructions with these opcodes. */
  readonly opcodes?: readonly number[];
  /** Instructions at these addresses, or that access them. */
  readonly ranges?: readonly AddressRange[];
  /** By PRG ROM offset: instructions where it is not 0. It may change at any time. */
  readonly places?: Uint8Array;
  /** Instructions that may move S past an end of the stack. */
  readonly stackEnds?: boolean;
  /** Instructions that an interrupt follows. They are known only after they have run. */
  readonly interrupts?: boolean;
  /** Gets a 1 for each byte of work RAM that an instruction writes which the observer does not see. */
  readonly written?: Uint8Array;
  /** Count the instructions that the observer does not see. */
  readonly counts?: InstructionCounts;
}

const NOTHING: Uint8Array = new Uint8Array(0);
const NO_COUNTS: InstructionCounts = {
  executed: new Uint32Array(0),
  taken: new Uint32Array(0),
  passed: new Uint32Array(0),
};

/** What all observers of a machine must see, in the form in which the CPU looks it up. */
export class Interests {
  /** Not 0 for opcodes of which every instruction is seen. */
  readonly opcodes = Uint8Array.from(OPCODES, ({ mnemonic }) => (mnemonic === "JAM" ? 1 : 0));
  /** By address: `EXECUTED`, `ACCESS_READ` and `ACCESS_WRITE`. */
  readonly addresses = new Uint8Array(0x10000);
  /** All kinds of accesses that are looked up in `addresses` or noted in `written`. */
  accesses = 0;
  places = NOTHING;
  stackEnds = false;
  interrupts = false;
  written = NOTHING;
  counts = NO_COUNTS;

  /** Adds an interest. Returns false if it cannot be combined with those that were added before. */
  add(interest: Interest): boolean {
    const { places = NOTHING, written = NOTHING, counts = NO_COUNTS } = interest;
    for (const opcode of interest.opcodes ?? []) this.opcodes[opcode] = 1;
    for (const { from, to, kinds } of interest.ranges ?? []) {
      for (let address = from; address <= to; address++) this.addresses[address]! |= kinds;
      this.accesses |= kinds & ~EXECUTED;
    }
    this.stackEnds ||= interest.stackEnds === true;
    this.interrupts ||= interest.interrupts === true;
    // There is one array of each kind.
    if (places !== NOTHING && this.places !== NOTHING) return false;
    if (written !== NOTHING && this.written !== NOTHING) return false;
    if (counts !== NO_COUNTS && this.counts !== NO_COUNTS) return false;
    if (places !== NOTHING) this.places = places;
    if (written !== NOTHING) {
      this.written = written;
      this.accesses |= ACCESS_WRITE;
    }
    if (counts !== NO_COUNTS) this.counts = counts;
    return true;
  }
}
