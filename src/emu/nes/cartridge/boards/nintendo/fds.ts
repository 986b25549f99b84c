import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { IRQ_DISK, NEVER } from "../../../interrupts.ts";
import { HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { FDS_BIOS_BYTES } from "../../fds-image.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { LOW_PASS_WORDS, LowPass } from "../parts/low-pass.ts";
import { TIME_WORD, TimedBoard } from "../parts/timed-board.ts";
import { FDS_DRIVE_BYTES, FDS_DRIVE_WORDS, FdsDrive } from "./fds-drive.ts";
import { FDS_CUTOFF_SHARE, FDS_FULL_LEVEL, FDS_SOUND_BYTES, FDS_SOUND_WORDS, FdsSound } from "./fds-sound.ts";

// The first bytes are the sound channel's, then come the drive's and the adapter's own registers.
const DRIVE = FDS_SOUND_BYTES;
const RELOAD_LOW = DRIVE + FDS_DRIVE_BYTES; // $4020
const RELOAD_HIGH = RELOAD_LOW + 1; // $4021
const TIMER_CONTROL = RELOAD_LOW + 2; // $4022: ......ER
const ENABLES = RELOAD_LOW + 3; // $4023: ......SD
const EXTERNAL = RELOAD_LOW + 4; // $4026
const TIMER_FIRED = RELOAD_LOW + 5;

// Words, after all bytes.
const TIMER_WORD = 44; // cycles until the timer fires, while it runs
const DRIVE_WORDS = TIMER_WORD + 1;
const SOUND_WORDS = DRIVE_WORDS + FDS_DRIVE_WORDS;
const FILTER_WORDS = SOUND_WORDS + FDS_SOUND_WORDS;

const TIMER_REPEATS = 1;
const TIMER_RUNS = 2;
const DISK_ENABLED = 1;
const SOUND_ENABLED = 2;

// $4030, in addition to the drive's bits
const STATUS_TIMER = 0x01;
const STATUS_HORIZONTAL = 0x08;
const STATUS_READABLE = 0x80;
const STATUS_BITS = 0xdb;

// $4032
const NO_DISK = 1;
const NOT_READY = 2;
const WRITE_PROTECTED = 4;

const CONTROL_HORIZONTAL = 0x08;
/**
 * Bit 7 of $4033 is the drive's power, which is on while the motor is on.
 * https://github.com/nesdev-org/MesenCE/pull/191
 */
const BATTERY_GOOD = 0x80;

/**
 * Mapper 20, the Famicom Disk System: a RAM adapter with 32 KiB for programs and 8 KiB for tiles, a timer, a
 * sound channel, and the disk drive. PRG ROM holds the BIOS followed by the sides of the disk. The machine
 * uses a copy of the sides in extra RAM, which is saved like battery RAM.
 * https://www.nesdev.org/wiki/Family_Computer_Disk_System
 */
export class Fds extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO;
  /** The disk drive, which inserts and ejects the sides. */
  readonly drive = new FdsDrive(
    this.memory.bytes,
    this.memory.extraRam,
    this.registers.subarray(DRIVE, DRIVE + FDS_DRIVE_BYTES),
    this.words.subarray(DRIVE_WORDS, DRIVE_WORDS + FDS_DRIVE_WORDS),
  );
  readonly #sound = new FdsSound(
    this.registers.subarray(0, FDS_SOUND_BYTES),
    this.words.subarray(SOUND_WORDS, SOUND_WORDS + FDS_SOUND_WORDS),
    FDS_FULL_LEVEL,
  );
  readonly #filter = new LowPass(
    this.words.subarray(FILTER_WORDS, FILTER_WORDS + LOW_PASS_WORDS),
    FDS_CUTOFF_SHARE,
    this.#sound,
  );

  static override chips(image: CartridgeImage): BoardChips {
    return { extraRamBytes: Math.max(0, image.prgRom.length - FDS_BIOS_BYTES), extraRamBattery: true };
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    const { bytes, extraRam, prgRom } = this.memory;
    const disk = prgRom.offset + FDS_BIOS_BYTES;
    bytes.copyWithin(extraRam.offset, disk, disk + extraRam.bytes);
    this.drive.powerOn(this.options.diskSide ?? 0);
    this.#sound.powerOn();
  }

  override reset(): void {
    this.drive.writeControl(0);
    this.registers[ENABLES] = 0;
    this.#stopTimer();
    this.#acknowledge(this.words[TIME_WORD]);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.drive.declareState(state);
    this.#sound.declareState(state);
    this.#filter.declareState(state, FDS_FULL_LEVEL);
    state.slots("board.timerControl", this.registers, range(0, 3), TIMER_CONTROL, 1);
    state.slots("board.enables", this.registers, range(0, 3), ENABLES, 1);
    state.slots("board.timerFired", this.registers, FLAG, TIMER_FIRED, 1);
    state.slots("board.timer", this.words, range(0, 0x10000), TIMER_WORD, 1);
  }

  override checkState(state: StateCheck): void {
    super.checkState(state);
    this.drive.checkState(state);
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    const value = this.peekRegister(address, openBus);
    if ((this.registers[ENABLES] & DISK_ENABLED) === 0) return value;
    if (address === 0x4030) {
      this.registers[TIMER_FIRED] = 0;
      this.clearIrq(cycle);
    }
    if (address === 0x4030 || address === 0x4031) this.#acknowledge(cycle);
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (address >= 0x4040 && address < 0x4098) {
      return (this.registers[ENABLES] & SOUND_ENABLED) !== 0 ? this.#sound.read(address, openBus) : openBus;
    }
    if ((this.registers[ENABLES] & DISK_ENABLED) === 0) return openBus;
    switch (address) {
      case 0x4030:
        return (openBus & ~STATUS_BITS) | this.#status();
      case 0x4031:
        return this.drive.readData;
      case 0x4032:
        return (openBus & 0xf8) | this.#driveStatus();
      case 0x4033:
        return (this.drive.isMotorOn ? BATTERY_GOOD : 0) | (this.registers[EXTERNAL] & 0x7f);
      default:
        return openBus;
    }
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address >= 0x4040) {
      if (address < 0x4098 && (this.registers[ENABLES] & SOUND_ENABLED) !== 0)
        this.#writeSound(address, value);
      return;
    }
    if (address <= 0x4023) this.#writeTimer(address, value, cycle);
    else if ((this.registers[ENABLES] & DISK_ENABLED) !== 0) this.#writeDisk(address, value, cycle);
  }

  #writeSound(address: number, value: number): void {
    this.#sound.write(address, value);
    this.#filter.setLevel(this.#sound.level);
  }

  #writeTimer(address: number, value: number, cycle: number): void {
    switch (address) {
      case 0x4020:
        this.registers[RELOAD_LOW] = value;
        break;
      case 0x4021:
        this.registers[RELOAD_HIGH] = value;
        break;
      case 0x4022:
        this.#controlTimer(value, cycle);
        break;
      case 0x4023:
        this.registers[ENABLES] = value & (DISK_ENABLED | SOUND_ENABLED);
        if ((value & DISK_ENABLED) === 0) {
          this.#stopTimer();
          this.clearIrq(cycle);
          this.#acknowledge(cycle);
        }
        break;
    }
  }

  #controlTimer(value: number, cycle: number): void {
    if ((value & TIMER_RUNS) !== 0 && (this.registers[ENABLES] & DISK_ENABLED) !== 0) {
      this.registers[TIMER_CONTROL] = value & (TIMER_REPEATS | TIMER_RUNS);
      this.words[TIMER_WORD] = this.#reloadCycles();
    } else {
      this.#stopTimer();
      this.clearIrq(cycle);
    }
  }

  #stopTimer(): void {
    this.registers[TIMER_CONTROL] = 0;
    this.registers[TIMER_FIRED] = 0;
    this.words[TIMER_WORD] = 0;
  }

  /** The counter fires in the cycle after it has reached 0. */
  #reloadCycles(): number {
    return (this.registers[RELOAD_LOW] | (this.registers[RELOAD_HIGH] << 8)) + 1;
  }

  #writeDisk(address: number, value: number, cycle: number): void {
    if (address === 0x4024) {
      this.drive.writeData(value);
      this.lines.clearIrq(IRQ_DISK, cycle);
    } else if (address === 0x4025) {
      this.drive.writeControl(value);
      this.lines.clearIrq(IRQ_DISK, cycle);
    } else if (address === 0x4026) this.registers[EXTERNAL] = value;
  }

  #acknowledge(cycle: number): void {
    this.drive.acknowledge();
    this.lines.clearIrq(IRQ_DISK, cycle);
  }

  #status(): number {
    const timer = this.registers[TIMER_FIRED] !== 0 ? STATUS_TIMER : 0;
    const mirroring = (this.drive.control & CONTROL_HORIZONTAL) !== 0 ? STATUS_HORIZONTAL : 0;
    return timer | mirroring | this.drive.status | (this.drive.isReady ? STATUS_READABLE : 0);
  }

  #driveStatus(): number {
    if (this.drive.insertedSide < 0) return NO_DISK | NOT_READY | WRITE_PROTECTED;
    return this.drive.isReady ? 0 : NOT_READY;
  }

  protected override mapBanks(): void {
    const { memory } = this;
    memory.mapPrgRam(0x6000, 32 * KIB, 0);
    memory.mapPrg(0xe000, FDS_BIOS_BYTES, 0);
    memory.mapChr(0x0000, 8 * KIB, 0);
    memory.mirror((this.drive.control & CONTROL_HORIZONTAL) !== 0 ? "horizontal" : "vertical");
  }

  protected override count(cycles: number, first: number): void {
    let left = cycles;
    let next = first;
    while (left > 0) {
      const span = Math.min(left, this.#timerCycles(), this.drive.cyclesToEvent);
      left -= span;
      next += span;
      if ((this.registers[TIMER_CONTROL] & TIMER_RUNS) !== 0) this.#runTimer(span, next - 1);
      if (this.drive.run(span)) this.lines.assertIrq(IRQ_DISK, next - 1);
    }
    this.#filter.begin(first, this.sound);
    this.#sound.run(cycles, first, this.#filter);
    this.#filter.end(first + cycles);
  }

  protected override cyclesToIrq(): number {
    const cycles = Math.min(this.#timerCycles(), this.drive.cyclesToIrq);
    return cycles === Infinity ? NEVER : cycles;
  }

  #timerCycles(): number {
    return (this.registers[TIMER_CONTROL] & TIMER_RUNS) !== 0 ? this.words[TIMER_WORD] : Infinity;
  }

  #runTimer(cycles: number, cycle: number): void {
    this.words[TIMER_WORD] -= cycles;
    if (this.words[TIMER_WORD] > 0) return;
    this.registers[TIMER_FIRED] = 1;
    this.assertIrq(cycle);
    if ((this.registers[TIMER_CONTROL] & TIMER_REPEATS) === 0) this.registers[TIMER_CONTROL] = 0;
    this.words[TIMER_WORD] = this.#reloadCycles();
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 20,
    name: "Famicom Disk System",
    board: Fds,
    wiki: ["Family_Computer_Disk_System"],
  },
];

/** Names of its registers. */
export const FDS_REGISTERS: RegisterNames = {
  board: Fds,
  places: {
    timerReload: [RELOAD_LOW, 16],
    external: EXTERNAL,
  },
};
