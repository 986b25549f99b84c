/**
 * Loops that count X or Y and only read meanwhile: longer delays, and waits for a flag with a time-out. Their
 * iterations differ in the counter alone.
 */
import type { Cpu } from "../cpu.ts";
import { OPCODES, type Opcode } from "../opcodes.ts";

export const DEX = 0xca;
export const DEY = 0x88;
export const INX = 0xe8;
const INY = 0xc8;
const BNE = 0xd0;
const BRANCH_LENGTH_BYTES = 2;
/** Within a page. */
const TAKEN_BRANCH_CYCLES = 3;

// What an instruction in such a loop does.
/** Anything that could depend on the counter, or change something. */
const OTHER = 0;
/** Sets N and Z from a byte that it reads, and from A. */
const READS = 1;
/** Branches by N or Z, which the counter has set at the start of an iteration. */
const BRANCHES_BY_RESULT = 2;
const BRANCHES = 3;
const CHANGES_FLAGS = 4;

const READING = ["LDA", "AND", "ORA", "EOR", "ADC", "SBC", "CMP", "BIT"];
const READ_MODES = ["imm", "zp", "abs"];
const BY_RESULT = ["BPL", "BMI", "BNE", "BEQ"];
const FLAGS = ["CLC", "SEC", "CLV", "NOP"];

const KINDS = Uint8Array.from(OPCODES, kindOf);
const LENGTHS = Uint8Array.from(OPCODES, ({ lengthBytes }) => lengthBytes);
const CYCLES = Uint8Array.from(OPCODES, ({ cycles }) => cycles);

function kindOf({ mnemonic, mode, isOfficial }: Opcode): number {
  if (!isOfficial) return OTHER;
  if (READING.includes(mnemonic) && READ_MODES.includes(mode)) return READS;
  if (BY_RESULT.includes(mnemonic)) return BRANCHES_BY_RESULT;
  if (mode === "rel") return BRANCHES;
  return FLAGS.includes(mnemonic) ? CHANGES_FLAGS : OTHER;
}

/**
 * An iteration of `period` cycles has run from `start` to a taken branch that has read the byte at `lastRead`
 * in memory, which is the opcode after it. Returns the opcode that counts if it stands before this branch, a
 * BNE, and every other instruction is independent of the counter; otherwise 0. All branches but the last must
 * lead out of the loop, so that the iteration took none of them. The loop must be within 256 bytes from a
 * page's start.
 */
export function counterOfLoop(cpu: Cpu, start: number, lastRead: number, period: number): number {
  const { bytes } = cpu;
  const page = cpu.readPages[start >> 11] + (start & 0x700);
  const branch = lastRead - BRANCH_LENGTH_BYTES;
  let at = page + (start & 0xff);
  if (at >= branch || lastRead - page > 0xff || bytes[branch] !== BNE) return 0;
  if (targetOf(bytes, branch) !== at) return 0;
  const first = at;
  let cycles = 0;
  let isResultKnown = false;
  while (at < branch - 1) {
    const opcode = bytes[at];
    const kind = KINDS[opcode];
    if (kind === OTHER || (kind === BRANCHES_BY_RESULT && !isResultKnown)) return 0;
    if (kind === READS) isResultKnown = true;
    else if (kind !== CHANGES_FLAGS) {
      const target = targetOf(bytes, at);
      if (target >= first && target <= branch) return 0;
    }
    cycles += CYCLES[opcode];
    at += LENGTHS[opcode];
  }
  if (at !== branch - 1) return 0;
  const counter = bytes[at];
  if (counter !== DEX && counter !== DEY && counter !== INX && counter !== INY) return 0;
  return cycles + CYCLES[counter] + TAKEN_BRANCH_CYCLES === period ? counter : 0;
}

function targetOf(bytes: Uint8Array, branch: number): number {
  return branch + BRANCH_LENGTH_BYTES + ((bytes[branch + 1] << 24) >> 24);
}
