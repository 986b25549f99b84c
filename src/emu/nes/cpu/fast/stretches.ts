import { NEVER } from "../../interrupts.ts";
import { type Cpu, FLAG_B, FLAG_C, FLAG_N, FLAG_UNUSED, FLAG_Z } from "../cpu.ts";
import { ACCESS_WRITE, type AddressingMode, OPCODES, type Opcode } from "../opcodes.ts";
import { MAX_MISSES, type WaitingLoops } from "./waiting-loops.ts";

// How an instruction finds its operand. These are numbers and in this file because a switch over imported
// names becomes a chain of comparisons instead of a jump table.
const IMPLIED = 1;
const IMMEDIATE = 2;
const ZERO_PAGE = 3;
const ZERO_PAGE_X = 4;
const ZERO_PAGE_Y = 5;
const ABSOLUTE = 6;
const ABSOLUTE_X = 7;
const ABSOLUTE_Y = 8;
const INDIRECT_X = 9;
const INDIRECT_Y = 10;
const ABSOLUTE_STORE = 11;
const ABSOLUTE_X_STORE = 12;
const ABSOLUTE_Y_STORE = 13;
const INDIRECT_X_STORE = 14;
const INDIRECT_Y_STORE = 15;
const RELATIVE = 16;
const ABSOLUTE_JUMP = 17;
const RETURN = 18;
const INDIRECT_JUMP = 19;
/** CLI, SEI, PLP. */
const INTERRUPT_FLAG = 20;
const RETURN_FROM_INTERRUPT = 21;

/** The same by the names of the table of opcodes. */
const MODES: Readonly<Partial<Record<AddressingMode, number>>> = {
  imp: IMPLIED,
  acc: IMPLIED,
  imm: IMMEDIATE,
  zp: ZERO_PAGE,
  zpx: ZERO_PAGE_X,
  zpy: ZERO_PAGE_Y,
  abs: ABSOLUTE,
  abx: ABSOLUTE_X,
  aby: ABSOLUTE_Y,
  inx: INDIRECT_X,
  iny: INDIRECT_Y,
  rel: RELATIVE,
  jmp: ABSOLUTE_JUMP,
  ind: INDIRECT_JUMP,
};

/** Modes whose accesses must be to writable memory when the instruction stores. */
const STORE_MODES: Readonly<Record<number, number>> = {
  [ABSOLUTE]: ABSOLUTE_STORE,
  [ABSOLUTE_X]: ABSOLUTE_X_STORE,
  [ABSOLUTE_Y]: ABSOLUTE_Y_STORE,
  [INDIRECT_X]: INDIRECT_X_STORE,
  [INDIRECT_Y]: INDIRECT_Y_STORE,
};

// The operation.
const LDA = 1;
const LDX = 2;
const LDY = 3;
const STA = 4;
const STX = 5;
const STY = 6;
const TAX = 7;
const TAY = 8;
const TXA = 9;
const TYA = 10;
const TSX = 11;
const TXS = 12;
const PHA = 13;
const PLA = 14;
const AND = 15;
const ORA = 16;
const EOR = 17;
const BIT = 18;
const ADC = 19;
const SBC = 20;
const CMP = 21;
const CPX = 22;
const CPY = 23;
const INC = 24;
const INX = 25;
const INY = 26;
const DEC = 27;
const DEX = 28;
const DEY = 29;
const ASL = 30;
const LSR = 31;
const ROL = 32;
const ROR = 33;
const ASLA = 34;
const LSRA = 35;
const ROLA = 36;
const RORA = 37;
const JMP = 38;
const JSR = 39;
const RTS = 40;
const BPL = 41;
const BMI = 42;
const BVC = 43;
const BVS = 44;
const BCC = 45;
const BCS = 46;
const BNE = 47;
const BEQ = 48;
const CLC = 49;
const SEC = 50;
const CLV = 51;
const CLD = 52;
const SED = 53;
const CLI = 55;
const SEI = 56;
const PHP = 57;
const PLP = 58;
const RTI = 59;

/**
 * Mnemonics that `Stretches` executes, all official ones but BRK, in the order of their numbers. ASLA to RORA
 * are no mnemonics: `decode` selects them. NOP does nothing, so its number has no name. They are one text to
 * save bytes, because pages hold this file.
 */
const MNEMONICS =
  "LDA LDX LDY STA STX STY TAX TAY TXA TYA TSX TXS PHA PLA AND ORA EOR BIT ADC SBC CMP CPX CPY " +
  "INC INX INY DEC DEX DEY ASL LSR ROL ROR ASLA LSRA ROLA RORA JMP JSR RTS BPL BMI BVC BVS BCC " +
  "BCS BNE BEQ CLC SEC CLV CLD SED NOP CLI SEI PHP PLP RTI";
const OPERATIONS: Readonly<Record<string, number>> = Object.fromEntries(
  MNEMONICS.split(" ").map((mnemonic, index) => [mnemonic, index + 1]),
);
/** Modes of operations whose operand is not found by their addressing mode alone. */
const MODES_OF_OPERATIONS: Readonly<Record<number, number>> = {
  [JSR]: IMMEDIATE,
  [RTS]: RETURN,
  [RTI]: RETURN_FROM_INTERRUPT,
  [CLI]: INTERRUPT_FLAG,
  [SEI]: INTERRUPT_FLAG,
  [PLP]: INTERRUPT_FLAG,
};
/** Shifts and rotations of A. */
const ACCUMULATOR_OPERATIONS: Readonly<Record<number, number>> = {
  [ASL]: ASLA,
  [LSR]: LSRA,
  [ROL]: ROLA,
  [ROR]: RORA,
};

const OPERATION_SHIFT = 5;
const CYCLES_SHIFT = 11;

/** Mode, operation and cycles of an opcode in one word; 0 for those that `step` runs. */
const DECODED = Uint16Array.from(OPCODES, decode);

/** Instead of the next instruction's address: this one needs `step`. */
const NEEDS_STEP = -1;
// The same: no memory is mapped at the operand's address, so it may be a register.
const REGISTER = -2;
const REGISTER_X = -3;
const REGISTER_Y = -4;
/** Instead of a value that is written: the register is read. */
const READS = -1;
/** Instead of the index of an address. */
const UNINDEXED = -1;

// Loops of two instructions that count X or Y until it is 0, which programs use as delays.
const DEX_CODE = 0xca;
const DEY_CODE = 0x88;
const INX_CODE = 0xe8;
const INY_CODE = 0xc8;
/** The operand of a branch to the byte before the branch. */
const TO_BYTE_BEFORE = 0xfd;
/** Counting takes two cycles, a taken branch within a page three. */
const DELAY_LOOP_CYCLES = 5;

/** Before every cycle. */
const NEVER_STARTS = -NEVER;
/** Cycles of the longest of these instructions. */
const LONGEST_CYCLES = 7;
/** From here to the end of a page an instruction, and a read of the byte after it, may not fit. */
const PAGE_END = 0x7fc;

function decode({ mnemonic, mode, cycles, access, isOfficial }: Opcode): number {
  const operation = OPERATIONS[mnemonic];
  const plainMode = MODES[mode];
  if (operation === undefined || plainMode === undefined || !isOfficial) return 0;
  const stores = (access & ACCESS_WRITE) !== 0;
  const decodedMode =
    MODES_OF_OPERATIONS[operation] ?? (stores ? STORE_MODES[plainMode] : undefined) ?? plainMode;
  const decodedOperation = mode === "acc" ? ACCUMULATOR_OPERATIONS[operation]! : operation;
  return decodedMode | (decodedOperation << OPERATION_SHIFT) | (cycles << CYCLES_SHIFT);
}

/**
 * Runs instructions in a row while no event is near. Registers are in variables, and there is one comparison
 * per instruction instead of one per access. Registers of other chips are read and written through the bus,
 * if that is all that the last cycle of an instruction does. Afterwards every field is as if `step` had run
 * the same instructions, including the byte on the data bus.
 */
export class Stretches {
  readonly #cpu: Cpu;
  readonly #loops: WaitingLoops;
  /** The place for a byte that is read from a register, so that instructions find it like those in memory. */
  readonly #registerByte: number;

  constructor(cpu: Cpu, loops: WaitingLoops) {
    this.#cpu = cpu;
    this.#loops = loops;
    this.#registerByte = cpu.memory.spareByte;
  }

  /**
   * Runs as many instructions as possible. Returns false if the next one needs `step`, and true if there may
   * be more to run: the stretch has ended at an iteration of what may be a waiting loop.
   */
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a case for each opcode
  run(): boolean {
    const cpu = this.#cpu;
    const loops = this.#loops;
    const { bytes, readPages, writePages } = cpu;
    let lastStart = this.#lastStart();
    if (cpu.cycle > lastStart || cpu.jammed === 1) return false;
    const ram = readPages[0];
    const stack = ram + 0x100;
    let pc = cpu.pc;
    let a = cpu.a;
    let x = cpu.x;
    let y = cpu.y;
    let s = cpu.s;
    let negativeFrom = cpu.negativeFrom;
    let zeroFrom = cpu.zeroFrom;
    let carry = cpu.carry;
    let overflow = cpu.overflow;
    let cycle = cpu.cycle;
    let effects = cpu.effects;
    let lastOnBus = -1;
    let comesBack = false;

    do {
      const page = readPages[pc >> 11];
      const inPage = pc & 0x7ff;
      if (page < 0 || inPage >= PAGE_END) break;
      const opcode = bytes[page + inPage];
      const operand = page + inPage + 1;
      const decoded = DECODED[opcode];
      const mode = decoded & 31;
      const operation = (decoded >> OPERATION_SHIFT) & 63;
      let cycles = decoded >> CYCLES_SHIFT;
      let at = operand;
      let next = pc + 1;
      switch (mode) {
        case IMPLIED:
          break;
        case IMMEDIATE:
        case RELATIVE:
          next = pc + 2;
          break;
        case ZERO_PAGE:
          next = pc + 2;
          at = ram + bytes[operand];
          break;
        case ZERO_PAGE_X:
          next = pc + 2;
          at = ram + ((bytes[operand] + x) & 0xff);
          break;
        case ZERO_PAGE_Y:
          next = pc + 2;
          at = ram + ((bytes[operand] + y) & 0xff);
          break;
        case ABSOLUTE: {
          const address = bytes[operand] | (bytes[operand + 1] << 8);
          at = readPages[address >> 11];
          next = at < 0 ? REGISTER : pc + 3;
          at += address & 0x7ff;
          break;
        }
        case ABSOLUTE_X:
        case ABSOLUTE_Y: {
          const base = bytes[operand] | (bytes[operand + 1] << 8);
          const address = (base + (mode === ABSOLUTE_X ? x : y)) & 0xffff;
          const crosses = (base ^ address) > 0xff;
          cycles += crosses ? 1 : 0;
          at = readPages[address >> 11];
          next = crosses && readPages[base >> 11] < 0 ? NEEDS_STEP : pc + 3;
          if (at < 0 && next >= 0) next = mode === ABSOLUTE_X ? REGISTER_X : REGISTER_Y;
          at += address & 0x7ff;
          break;
        }
        case INDIRECT_X: {
          const pointer = (bytes[operand] + x) & 0xff;
          const address = bytes[ram + pointer] | (bytes[ram + ((pointer + 1) & 0xff)] << 8);
          at = readPages[address >> 11];
          next = at < 0 ? NEEDS_STEP : pc + 2;
          at += address & 0x7ff;
          break;
        }
        case INDIRECT_Y: {
          const pointer = bytes[operand];
          const base = bytes[ram + pointer] | (bytes[ram + ((pointer + 1) & 0xff)] << 8);
          const address = (base + y) & 0xffff;
          cycles += (base ^ address) > 0xff ? 1 : 0;
          at = readPages[address >> 11];
          next = (at | readPages[base >> 11]) < 0 ? NEEDS_STEP : pc + 2;
          at += address & 0x7ff;
          break;
        }
        case ABSOLUTE_STORE: {
          const address = bytes[operand] | (bytes[operand + 1] << 8);
          at = writePages[address >> 11];
          if (at < 0) next = operation <= STY ? REGISTER : NEEDS_STEP;
          else next = at === readPages[address >> 11] ? pc + 3 : NEEDS_STEP;
          at += address & 0x7ff;
          break;
        }
        case ABSOLUTE_X_STORE:
        case ABSOLUTE_Y_STORE: {
          const base = bytes[operand] | (bytes[operand + 1] << 8);
          const address = (base + (mode === ABSOLUTE_X_STORE ? x : y)) & 0xffff;
          at = writePages[address >> 11];
          if (readPages[base >> 11] < 0) next = NEEDS_STEP;
          else if (at >= 0) next = at === readPages[address >> 11] ? pc + 3 : NEEDS_STEP;
          else if (operation <= STY) next = mode === ABSOLUTE_X_STORE ? REGISTER_X : REGISTER_Y;
          else next = NEEDS_STEP;
          at += address & 0x7ff;
          break;
        }
        case INDIRECT_X_STORE: {
          const pointer = (bytes[operand] + x) & 0xff;
          const address = bytes[ram + pointer] | (bytes[ram + ((pointer + 1) & 0xff)] << 8);
          at = writePages[address >> 11];
          next = at < 0 || at !== readPages[address >> 11] ? NEEDS_STEP : pc + 2;
          at += address & 0x7ff;
          break;
        }
        case INDIRECT_Y_STORE: {
          const pointer = bytes[operand];
          const base = bytes[ram + pointer] | (bytes[ram + ((pointer + 1) & 0xff)] << 8);
          const address = (base + y) & 0xffff;
          at = writePages[address >> 11];
          const isMemory = at >= 0 && at === readPages[address >> 11] && readPages[base >> 11] >= 0;
          next = isMemory ? pc + 2 : NEEDS_STEP;
          at += address & 0x7ff;
          break;
        }
        case ABSOLUTE_JUMP:
          next = bytes[operand] | (bytes[operand + 1] << 8);
          at = operand + 1;
          break;
        case RETURN: {
          const address = bytes[stack + ((s + 1) & 0xff)] | (bytes[stack + ((s + 2) & 0xff)] << 8);
          at = readPages[address >> 11];
          next = at < 0 ? NEEDS_STEP : (address + 1) & 0xffff;
          at += address & 0x7ff;
          break;
        }
        case INDIRECT_JUMP: {
          const address = bytes[operand] | (bytes[operand + 1] << 8);
          const pointers = readPages[address >> 11];
          at = pointers + ((address & 0x700) | ((address + 1) & 0xff));
          next = pointers < 0 ? NEEDS_STEP : bytes[pointers + (address & 0x7ff)] | (bytes[at] << 8);
          break;
        }
        case INTERRUPT_FLAG:
          if (this.#seesIrq(cycle)) next = NEEDS_STEP;
          break;
        case RETURN_FROM_INTERRUPT:
          at = stack + ((s + 3) & 0xff);
          next = this.#seesIrq(cycle) ? NEEDS_STEP : bytes[stack + ((s + 2) & 0xff)] | (bytes[at] << 8);
          break;
        default:
          next = NEEDS_STEP;
      }
      if (next < 0) {
        if (next === NEEDS_STEP) break;
        const written = operation === STA ? a : operation === STX ? x : operation === STY ? y : READS;
        const index = next === REGISTER ? UNINDEXED : next === REGISTER_X ? x : y;
        lastStart = this.#accessRegister(operand, index, written, cycle + cycles, effects);
        effects = cpu.effects;
        at = this.#registerByte;
        next = pc + 3;
      }

      let result = -1;
      switch (operation) {
        case LDA:
          a = bytes[at];
          result = a;
          break;
        case LDX:
          x = bytes[at];
          result = x;
          break;
        case LDY:
          y = bytes[at];
          result = y;
          break;
        case STA:
          bytes[at] = a;
          effects++;
          break;
        case STX:
          bytes[at] = x;
          effects++;
          break;
        case STY:
          bytes[at] = y;
          effects++;
          break;
        case TAX:
          x = a;
          result = x;
          break;
        case TAY:
          y = a;
          result = y;
          break;
        case TXA:
          a = x;
          result = a;
          break;
        case TYA:
          a = y;
          result = a;
          break;
        case TSX:
          x = s;
          result = x;
          break;
        case TXS:
          s = x;
          break;
        case PHA:
          at = stack + s;
          bytes[at] = a;
          s = (s - 1) & 0xff;
          effects++;
          break;
        case PLA:
          s = (s + 1) & 0xff;
          at = stack + s;
          a = bytes[at];
          result = a;
          break;
        case AND:
          a &= bytes[at];
          result = a;
          break;
        case ORA:
          a |= bytes[at];
          result = a;
          break;
        case EOR:
          a ^= bytes[at];
          result = a;
          break;
        case BIT:
          negativeFrom = bytes[at];
          overflow = (negativeFrom >> 6) & 1;
          zeroFrom = a & negativeFrom;
          break;
        case ADC:
        case SBC: {
          const value = operation === ADC ? bytes[at] : bytes[at] ^ 0xff;
          const sum = a + value + carry;
          overflow = ((a ^ sum) & (value ^ sum) & 0x80) >> 7;
          carry = sum >> 8;
          a = sum & 0xff;
          result = a;
          break;
        }
        case CMP: {
          const difference = a - bytes[at];
          carry = difference >= 0 ? 1 : 0;
          result = difference & 0xff;
          break;
        }
        case CPX: {
          const difference = x - bytes[at];
          carry = difference >= 0 ? 1 : 0;
          result = difference & 0xff;
          break;
        }
        case CPY: {
          const difference = y - bytes[at];
          carry = difference >= 0 ? 1 : 0;
          result = difference & 0xff;
          break;
        }
        case INC:
          result = (bytes[at] + 1) & 0xff;
          bytes[at] = result;
          effects++;
          break;
        case DEC:
          result = (bytes[at] - 1) & 0xff;
          bytes[at] = result;
          effects++;
          break;
        case INX:
          x = (x + 1) & 0xff;
          result = x;
          break;
        case INY:
          y = (y + 1) & 0xff;
          result = y;
          break;
        case DEX:
          x = (x - 1) & 0xff;
          result = x;
          break;
        case DEY:
          y = (y - 1) & 0xff;
          result = y;
          break;
        case ASL: {
          const value = bytes[at];
          result = (value << 1) & 0xff;
          carry = value >> 7;
          bytes[at] = result;
          effects++;
          break;
        }
        case LSR: {
          const value = bytes[at];
          result = value >> 1;
          carry = value & 1;
          bytes[at] = result;
          effects++;
          break;
        }
        case ROL: {
          const value = bytes[at];
          result = ((value << 1) | carry) & 0xff;
          carry = value >> 7;
          bytes[at] = result;
          effects++;
          break;
        }
        case ROR: {
          const value = bytes[at];
          result = (value >> 1) | (carry << 7);
          carry = value & 1;
          bytes[at] = result;
          effects++;
          break;
        }
        case ASLA:
          result = (a << 1) & 0xff;
          carry = a >> 7;
          a = result;
          break;
        case LSRA:
          result = a >> 1;
          carry = a & 1;
          a = result;
          break;
        case ROLA:
          result = ((a << 1) | carry) & 0xff;
          carry = a >> 7;
          a = result;
          break;
        case RORA:
          result = (a >> 1) | (carry << 7);
          carry = a & 1;
          a = result;
          break;
        case JSR: {
          // The low byte is fetched before the pushes, the high one after them: code in the stack sees it.
          const low = bytes[operand];
          bytes[stack + s] = next >> 8;
          bytes[stack + ((s - 1) & 0xff)] = next & 0xff;
          s = (s - 2) & 0xff;
          at = operand + 1;
          next = low | (bytes[at] << 8);
          effects++;
          break;
        }
        case RTS:
          s = (s + 2) & 0xff;
          break;
        case BPL:
        case BMI:
        case BVC:
        case BVS:
        case BCC:
        case BCS:
        case BNE:
        case BEQ: {
          const flag =
            operation <= BMI
              ? negativeFrom >> 7
              : operation <= BVS
                ? overflow
                : operation <= BCS
                  ? carry
                  : zeroFrom === 0
                    ? 1
                    : 0;
          if (flag !== ((opcode >> 5) & 1)) break;
          const target = (next + ((bytes[operand] << 24) >> 24)) & 0xffff;
          const crosses = ((next ^ target) & 0xff00) !== 0;
          at = crosses ? page + (((next & 0xff00) | (target & 0xff)) & 0x7ff) : operand + 1;
          cycles += crosses ? 2 : 1;
          next = target;
          comesBack = next <= pc;
          if (bytes[operand] === TO_BYTE_BEFORE && operation === BNE && !crosses && inPage > 0) {
            // A delay loop such as DEX, BNE: all iterations that jump back again pass at once.
            const room = ((lastStart - cycle - cycles) / DELAY_LOOP_CYCLES) | 0;
            const counter = bytes[operand - 2];
            const isX = counter === DEX_CODE || counter === INX_CODE;
            if (room > 0 && (isX || counter === DEY_CODE || counter === INY_CODE)) {
              const register = isX ? x : y;
              const isDown = counter === DEX_CODE || counter === DEY_CODE;
              const left = (isDown ? register - 1 : 0xff - register) & 0xff;
              const iterations = left < room ? left : room;
              if (iterations === 0) break;
              result = (isDown ? register - iterations : register + iterations) & 0xff;
              if (isX) x = result;
              else y = result;
              cycles += iterations * DELAY_LOOP_CYCLES;
            }
          }
          break;
        }
        case JMP:
          comesBack = next <= pc;
          break;
        case CLC:
          carry = 0;
          break;
        case SEC:
          carry = 1;
          break;
        case CLV:
          overflow = 0;
          break;
        case CLD:
          cpu.decimal = 0;
          break;
        case SED:
          cpu.decimal = 1;
          break;
        case CLI:
        case SEI:
          cpu.flagBeforeChange = cpu.interruptDisable;
          cpu.flagChangeCycle = cycle + cycles;
          cpu.interruptDisable = operation === CLI ? 0 : 1;
          break;
        case PHP:
          at = stack + s;
          bytes[at] =
            carry |
            (zeroFrom === 0 ? FLAG_Z : 0) |
            (cpu.interruptDisable << 2) |
            (cpu.decimal << 3) |
            FLAG_B |
            FLAG_UNUSED |
            (overflow << 6) |
            (negativeFrom & FLAG_N);
          s = (s - 1) & 0xff;
          effects++;
          break;
        case PLP:
        case RTI: {
          const status = bytes[stack + ((s + 1) & 0xff)];
          if (operation === PLP) {
            at = stack + ((s + 1) & 0xff);
            s = (s + 1) & 0xff;
            cpu.flagBeforeChange = cpu.interruptDisable;
            cpu.flagChangeCycle = cycle + cycles;
          } else {
            s = (s + 3) & 0xff;
          }
          carry = status & FLAG_C;
          zeroFrom = (status & FLAG_Z) === 0 ? 1 : 0;
          cpu.interruptDisable = (status >> 2) & 1;
          cpu.decimal = (status >> 3) & 1;
          overflow = (status >> 6) & 1;
          negativeFrom = status & FLAG_N;
          break;
        }
      }
      if (result >= 0) {
        negativeFrom = result;
        zeroFrom = result;
      }
      pc = next;
      cycle += cycles;
      lastOnBus = at;
      if (comesBack) {
        comesBack = pc === loops.pc && effects === loops.effects;
        if (comesBack && loops.misses < MAX_MISSES) break;
        if (!comesBack) loops.begin(pc, cycle, effects);
        comesBack = false;
      }
    } while (cycle <= lastStart);

    if (lastOnBus === -1) return false;
    cpu.pc = pc;
    cpu.a = a;
    cpu.x = x;
    cpu.y = y;
    cpu.s = s;
    cpu.negativeFrom = negativeFrom;
    cpu.zeroFrom = zeroFrom;
    cpu.carry = carry;
    cpu.overflow = overflow;
    cpu.cycle = cycle;
    cpu.effects = effects;
    if (lastOnBus !== this.#registerByte) cpu.dataBus = bytes[lastOnBus];
    if (comesBack) loops.notice(lastOnBus);
    return comesBack;
  }

  /** The last cycle after which an instruction ends before any event; before all cycles if one is due. */
  #lastStart(): number {
    const cpu = this.#cpu;
    const isInterrupted =
      cpu.lines.nmiFrom !== NEVER || (cpu.interruptDisable === 0 && this.#seesIrq(cpu.cycle));
    return isInterrupted || cpu.ppu.frameDone === 1 ? NEVER_STARTS : cpu.horizon - LONGEST_CYCLES;
  }

  /** Returns true if an instruction that begins after `cycle` may find the IRQ line low. */
  #seesIrq(cycle: number): boolean {
    const { lines } = this.#cpu;
    return lines.irqLowFrom !== NEVER && lines.irqLowUntil >= cycle - 2;
  }

  /**
   * Reads a register, or writes `written` to it, in `cycle`, the last one of an instruction with the operand
   * at `operand` in memory and with an `index`. `#registerByte` then holds the byte that was read. It need
   * not be on the external bus, which is why `cpu.dataBus` is set here. Returns `#lastStart()`.
   */
  #accessRegister(operand: number, index: number, written: number, cycle: number, effects: number): number {
    const cpu = this.#cpu;
    const { bytes } = cpu;
    const base = bytes[operand] | (bytes[operand + 1] << 8);
    const address = index === UNINDEXED ? base : (base + index) & 0xffff;
    const readsUncarried = index !== UNINDEXED && (written !== READS || (base ^ address) > 0xff);
    const uncarried = (base & 0x700) | (address & 0xff);
    cpu.dataBus = bytes[readsUncarried ? cpu.readPages[base >> 11] + uncarried : operand + 1];
    cpu.cycle = cycle;
    cpu.effects = effects;
    if (written === READS) {
      bytes[this.#registerByte] = cpu.readRegister(address);
    } else {
      cpu.writeRegister(address, written);
      cpu.dataBus = written;
    }
    return this.#lastStart();
  }
}
