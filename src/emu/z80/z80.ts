import { Z80Core } from "./core.ts";
import { executeMain } from "./execute.ts";
import { executeExtended } from "./extended.ts";
import {
  A,
  AFTER_DD,
  AFTER_EI,
  AFTER_FD,
  AFTER_LD_A_IR,
  AFTER_NMI,
  F,
  HALTED,
  HL,
  I,
  IFF1,
  IFF2,
  INT_LINE,
  INTERRUPT_MODE,
  IX,
  IY,
  NMI_PENDING,
  PARITY,
  PC,
  PREVIOUS,
  Q,
  R,
  SP,
} from "./registers.ts";

const NMI_ADDRESS = 0x66;
/** Where RST 38h jumps: the instruction FF, which mode 0 reads, and mode 1. */
const INT_ADDRESS = 0x38;
/** The low byte of the vector in mode 2: nothing drives the data bus, so it reads FF. */
const IDLE_BUS = 0xff;

/**
 * A Zilog Z80 (NMOS) with all documented and undocumented instructions. `registers` are its whole state,
 * `Z80_REGISTER_BYTES` long, which a copy saves and restores between two steps. `reset` must be called once.
 */
export class Z80 extends Z80Core {
  /** Sean Young, "The Undocumented Z80 Documented" 0.91, section 2.4: other registers keep their values. */
  reset(): void {
    this.setPair(PC, 0);
    this.setPair(SP, 0xffff);
    this.setByte(A, 0xff);
    this.setByte(F, 0xff);
    for (const at of [I, R, IFF1, IFF2, INTERRUPT_MODE, HALTED, Q, PREVIOUS, NMI_PENDING])
      this.setByte(at, 0);
  }

  get isHalted(): boolean {
    return this.byte(HALTED) !== 0;
  }

  /** Whether a device requests an interrupt, by holding /INT low. */
  get intLine(): boolean {
    return this.byte(INT_LINE) !== 0;
  }

  set intLine(isRequested: boolean) {
    this.setByte(INT_LINE, isRequested ? 1 : 0);
  }

  /** A falling edge of /NMI. The next step accepts it, or the one after if that must run an instruction. */
  nmi(): void {
    this.setByte(NMI_PENDING, 1);
  }

  /**
   * Runs one instruction, accepts one interrupt, or waits four T-states after HALT. A prefix DD or FD that
   * another one replaces is a step by itself, so every step ends.
   */
  step(): void {
    const previous = this.byte(PREVIOUS);
    this.setByte(PREVIOUS, 0);
    this.hasSetFlags = false;
    if (previous !== AFTER_DD && previous !== AFTER_FD && this.#acceptInterrupt(previous)) {
      this.setByte(Q, 0);
      return;
    }
    if (this.byte(HALTED) !== 0) this.fetchIgnored();
    else this.#execute(previous === AFTER_DD ? IX : previous === AFTER_FD ? IY : HL);
    this.setByte(Q, this.hasSetFlags ? this.byte(F) : 0);
  }

  #execute(indexBefore: number): void {
    let index = indexBefore;
    let opcode = this.fetchOpcode();
    if (index === HL && (opcode === 0xdd || opcode === 0xfd)) {
      index = opcode === 0xdd ? IX : IY;
      opcode = this.fetchOpcode();
    }
    if (opcode === 0xdd) this.remember(AFTER_DD);
    else if (opcode === 0xfd) this.remember(AFTER_FD);
    else if (opcode === 0xed) executeExtended(this);
    else executeMain(this, opcode, index);
  }

  /** Accepts an NMI or INT that is due. Returns false if there is none. */
  #acceptInterrupt(previous: number): boolean {
    if (this.byte(NMI_PENDING) !== 0 && previous !== AFTER_NMI) this.#acceptNmi();
    else if (this.byte(INT_LINE) !== 0 && this.byte(IFF1) !== 0 && previous !== AFTER_EI) {
      this.#acceptInt(previous);
    } else return false;
    return true;
  }

  /**
   * 11 T-states. IFF2 keeps the IFF1 that RETN restores. Unlike INT, an NMI may follow EI, but not an NMI.
   * https://github.com/hoglet67/Z80Decoder/wiki/NMI-during-EI-Anomaly and
   * https://github.com/redcode/Z80/wiki/Interrupts
   */
  #acceptNmi(): void {
    this.setByte(NMI_PENDING, 0);
    this.setByte(HALTED, 0);
    this.setByte(IFF1, 0);
    this.fetchIgnored();
    this.idle(1);
    this.call(NMI_ADDRESS);
    this.remember(AFTER_NMI);
  }

  /** 13 T-states, 19 in mode 2. The M1 cycle that acknowledges has two wait states. */
  #acceptInt(previous: number): void {
    if (previous === AFTER_LD_A_IR) this.setByte(F, this.byte(F) & ~PARITY);
    this.setByte(HALTED, 0);
    this.setByte(IFF1, 0);
    this.setByte(IFF2, 0);
    this.countRefresh();
    this.idle(7);
    if (this.byte(INTERRUPT_MODE) < 2) {
      this.call(INT_ADDRESS);
      return;
    }
    const vector = (this.byte(I) << 8) | IDLE_BUS;
    this.push(this.pair(PC));
    const low = this.read(vector);
    this.jump(low | (this.read((vector + 1) & 0xffff) << 8));
  }
}
