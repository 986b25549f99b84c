import { EXECUTED, type Interest } from "../../emu/nes/cpu/fast/interests.ts";
import { OPCODE_STACK, setsStack } from "../../emu/nes/cpu/opcodes.ts";
import { type CrashKind, GameCrash, type IgnoresCrash } from "./errors.ts";
import type { Game } from "./game.ts";
import type { InstructionSpy } from "./observer.ts";
import type { WriteGuard } from "./write-guard.ts";

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
  readonly interests: readonly Interest[];
  readonly #game: Game;
  readonly #options: GuardOptions;
  readonly #writes: WriteGuard | undefined;
  readonly #ignores: IgnoresCrash | undefined;
  #pc = 0;

  /**
   * With `writes`, a program may run code in RAM that it has written; running other bytes of RAM is a crash.
   */
  constructor(game: Game, options: GuardOptions = {}, writes?: WriteGuard, ignores?: IgnoresCrash) {
    this.#game = game;
    this.#options = options;
    this.#writes = writes;
    this.#ignores = ignores;
    const checksRam = writes !== undefined || options.executesRam !== true;
    this.interests = [
      {
        stackEnds: true,
        opcodes: options.usesBrk === true ? [] : [BRK],
        ranges: checksRam ? [{ from: 0, to: RAM_END - 1, kinds: EXECUTED }] : [],
      },
    ];
  }

  before(pc: number, opcode: number): void {
    this.#pc = pc;
    if (pc < RAM_END) {
      if (this.#writes !== undefined) {
        if (!this.#writes.hasWritten(pc))
          this.#crash("executes-unwritten", "the program runs in RAM that it has not written");
      } else if (this.#options.executesRam !== true) this.#crash("executes-ram", "the program runs in RAM");
    } else if (this.#game.machine.memory.cpuReadPages[pc >> PAGE_BITS]! < 0) {
      this.#crash("executes-nothing", "the program runs where there is no memory");
    }
    if (opcode === BRK && this.#options.usesBrk !== true) {
      this.#crash("executes-brk", "the program executed BRK");
    }
  }

  after(_pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    if (setsStack(opcode)) return;
    const moved = OPCODE_STACK[opcode]! - (interrupted ? 3 : 0);
    const stack = stackBefore + moved;
    if (stack < 0) this.#crash("stack", "stack overflow: more was pushed than it holds");
    if (stack > 0xff) this.#crash("stack", "stack underflow: more was pulled than pushed");
  }

  #crash(kind: CrashKind, what: string): void {
    if (this.#ignores?.(kind, this.#pc) === true) return;
    throw new GameCrash(kind, this.#pc, this.#game.error(what));
  }
}
