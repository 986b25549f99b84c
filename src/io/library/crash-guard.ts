import { OPCODE_STACK, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import type { Game } from "./game.ts";
import type { InstructionSpy } from "./observer.ts";

/** What counts as a crash, beside a JAM. */
export interface GuardOptions {
  /** Programs that run code in work RAM say so; else it counts as a crash. */
  readonly executesRam?: boolean;
  /** Programs that use BRK say so; else it counts as a crash: $00 is what runaway programs meet. */
  readonly usesBrk?: boolean;
}

const RAM_END = 0x2000;
const PAGE_BITS = 11;
const BRK = 0x00;

/** Ends a game whose program has run away: a stack that wraps round, code where there is none. */
export class CrashGuard implements InstructionSpy {
  readonly #game: Game;
  readonly #options: GuardOptions;

  constructor(game: Game, options: GuardOptions = {}) {
    this.#game = game;
    this.#options = options;
  }

  before(pc: number, opcode: number): void {
    if (pc < RAM_END) {
      if (this.#options.executesRam !== true) throw this.#game.error("the program runs in RAM");
    } else if (this.#game.machine.memory.cpuReadPages[pc >> PAGE_BITS]! < 0) {
      throw this.#game.error("the program runs where no memory is");
    }
    if (opcode === BRK && this.#options.usesBrk !== true) throw this.#game.error("the program met a BRK");
  }

  after(_pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    if (setsStack(opcode)) return;
    const moved = OPCODE_STACK[opcode]! - (interrupted ? 3 : 0);
    const stack = stackBefore + moved;
    if (stack < 0) throw this.#game.error("the stack has overflown: more was pushed than it holds");
    if (stack > 0xff) throw this.#game.error("the stack has run empty: more was pulled than pushed");
  }
}
