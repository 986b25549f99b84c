/** The opcodes after ED. Those without a meaning do nothing for eight T-states. */
import { addPairsWithCarry, negate, parityFlags, resultFlags } from "./arithmetic.ts";
import { executeBlock } from "./blocks.ts";
import type { Z80Core } from "./core.ts";
import { loadPair, storePair } from "./execute.ts";
import {
  A,
  AFTER_EI,
  AFTER_LD_A_IR,
  BC,
  CARRY,
  F,
  HL,
  I,
  IFF1,
  IFF2,
  INTERRUPT_MODE,
  PARITY,
  R,
  SP,
  WZ,
} from "./registers.ts";

/** Runs the instruction after ED. A prefix DD or FD before ED has no effect. */
export function executeExtended(cpu: Z80Core): void {
  const opcode = cpu.fetchOpcode();
  const y = (opcode >> 3) & 7;
  const z = opcode & 7;
  if (opcode >> 6 === 1) executeSecondQuarter(cpu, y, z);
  else if (opcode >> 6 === 2 && y >= 4 && z < 4) executeBlock(cpu, y, z);
}

function executeSecondQuarter(cpu: Z80Core, y: number, z: number): void {
  const pair = y >> 1 === 3 ? SP : y & 6;
  const isSecond = (y & 1) !== 0;
  switch (z) {
    case 0:
      input(cpu, y);
      break;
    case 1:
      // Code 6 writes 0: on the NMOS chip no register drives the bus then.
      cpu.writePort(cpu.pair(BC), y === 6 ? 0 : cpu.byte(y));
      cpu.setPair(WZ, cpu.pair(BC) + 1);
      break;
    case 2:
      addPairsWithCarry(cpu, HL, cpu.pair(pair), !isSecond);
      break;
    case 3:
      isSecond ? loadPair(cpu, pair) : storePair(cpu, pair);
      break;
    case 4:
      negate(cpu);
      break;
    case 5:
      // RETN and RETI differ only for peripheral chips, which see the opcode on the bus. Like EI, both delay
      // INT if they change IFF1. https://github.com/redcode/Z80/wiki/Interrupts
      if (cpu.byte(IFF1) !== cpu.byte(IFF2)) cpu.remember(AFTER_EI);
      cpu.setByte(IFF1, cpu.byte(IFF2));
      cpu.jump(cpu.pop());
      break;
    case 6:
      cpu.setByte(INTERRUPT_MODE, (y & 3) === 3 ? 2 : (y & 3) >> 1);
      break;
    default:
      executeSpecial(cpu, y);
  }
}

/** IN r,(C). With code 6 it sets only the flags. */
function input(cpu: Z80Core, y: number): void {
  const port = cpu.pair(BC);
  const value = cpu.readPort(port);
  cpu.setPair(WZ, port + 1);
  if (y !== 6) cpu.setByte(y, value);
  cpu.setFlags(parityFlags(value) | (cpu.byte(F) & CARRY));
}

/** LD I,A, LD R,A, LD A,I, LD A,R, RRD and RLD. */
function executeSpecial(cpu: Z80Core, y: number): void {
  if (y >= 6) return;
  if (y >= 4) {
    rotateDigits(cpu, y === 5);
    return;
  }
  cpu.idle(1);
  const special = (y & 1) === 0 ? I : R;
  if (y < 2) {
    cpu.setByte(special, cpu.byte(A));
    return;
  }
  const value = cpu.byte(special);
  cpu.setByte(A, value);
  cpu.setFlags(resultFlags(value) | (cpu.byte(IFF2) === 0 ? 0 : PARITY) | (cpu.byte(F) & CARRY));
  cpu.remember(AFTER_LD_A_IR);
}

/** RRD, or RLD if `isLeft`: rotates three decimal digits, the low one of A and both of (HL). */
function rotateDigits(cpu: Z80Core, isLeft: boolean): void {
  const a = cpu.byte(A);
  const address = cpu.pair(HL);
  const value = cpu.read(address);
  cpu.idle(4);
  cpu.write(address, isLeft ? ((value << 4) & 0xf0) | (a & 0x0f) : ((a << 4) & 0xf0) | (value >> 4));
  const result = (a & 0xf0) | (isLeft ? value >> 4 : value & 0x0f);
  cpu.setByte(A, result);
  cpu.setPair(WZ, address + 1);
  cpu.setFlags(parityFlags(result) | (cpu.byte(F) & CARRY));
}
