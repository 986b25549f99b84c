import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { cpuClockHz, REGIONS } from "../../../region.ts";
import { HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { TapePage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import { TAPE_PLAYER_WORDS, TapePlayer } from "./tape-player.ts";

const RAM_BANKS = 0; // $4200: RR...LLL
const PRG_BANK = 1; // $4201
const CONTROL = 2; // $4202: D.RC..ID
const COMMAND = 3; // the bits of a command that have come so far
const COMMAND_BITS = 4; // their number
const FLAGS = 5;

const IS_READY = 1; // for the next bit of a command
const IS_FOUND = 2; // a page has come since the last read of $4201
const IS_IN_DATA = 4;
const RUNS = 8; // the motor
const FLAG_BITS = 0xf;

// Words, after the bytes.
const BIT_DELAY = 4; // cycles until the drive takes the next bit of a command
const PAGE = 5; // where the tape is: the number of a page plus one
const WANTED = 6; // where it is wound to
const TAPE_DELAY = 7; // cycles until the tape is at the next page, data or byte
const BLOCK = 8; // the block that is read
const POSITION = 9; // the byte of the block; -1 before the first
const DATA_DELAY = 10; // cycles from a page to its data, 0 while the data passes
const PLAYER = 11; // the words of the sound

// $4202, written
const DATA_BIT = 0x80;
const RESET = 0x20;
const CLOCK = 0x10;
const IRQ_ENABLED = 0x02;
const DECODES = 0x01;
// $4202, read
const READY = 0x40;
// $4201, read
const DECODING = 0x80;
const PAGE_FOUND = 0x40;
const IN_DATA = 0x20;

const COMMAND_LENGTH = 8;
const BACK = 0x40;
const END_OF_WINDING = 0x80;
const NEXT_BLOCK = 0x86;

/** Times in CPU cycles. */
const BIT_CYCLES = 100;
const PAGE_CYCLES = 3_000_000;
const LEAD_CYCLES = 300_000;
const FIRST_BYTE_CYCLES = 7820;
const BYTE_CYCLES = 3355;
/** What the head gives where there are no data. */
const LEAD_BYTE = 0xaa;

const MAX_PAGE = 0x100;
const BANK_4000 = 8;

/**
 * Fukutake's Study Box with a tape: 256 KiB of program, 64 KiB of RAM, and a tape drive that the program
 * commands bit by bit. The tape is wound by pages; then a page's data passes, a byte every 3355 cycles, each
 * with an interrupt, and the tape's sound beside it. Registers, commands and times are as in Mesen, the only
 * description that there is.
 */
class StudyBoxTape extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO;
  readonly #player = this.#createPlayer();
  readonly #tape: readonly TapePage[] = this.image.tape ?? [];

  static override chips(): BoardChips {
    return { prgRamBytes: 64 * KIB, prgNvramBytes: 0 };
  }

  override get soundChip(): SoundChip | undefined {
    return this.#player;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#player?.declareState(state);
    const { registers, words } = this;
    state.slots("board.commandBits", registers, range(0, COMMAND_LENGTH - 1), COMMAND_BITS, 1);
    state.slots("board.flags", registers, range(0, FLAG_BITS), FLAGS, 1);
    state.slots("board.bitDelay", words, range(0, BIT_CYCLES), BIT_DELAY, 1);
    state.slots("board.page", words, range(-MAX_PAGE, MAX_PAGE), PAGE, 1);
    state.slots("board.wanted", words, range(-MAX_PAGE, MAX_PAGE), WANTED, 1);
    state.slots("board.tapeDelay", words, range(0, PAGE_CYCLES), TAPE_DELAY, 1);
    state.slots("board.block", words, range(0, Math.max(0, this.#tape.length - 1)), BLOCK, 1);
    state.slots("board.position", words, range(-1, 0x7fff_ffff), POSITION, 1);
    state.slots("board.dataDelay", words, range(0, LEAD_CYCLES), DATA_DELAY, 1);
  }

  override powerOn(): void {
    this.words[POSITION] = -1;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    const value = this.peekRegister(address, openBus);
    if (address === 0x4200) this.clearIrq(cycle);
    else if (address === 0x4201) this.registers[FLAGS] &= ~IS_FOUND;
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (isLowRam(address)) return this.memory.bytes[this.#lowRam(address)];
    const flags = this.registers[FLAGS];
    switch (address) {
      case 0x4200:
        return this.#byte();
      case 0x4201: {
        const decoding = (this.registers[CONTROL] & DECODES) !== 0 ? DECODING : 0;
        const found = (flags & IS_FOUND) !== 0 ? PAGE_FOUND : 0;
        return decoding | found | ((flags & IS_IN_DATA) !== 0 ? IN_DATA : 0);
      }
      case 0x4202:
        return (flags & IS_READY) !== 0 ? READY : 0;
      case 0x4203:
        return 0;
      default:
        return openBus;
    }
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (isLowRam(address)) this.memory.bytes[this.#lowRam(address)] = value;
    else if (address === 0x4200) this.registers[RAM_BANKS] = value;
    else if (address === 0x4201) this.registers[PRG_BANK] = value;
    else if (address === 0x4202) this.#control(value, cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const banks = registers[RAM_BANKS];
    // $4400–$47FF is in the same bank; see `peekRegister`.
    memory.mapCpu(0x4800, 2 * KIB, memory.prgRam, 2 * BANK_4000 + 1);
    memory.mapPrgRam(0x5000, 4 * KIB, BANK_4000 + (banks & 7));
    memory.mapPrgRam(0x6000, 8 * KIB, banks >> 6);
    memory.mapPrg(0x8000, 16 * KIB, registers[PRG_BANK] & 0x0f);
    memory.mapPrg(0xc000, 16 * KIB, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
  }

  protected override count(cycles: number, first: number): void {
    const { words } = this;
    let left = cycles;
    let next = first;
    while (left > 0) {
      const span = Math.min(left, words[BIT_DELAY] || left, this.#runs ? words[TAPE_DELAY] || left : left);
      left -= span;
      if (this.#runs && words[PAGE] === words[WANTED]) this.#player?.play(span, next, this.sound);
      else this.#player?.silence(next, this.sound);
      next += span;
      if (words[BIT_DELAY] > 0) {
        words[BIT_DELAY] -= span;
        if (words[BIT_DELAY] === 0) this.registers[FLAGS] |= IS_READY;
      }
      if (!this.#runs || words[TAPE_DELAY] === 0) continue;
      words[TAPE_DELAY] -= span;
      if (words[TAPE_DELAY] === 0) this.#tapeMoved(next - 1);
    }
  }

  protected override cyclesToIrq(): number {
    const { words } = this;
    return this.#runs && words[TAPE_DELAY] > 0 ? words[TAPE_DELAY] : NEVER;
  }

  #createPlayer(): TapePlayer | undefined {
    const { tapeSound } = this.image;
    if (tapeSound === undefined) return undefined;
    const clockHz = cpuClockHz(this.options.region ?? REGIONS.ntsc);
    return new TapePlayer(this.words.subarray(PLAYER, PLAYER + TAPE_PLAYER_WORDS), tapeSound, clockHz);
  }

  get #runs(): boolean {
    return (this.registers[FLAGS] & RUNS) !== 0;
  }

  #lowRam(address: number): number {
    return this.memory.prgRam.offset + 4 * KIB * BANK_4000 + (address & 0xfff);
  }

  #byte(): number {
    const { words, memory } = this;
    const block = this.#tape[words[BLOCK]];
    const position = words[POSITION];
    if (position < 0 || position >= block.length) return LEAD_BYTE;
    return memory.bytes[memory.prgRom.offset + block.start + position];
  }

  #control(value: number, cycle: number): void {
    const { registers, words } = this;
    const before = registers[CONTROL];
    registers[CONTROL] = value;
    if ((before & CLOCK) !== 0 && (value & CLOCK) === 0) this.#clock((value & DATA_BIT) >> 7);
    if ((value & CLOCK) !== 0) {
      registers[FLAGS] &= ~IS_READY;
      words[BIT_DELAY] = BIT_CYCLES;
    }
    if ((before & RESET) !== 0 && (value & RESET) === 0) {
      registers[COMMAND] = 0;
      registers[COMMAND_BITS] = 0;
      registers[FLAGS] |= IS_READY;
    }
    this.clearIrq(cycle);
  }

  /** A bit of a command, the highest first. */
  #clock(bit: number): void {
    const { registers } = this;
    registers[COMMAND] = (registers[COMMAND] << 1) | bit;
    registers[COMMAND_BITS] = (registers[COMMAND_BITS] + 1) % COMMAND_LENGTH;
    if (registers[COMMAND_BITS] !== 0) return;
    const command = registers[COMMAND];
    if (command === NEXT_BLOCK) this.#readNextBlock();
    else if (command === 0) this.#wind(-1, 1);
    else if (command < BACK) this.#wind(0, command);
    else if (command > BACK && command < END_OF_WINDING) this.#wind(0, BACK - command);
  }

  /** Winds the tape by `pages`, from `start` pages after where it is. */
  #wind(start: number, pages: number): void {
    const { words } = this;
    words[PAGE] = Math.max(-MAX_PAGE, words[PAGE] + start);
    words[WANTED] = Math.max(-MAX_PAGE, Math.min(MAX_PAGE, words[PAGE] + pages));
    words[TAPE_DELAY] = PAGE_CYCLES;
    this.registers[FLAGS] |= RUNS;
  }

  /** Lets the next block of the same page pass, or the end of this one if there is none. */
  #readNextBlock(): void {
    const { words } = this;
    const next = this.#tape[words[BLOCK] + 1];
    if (next !== undefined && next.number === words[PAGE] - 1) {
      words[BLOCK]++;
      words[POSITION] = -1;
    } else words[POSITION] = this.#tape[words[BLOCK]].length;
    words[WANTED] = words[PAGE];
    this.registers[FLAGS] |= RUNS | IS_FOUND;
    this.#beginLead();
  }

  #beginLead(): void {
    this.words[DATA_DELAY] = LEAD_CYCLES;
    this.words[TAPE_DELAY] = LEAD_CYCLES;
    this.#player?.goTo(this.#tape[this.words[BLOCK]].soundStart, LEAD_CYCLES);
    this.registers[FLAGS] |= IS_IN_DATA;
  }

  /** The time to the next page, to its data, or to the next byte is over. */
  #tapeMoved(cycle: number): void {
    const { words } = this;
    if (words[PAGE] !== words[WANTED]) this.#passPage();
    else if (words[DATA_DELAY] > 0) {
      words[DATA_DELAY] = 0;
      words[TAPE_DELAY] = FIRST_BYTE_CYCLES;
      this.assertIrq(cycle);
    } else this.#passByte(cycle);
  }

  #passPage(): void {
    const { words, registers } = this;
    words[PAGE] += words[WANTED] > words[PAGE] ? 1 : -1;
    const block = this.#tape.findIndex(({ number }) => number === words[PAGE] - 1);
    if (block >= 0) {
      words[BLOCK] = block;
      registers[FLAGS] |= IS_FOUND;
    }
    words[POSITION] = -1;
    words[DATA_DELAY] = 0;
    registers[FLAGS] &= ~IS_IN_DATA;
    if (words[PAGE] !== words[WANTED]) words[TAPE_DELAY] = PAGE_CYCLES;
    else if (block >= 0) this.#beginLead();
    else registers[FLAGS] &= ~RUNS;
  }

  #passByte(cycle: number): void {
    const { words, registers } = this;
    const { length } = this.#tape[words[BLOCK]];
    words[POSITION] = Math.min(words[POSITION] + 1, length);
    words[TAPE_DELAY] = BYTE_CYCLES;
    if (words[POSITION] >= length) registers[FLAGS] &= ~(IS_FOUND | IS_IN_DATA | RUNS);
    if ((registers[CONTROL] & IRQ_ENABLED) !== 0) this.assertIrq(cycle);
  }
}

function isLowRam(address: number): boolean {
  return address >= 0x4400 && address < 0x4800;
}

/** The board of tapes. Images of mapper 186 have the program alone: `discrete/unlicensed-registers.ts`. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 186,
    name: "Study Box",
    submappers: [],
    claims: ({ tape }) => tape !== undefined,
    board: StudyBoxTape,
    wiki: ["Fukutake_Study_Box", "StudyBox_file_format"],
  },
];
