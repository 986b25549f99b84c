import { InputError } from "../../../../input-error.ts";
import type { DiskDrive } from "../../../../machine.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range, WORD } from "../../../../state-fields.ts";
import { FDS_SIDE_BYTES, updateFdsCrc } from "../../fds-image.ts";
import type { Chip } from "../../memory.ts";

/** Number of bytes and words of a board's registers for the state of an `FdsDrive`. */
export const FDS_DRIVE_BYTES = 7;
export const FDS_DRIVE_WORDS = 4;

const CONTROL = 0; // $4025 as written
const WRITE_DATA = 1;
const READ_DATA = 2;
const STATUS = 3;
const PHASE = 4;
const SIDE = 5; // the inserted side, from 1; 0 if there is none
const PENDING_SIDE = 6; // the side that will be inserted next

const DELAY = 0; // cycles until the next byte; 0 while the head does not move
const POSITION = 1;
const CRC = 2;
const INSERTION = 3; // cycles until the pending side is inserted

// $4025
const MOTOR = 0x01;
const TRANSFER_RESET = 0x02;
const READING = 0x04;
const CRC_TURN = 0x10;
const TRANSFER_ON = 0x40;
const IRQ_ON = 0x80;

// STATUS has the bits of $4030 that belong to the drive.
const FDS_TRANSFERRED = 0x02;
const FDS_BAD_CRC = 0x10;
const FDS_END_OF_HEAD = 0x40;

// PHASE
const SCANNING = 1;
const GAP_ENDED = 2;
const CRC_BEGUN = 4;

/** 96.4 kbit/s at 1.79 MHz. */
const BYTE_CYCLES = 149;
/** The same in thirds of cycles, as NintendulatorNRS counts: for boards that have the IRQ without a drive. */
export const FDS_BYTE_THIRDS = 448;
/** From the motor's start to the first byte. The BIOS waits for the ready flag, so games cannot tell. */
const SPIN_UP_CYCLES = 50_000;
/** Time between ejecting one side and inserting another: about a second, so that every game notices. */
const INSERTION_CYCLES = 1_800_000;

/**
 * The disk drive with its head on one spiral track. While the motor turns, a byte passes every BYTE_CYCLES,
 * from the first to the last; then the head returns to the start.
 * https://www.nesdev.org/wiki/Family_Computer_Disk_System and …/FDS_disk_format
 */
export class FdsDrive implements DiskDrive {
  readonly sideCount: number;
  readonly #bytes: Uint8Array;
  readonly #disk: Chip;
  readonly #state: Uint8Array;
  readonly #words: Int32Array;

  /** `disk` is a chip in `bytes` with all sides in order. `state` and `words` are the board's registers. */
  constructor(bytes: Uint8Array, disk: Chip, state: Uint8Array, words: Int32Array) {
    this.#bytes = bytes;
    this.#disk = disk;
    this.#state = state;
    this.#words = words;
    this.sideCount = Math.floor(disk.bytes / FDS_SIDE_BYTES);
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("drive.phase", this.#state, range(0, SCANNING | GAP_ENDED | CRC_BEGUN), PHASE, 1);
    state.slots("drive.side", this.#state, range(0, this.sideCount), SIDE, 1);
    state.slots("drive.pendingSide", this.#state, range(0, this.sideCount), PENDING_SIDE, 1);
    state.slots("drive.delay", this.#words, range(0, SPIN_UP_CYCLES), DELAY, 1);
    state.slots("drive.position", this.#words, range(0, FDS_SIDE_BYTES), POSITION, 1);
    state.slots("drive.crc", this.#words, WORD, CRC, 1);
    state.slots("drive.insertion", this.#words, range(0, INSERTION_CYCLES), INSERTION, 1);
  }

  /**
   * Checks that bytes pass only while a disk is inserted, that the head is within the side, and that the
   * pending side exists.
   */
  checkState(state: StateCheck): void {
    const position = state.value("drive.position");
    const side = state.value("drive.side");
    const moves = state.value("drive.delay") > 0;
    const isAwaited = state.value("drive.insertion") === 0 || state.value("drive.pendingSide") > 0;
    state.require(isAwaited, "drive.insertion counts for no side");
    state.require(!moves || side > 0, "the drive's motor turns without a disk");
    state.require(
      !moves || position < FDS_SIDE_BYTES,
      `drive.position is ${position}, behind the side's end`,
    );
  }

  /** The side in the drive, from 0; −1 if there is none. */
  get insertedSide(): number {
    return this.#state[SIDE] - 1;
  }

  get wantedSide(): number {
    return this.#state[SIDE] !== 0 ? this.#state[SIDE] - 1 : this.#state[PENDING_SIDE] - 1;
  }

  /** True while the head is over the track and bytes pass. */
  get isReady(): boolean {
    return (this.#state[PHASE] & SCANNING) !== 0;
  }

  /** True while $4025 turns the motor on. */
  get isMotorOn(): boolean {
    return (this.#state[CONTROL] & MOTOR) !== 0;
  }

  /** The drive's bits of $4030. */
  get status(): number {
    return this.#state[STATUS];
  }

  get control(): number {
    return this.#state[CONTROL];
  }

  /** Value of $4031. */
  get readData(): number {
    return this.#state[READ_DATA];
  }

  /** Inserts `side` at power-on; −1 leaves the drive empty. Throws `InputError` ("usage") like `insert`. */
  powerOn(side: number): void {
    this.#check(side);
    this.#state[SIDE] = this.sideCount > 0 ? side + 1 : 0;
    this.#stop();
  }

  /**
   * Ejects the disk. `side` (from 0) is inserted about a second later, or immediately. −1 leaves the drive
   * empty. Throws `InputError` ("usage") if the disk has no such side.
   */
  insert(side: number, atOnce = false): void {
    this.#check(side);
    this.#stop();
    if (atOnce && side >= 0 && side < this.sideCount) {
      this.#state[SIDE] = side + 1;
      this.#state[PENDING_SIDE] = 0;
      this.#words[INSERTION] = 0;
      if ((this.#state[CONTROL] & (MOTOR | TRANSFER_RESET)) === MOTOR) this.#start();
      return;
    }
    this.#state[SIDE] = 0;
    this.#state[PENDING_SIDE] = side >= 0 && side < this.sideCount ? side + 1 : 0;
    this.#words[INSERTION] = this.#state[PENDING_SIDE] === 0 ? 0 : INSERTION_CYCLES;
  }

  #check(side: number): void {
    if (Number.isInteger(side) && side >= -1 && side < Math.max(1, this.sideCount)) return;
    const what = `the disk has ${this.sideCount} sides, there is no side ${Number(side) + 1}`;
    throw new InputError("usage", what);
  }

  /** Writes $4024: the next byte for the disk. */
  writeData(value: number): void {
    this.#state[WRITE_DATA] = value;
    this.acknowledge();
  }

  /** Acknowledges the byte that has passed. */
  acknowledge(): void {
    this.#state[STATUS] &= ~FDS_TRANSFERRED;
  }

  /** Writes $4025: motor, direction and transfer mode. */
  writeControl(value: number): void {
    this.#state[CONTROL] = value;
    if ((value & CRC_TURN) === 0) this.#state[PHASE] &= ~CRC_BEGUN;
    if ((value & TRANSFER_ON) === 0) {
      this.#state[PHASE] &= ~GAP_ENDED;
      this.#words[CRC] = 0;
    }
    if ((value & MOTOR) === 0 || this.#state[SIDE] === 0) this.#stop();
    else if (this.#words[DELAY] === 0 && (value & TRANSFER_RESET) === 0) this.#start();
  }

  /** Cycles until the next event that `run` must stop at, or Infinity. */
  get cyclesToEvent(): number {
    const delay = this.#words[DELAY];
    const insertion = this.#words[INSERTION];
    if (delay === 0) return insertion === 0 ? Infinity : insertion;
    return insertion === 0 || delay < insertion ? delay : insertion;
  }

  /** Cycles until the next byte, if it requests an interrupt; else Infinity. */
  get cyclesToIrq(): number {
    const delay = this.#words[DELAY];
    return delay > 0 && (this.#state[CONTROL] & IRQ_ON) !== 0 ? delay : Infinity;
  }

  /** Runs for at most `cyclesToEvent` cycles. Returns true if a byte has passed that raises an interrupt. */
  run(cycles: number): boolean {
    if (this.#words[INSERTION] > 0) this.#insertion(cycles);
    if (this.#words[DELAY] === 0) return false;
    this.#words[DELAY] -= cycles;
    if (this.#words[DELAY] > 0) return false;
    this.#state[PHASE] |= SCANNING;
    const wantsIrq = this.#passByte();
    this.#words[DELAY] = BYTE_CYCLES;
    if (++this.#words[POSITION] >= FDS_SIDE_BYTES) this.#stop();
    return wantsIrq && (this.#state[CONTROL] & IRQ_ON) !== 0;
  }

  #insertion(cycles: number): void {
    this.#words[INSERTION] -= cycles;
    if (this.#words[INSERTION] > 0) return;
    this.#state[SIDE] = this.#state[PENDING_SIDE];
    this.#state[PENDING_SIDE] = 0;
    if ((this.#state[CONTROL] & (MOTOR | TRANSFER_RESET)) === MOTOR) this.#start();
  }

  #start(): void {
    this.#words[DELAY] = SPIN_UP_CYCLES;
    this.#words[POSITION] = 0;
    this.#words[CRC] = 0;
    this.#state[PHASE] = 0;
    this.#state[STATUS] &= ~FDS_END_OF_HEAD;
  }

  /** Stops the motor, or handles the end of the track: the head returns to its start. */
  #stop(): void {
    this.#words[DELAY] = 0;
    this.#state[PHASE] = 0;
    this.#state[STATUS] |= FDS_END_OF_HEAD;
  }

  /** Reads or writes the byte under the head. Returns true if the program must handle it. */
  #passByte(): boolean {
    const at = this.#disk.offset + (this.#state[SIDE] - 1) * FDS_SIDE_BYTES + this.#words[POSITION];
    if ((this.#state[CONTROL] & READING) !== 0) return this.#readByte(this.#bytes[at]);
    const writesCrc = (this.#state[CONTROL] & (TRANSFER_ON | CRC_TURN)) === (TRANSFER_ON | CRC_TURN);
    this.#bytes[at] = this.#byteToWrite();
    this.#state[PHASE] &= ~GAP_ENDED;
    if (writesCrc) return false;
    this.#state[STATUS] |= FDS_TRANSFERRED;
    return true;
  }

  /** Drops all bytes before the mark that ends a gap. */
  #readByte(value: number): boolean {
    const state = this.#state;
    if ((state[CONTROL] & TRANSFER_ON) === 0) return false;
    if ((state[PHASE] & GAP_ENDED) === 0) {
      if (value === 0) return false;
      state[PHASE] |= GAP_ENDED;
      this.#words[CRC] = updateFdsCrc(0, value);
      return false;
    }
    this.#words[CRC] = updateFdsCrc(this.#words[CRC], value);
    state[READ_DATA] = value;
    state[STATUS] |= FDS_TRANSFERRED;
    // The two bytes of the checksum follow. After the second one, the register is 0 if the block was correct.
    if ((state[CONTROL] & CRC_TURN) !== 0) {
      state[STATUS] &= ~FDS_BAD_CRC;
      if (this.#words[CRC] !== 0) state[STATUS] |= FDS_BAD_CRC;
    }
    return true;
  }

  /**
   * The byte to write: 0 while the transfer is off, else data, or at its end the checksum, low byte first.
   */
  #byteToWrite(): number {
    const state = this.#state;
    if ((state[CONTROL] & TRANSFER_ON) === 0) return 0;
    if ((state[CONTROL] & CRC_TURN) === 0) {
      this.#words[CRC] = updateFdsCrc(this.#words[CRC], state[WRITE_DATA]);
      return state[WRITE_DATA];
    }
    if ((state[PHASE] & CRC_BEGUN) === 0) {
      state[PHASE] |= CRC_BEGUN;
      this.#words[CRC] = updateFdsCrc(updateFdsCrc(this.#words[CRC], 0), 0);
    }
    const value = this.#words[CRC] & 0xff;
    this.#words[CRC] >>= 8;
    return value;
  }
}
