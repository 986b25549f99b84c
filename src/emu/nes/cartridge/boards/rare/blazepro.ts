/** Multicarts with a CPLD by BlazePro. */
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { FDS_BYTE_THIRDS } from "../nintendo/fds-drive.ts";
import { mirrorBy } from "../parts/register-board.ts";
import { TIME_WORD, TimedBoard } from "../parts/timed-board.ts";

const MODE = 0; // MMMM....: 4 is the disk system
const BANK = 1;
const DISK = 2; // the side in the drive, from 2
const CONTROL = 3; // I...M...: IRQ at each byte of the disk, horizontal mirroring
const BYTE_PENDING = 4;
const TIMER_PENDING = 5;
const TIMER_ENABLED = 6;
const TIMER_REPEATS = 7;
const IS_EJECTED = 8;
const CHANGE = 9;

const TIMER_WORD = 4;
const TIMER_LATCH_WORD = 5;
const BYTE_WORD = 6; // thirds of cycles since the last byte
const POSITION_WORD = 7;
const IDLE_WORD = 8; // cycles since the last access to the drive
const WAIT_WORD = 9;

const DISK_MODE = 4;
/** The position is set here before each side is read. */
const START = 0xfffb;
/** A program that asks for the disk after three seconds without access waits for the other side. */
const IDLE_CYCLES = 3 * 1_789_772;
const CHANGE_CYCLES = 50_000;
/** $5032 while no disk is in the drive: no disk, write protected. */
const NO_DISK = 5;

/** Where 32 KiB of a side are: the end of a block of 256 KiB. */
const BLOCK_SHIFT = 18;
const DATA_IN_BLOCK = 0x38000;

/**
 * Mapper 469, BlazePro FDS: games from disk, whose sides are in PRG ROM. The registers of the disk system are
 * at $5020–$5032, those of the drive at $5100–$5110: $5102 moves to the next byte, which is read at $5103.
 * This follows NintendulatorNRS.
 */
class BlazeProFds extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;

  static override chips(): BoardChips {
    return { prgRamBytes: 32 * KIB, prgNvramBytes: 0 };
  }

  override powerOn(): void {
    this.registers[BANK] = 0xff;
  }

  override reset(): void {
    this.registers.fill(0, 0, TIME_WORD * 4);
    this.powerOn();
    this.clearIrq(this.words[TIME_WORD]);
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.flags", this.registers, FLAG, BYTE_PENDING, 5);
    state.slots("board.change", this.registers, range(0, 2), CHANGE, 1);
    state.slots("board.timer", this.words, range(0, 0xffff), TIMER_WORD, 2);
    state.slots("board.byteThirds", this.words, range(0, FDS_BYTE_THIRDS - 1), BYTE_WORD, 1);
    state.slots("board.position", this.words, range(0, 0xffff), POSITION_WORD, 1);
    state.slots("board.idle", this.words, range(0, IDLE_CYCLES), IDLE_WORD, 1);
    state.slots("board.wait", this.words, range(0, CHANGE_CYCLES), WAIT_WORD, 1);
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers, words } = this;
    switch (address) {
      case 0x5020:
        words[TIMER_LATCH_WORD] = (words[TIMER_LATCH_WORD] & 0xff00) | value;
        break;
      case 0x5021:
        words[TIMER_LATCH_WORD] = (words[TIMER_LATCH_WORD] & 0xff) | (value << 8);
        break;
      case 0x5022:
        registers[TIMER_REPEATS] = value & 1;
        registers[TIMER_ENABLED] = (value >> 1) & 1;
        if ((value & 2) !== 0) words[TIMER_WORD] = words[TIMER_LATCH_WORD];
        else registers[TIMER_PENDING] = 0;
        break;
      case 0x5025:
        registers[CONTROL] = value;
        words[BYTE_WORD] = 0;
        break;
      case 0x5100:
        words[POSITION_WORD] = START;
        words[IDLE_WORD] = 0;
        break;
      case 0x5102:
        words[POSITION_WORD] = (words[POSITION_WORD] + 1) & 0xffff;
        registers[BYTE_PENDING] = 0;
        break;
      case 0x5110:
        registers[DISK] = value;
        words[IDLE_WORD] = 0;
        break;
      case 0x5700:
        registers[MODE] = value;
        break;
      case 0x5701:
        registers[BANK] = value;
    }
    this.#updateIrq(cycle);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (address === 0x5032) this.#changeDisk(cycle);
    const value = this.peekRegister(address, openBus);
    if (address !== 0x5030) return value;
    this.runTo(cycle);
    this.registers[BYTE_PENDING] = 0;
    this.registers[TIMER_PENDING] = 0;
    this.#updateIrq(cycle);
    this.schedule();
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if (address === 0x5030) return registers[TIMER_PENDING] !== 0 ? 1 : registers[BYTE_PENDING] << 1;
    if (address === 0x5032) return registers[IS_EJECTED] !== 0 ? NO_DISK : 0;
    return address === 0x5103 ? this.#diskByte() : openBus;
  }

  protected override count(cycles: number, first: number): void {
    const { registers, words } = this;
    const toByte = this.#cyclesToByte();
    const toTimer = registers[TIMER_ENABLED] !== 0 ? words[TIMER_WORD] + 1 : NEVER;
    words[BYTE_WORD] = (words[BYTE_WORD] + 3 * cycles) % FDS_BYTE_THIRDS;
    if (toByte <= cycles) registers[BYTE_PENDING] = 1;
    if (toTimer <= cycles) this.#endTimer(cycles - toTimer);
    else if (toTimer !== NEVER) words[TIMER_WORD] -= cycles;
    words[IDLE_WORD] = Math.min(IDLE_CYCLES, words[IDLE_WORD] + cycles);
    words[WAIT_WORD] = Math.max(0, words[WAIT_WORD] - cycles);
    const toIrq = Math.min(toTimer, (registers[CONTROL] & 0x80) !== 0 ? toByte : NEVER);
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
  }

  protected override cyclesToIrq(): number {
    const { registers, words } = this;
    if (this.#isIrqLow) return NEVER;
    const toTimer = registers[TIMER_ENABLED] !== 0 ? words[TIMER_WORD] + 1 : NEVER;
    return Math.min(toTimer, (registers[CONTROL] & 0x80) !== 0 ? this.#cyclesToByte() : NEVER);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    if (registers[MODE] >> 4 === DISK_MODE) {
      memory.mapPrgRam(0x6000, 32 * KIB, 0);
      memory.mapPrg(0xe000, 8 * KIB, (registers[BANK] << 5) | 7);
      mirrorBy(memory, registers[CONTROL] & 8);
    } else {
      memory.unmapCpu(0x6000, 8 * KIB);
      memory.mapPrg(0x8000, 32 * KIB, registers[BANK]);
      memory.mirror("horizontal");
    }
    memory.mapChr(0x0000, 8 * KIB, 0);
  }

  #cyclesToByte(): number {
    return Math.ceil((FDS_BYTE_THIRDS - this.words[BYTE_WORD]) / 3);
  }

  #endTimer(cyclesAfter: number): void {
    const { registers, words } = this;
    const latch = words[TIMER_LATCH_WORD];
    registers[TIMER_PENDING] = 1;
    words[TIMER_WORD] = registers[TIMER_REPEATS] !== 0 ? latch - (cyclesAfter % (latch + 1)) : 0;
    registers[TIMER_ENABLED] = registers[TIMER_REPEATS];
  }

  #updateIrq(cycle: number): void {
    if (this.#isIrqLow) this.assertIrq(cycle);
    else this.clearIrq(cycle);
  }

  get #isIrqLow(): boolean {
    const { registers } = this;
    const isByte = registers[BYTE_PENDING] !== 0 && (registers[CONTROL] & 0x80) !== 0;
    return isByte || registers[TIMER_PENDING] !== 0;
  }

  /** Side A follows side B and the reverse: the disk is ejected, and the other side inserted. */
  #changeDisk(cycle: number): void {
    this.runTo(cycle);
    const { registers, words } = this;
    const isWaiting = words[WAIT_WORD] > 0 || (registers[CHANGE] === 0 && words[IDLE_WORD] < IDLE_CYCLES);
    words[IDLE_WORD] = 0;
    if (isWaiting) return;
    registers[CHANGE] = (registers[CHANGE] + 1) % 3;
    registers[IS_EJECTED] = registers[CHANGE] === 2 ? 1 : 0;
    if (registers[CHANGE] === 0) registers[DISK] ^= 1;
    else words[WAIT_WORD] = CHANGE_CYCLES;
  }

  #diskByte(): number {
    const { bytes, prgRom } = this.memory;
    const position = this.words[POSITION_WORD];
    const block = (((this.registers[DISK] - 2) & 0xff) << 1) | (position >> 15);
    const at = (block << BLOCK_SHIFT) | DATA_IN_BLOCK | (position & 0x7fff);
    return bytes[prgRom.offset + (at % prgRom.bytes)];
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 469, name: "BlazePro FDS", board: BlazeProFds, ram: { prgBytes: 32 * KIB } },
];
