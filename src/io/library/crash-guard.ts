import { OPCODE_STACK, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import { type CrashKind, GameCrash } from "./errors.ts";
import type { Game } from "./game.ts";
import type { InstructionSpy } from "./observer.ts";

/** Exceptions to what counts as a crash. A JAM always does. */
export interface GuardOptions {
  /** True if the program may run code in work RAM. By default that is a crash. */
  readonly executesRam?: boolean;
  /** True if the program may use BRK. By default that is a crash: runaway programs often execute $00. */
  readonly usesBrk?: boolean;
}

const RAM_END = 0x2000;
const PAGE_BITS = 11;
const BRK = 0x00;

/** Stops a game that has crashed: its stack wraps around, or it executes something that is not code. */
export class CrashGuard implements InstructionSpy {
  readonly #game: Game;
  readonly #options: GuardOptions;

  constructor(game: Game, options: GuardOptions = {}) {
    this.#game = game;
    this.#options = options;
  }

  before(pc: number, opcode: number): void {
    if (pc < RAM_END) {
      if (this.#options.executesRam !== true) throw this.#crash("executes-ram", "the program runs in RAM");
    } else if (this.#game.machine.memory.cpuReadPages[pc >> PAGE_BITS]! < 0) {
      throw this.#crash("executes-nothing", "the program runs where there is no memory");
    }
    if (opcode === BRK && this.#options.usesBrk !== true) {
      throw this.#crash("executes-brk", "the program executed BRK");
    }
  }

  after(_pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    if (setsStack(opcode)) return;
    const moved = OPCODE_STACK[opcode]! - (interrupted ? 3 : 0);
    const stack = stackBefore + moved;
    if (stack < 0) throw this.#crash("stack", "stack overflow: more was pushed than it holds");
    if (stack > 0xff) throw this.#crash("stack", "stack underflow: more was pulled than pushed");
  }

  #crash(kind: CrashKind, what: string): GameCrash {
    return new GameCrash(kind, this.#game.error(what));
  }
}
