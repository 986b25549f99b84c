import { OPCODES } from "../../src/emu/nes/cpu/opcodes.ts";
import type { Prng } from "./prng.ts";

/** Opcodes that count X or Y. */
export const COUNTERS = { DEX: 0xca, DEY: 0x88, INX: 0xe8, INY: 0xc8 };
export const BNE = 0xd0;
const LDA_IMMEDIATE = 0xa9;
const CLC = 0x18;
const SEC = 0x38;

/** Draws loops: instructions, most of which only read, with a counter and a branch back at the end. */
export class LoopDraw {
  readonly #random: Prng;
  readonly #code: number[] = [];
  readonly #counter: number;
  readonly #registerPage: number;

  /** `registerPage` is the page of the registers that loops read. */
  constructor(random: Prng, registerPage: number) {
    this.#random = random;
    this.#registerPage = registerPage;
    this.#counter = this.#one(Object.values(COUNTERS));
  }

  draw(): number[] {
    const { below } = this;
    if (below(2) === 0) {
      const length = below(5);
      for (let index = 0; index < length; index++) this.#add(this.#one(below(10) < 7 ? PLAIN : UNJAMMED));
    } else {
      this.#dependOnCounter();
    }
    // Most often the counter comes last, where it decides the branch.
    if (below(16) === 0) this.#code.splice(0, 0, this.#counter);
    else if (below(16) !== 0) this.#code.push(this.#counter);
    const back = below(6) === 0 ? this.#one(BRANCHES) : BNE;
    const missed = below(16) === 0 ? below(5) - 2 : 0;
    this.#code.push(back, (-this.#code.length - 2 + missed) & 0xff);
    return this.#code;
  }

  /**
   * An instruction that may depend on the counter, and a branch. Then A and the flags are what they are in
   * every iteration, so that the iterations seem to be the same up to the one in which the branch is taken.
   */
  #dependOnCounter(): void {
    if (this.below(4) !== 0) this.#add(this.#one(this.below(4) === 0 ? UNJAMMED : DEPENDENT));
    if (this.below(2) === 0) this.#add(this.#one(PLAIN));
    this.#add(this.#one(BRANCHES));
    if (this.below(4) === 0) this.#add(this.#one(PLAIN));
    this.#add(LDA_IMMEDIATE);
    if (this.below(4) !== 0) this.#add(this.#one([CLC, SEC]));
    if (this.below(4) === 0) this.#add(this.#one(PLAIN));
  }

  readonly below = (bound: number): number => this.#random.below(bound);

  #one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  #add(opcode: number): void {
    const { below } = this;
    const { mode, lengthBytes } = OPCODES[opcode]!;
    this.#code.push(opcode);
    if (mode === "rel")
      this.#code.push(this.#one([0x40, 0x40, 0x40, 0x40, 0xc0, below(8), 0x100 - below(8)]));
    else if (mode === "imm") this.#code.push(this.#random.byte());
    else if (lengthBytes === 2) this.#code.push(0x80 + below(8));
    else if (lengthBytes === 3) this.#code.push(below(8), below(8) === 0 ? this.#registerPage : 0x03);
  }
}

const UNJAMMED = OPCODES.filter(({ mnemonic }) => mnemonic !== "JAM").map(({ code }) => code);
const PLAIN_MNEMONICS = /^(LDA|AND|ORA|EOR|ADC|SBC|CMP|BIT|CLC|SEC|CLV|NOP|BPL|BMI|BVC|BVS|BCC|BCS|BNE|BEQ)$/;
const BRANCHES = [BNE, 0xf0, 0x10, 0x30, 0x90, 0xb0, 0x50, 0x70];
/** TXA, TYA, CPX, CPY, LDA and CMP by X or Y, STX, STY, INX, DEY, LDX, LDY, TAX, ASL, PHA, PHP. */
const DEPENDENT = [
  ...[
    0x8a, 0x98, 0xe0, 0xc0, 0xe0, 0xc0, 0xe4, 0xc4, 0xb5, 0xbd, 0xb9, 0xdd, 0x86, 0x84, 0xe8, 0x88, 0xa6,
    0xa4,
  ],
  ...[0xaa, 0x0a, 0x48, 0x08],
];
/** Instructions of loops that count, and close relatives. */
const PLAIN = UNJAMMED.filter((code) => {
  const { mnemonic, mode, isOfficial } = OPCODES[code]!;
  return isOfficial && PLAIN_MNEMONICS.test(mnemonic) && mode !== "inx" && mode !== "iny";
});
