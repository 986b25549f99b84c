import type { Interest } from "../../emu/nes/cpu/fast/interests.ts";
import { ACCESS_WRITE, OPCODE_ACCESS } from "../../emu/nes/cpu/opcodes.ts";
import { GameCrash, type IgnoresCrash } from "./errors.ts";
import type { Game } from "./game.ts";
import type { InstructionSpy } from "./observer.ts";
import { Operands } from "./operands.ts";
import { hex } from "./place-map.ts";

const RAM_END = 0x2000;
const RAM_MASK = 0x7ff;
const RAM_BYTES = 0x800;
const CONTROLLER_STROBE = 0x4016;
const ROM_START = 0x8000;
const STACK_PAGE = 0x100;
const PAGE_BITS = 11;
const NROM = 0;
/** BRK and an interrupt push three bytes each. */
const MAX_PUSHED = 6;

/**
 * Records which bytes of work RAM the program has written since power-on. Stops a game that writes to ROM, if
 * the board has no registers there: on other boards, such writes switch banks.
 */
export class WriteGuard implements InstructionSpy {
  /** 1 for each byte of work RAM that was written. It belongs to the machine's state. */
  readonly written = new Uint8Array(RAM_BYTES);
  readonly interests: readonly Interest[];
  /** Number of writes to $4016. A program writes there before it reads the controllers. */
  strobes = 0;
  readonly #game: Game;
  readonly #operands: Operands;
  readonly #writePages: Int32Array;
  readonly #checksRom: boolean;
  readonly #ignores: IgnoresCrash;

  constructor(game: Game, ignores: IgnoresCrash = () => false) {
    this.#game = game;
    this.#operands = new Operands(game.machine);
    this.#writePages = game.machine.memory.cpuWritePages;
    const { format, mapper } = game.rom.image;
    this.#checksRom = (format === "ines" || format === "nes2") && mapper === NROM;
    this.#ignores = ignores;
    const strobe = { from: CONTROLLER_STROBE, to: CONTROLLER_STROBE, kinds: ACCESS_WRITE };
    const rom = { from: ROM_START, to: 0xffff, kinds: ACCESS_WRITE };
    this.interests = [{ written: this.written, ranges: this.#checksRom ? [strobe, rom] : [strobe] }];
  }

  hasWritten(address: number): boolean {
    return this.written[address & RAM_MASK] === 1;
  }

  before(pc: number, opcode: number): void {
    if ((OPCODE_ACCESS[opcode]! & ACCESS_WRITE) === 0) return;
    const address = this.#operands.address(opcode);
    if (address < RAM_END) this.written[address & RAM_MASK] = 1;
    else if (address === CONTROLLER_STROBE) this.strobes++;
    else if (this.#checksRom && address >= ROM_START && this.#writePages[address >> PAGE_BITS]! < 0) {
      if (this.#ignores("writes-rom", pc)) return;
      const what = `the program writes to ROM at ${hex(address, 4)}`;
      throw new GameCrash("writes-rom", pc, this.#game.error(what));
    }
  }

  /** Records pushed bytes, including those of interrupts. */
  after(_pc: number, _opcode: number, stackBefore: number): void {
    const pushed = (stackBefore - this.#game.machine.cpu.s) & 0xff;
    if (pushed > MAX_PUSHED) return;
    for (let at = 0; at < pushed; at++) this.written[STACK_PAGE | ((stackBefore - at) & 0xff)] = 1;
  }
}
