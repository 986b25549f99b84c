import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { cpuClockHz, REGIONS } from "../../../region.ts";
import { HOOK_AUDIO, HOOK_CPU_READS, HOOK_CPU_TIME, HOOK_NSF, type PadSource } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { type BoardChips, type Chip, CPU_PAGE_BYTES } from "../../memory.ts";
import { NSF_FDS, NSF_MMC5, type NsfProgram } from "../../nsf-program.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import { NSF_CHIPS_BYTES, NsfChips } from "./nsf-chips.ts";
import {
  DRIVER_ADDRESS,
  DRIVER_NMI,
  DRIVER_RESET,
  FIRST_OF_TWO_CALLS,
  nsfDriver,
  PORT_BEGIN,
  PORT_FIRST_CALL,
  PORT_PLAY,
  PORT_PLAYED,
  PORT_READY,
  PORT_REGION,
  PORT_RESTART,
  PORT_SONG,
} from "./nsf-driver.ts";

// Bytes: the banks of the ten windows from $6000 on, then the player's state.
const BANKS = 0;
const TRACK = 10;
const PAD = 11; // the buttons of controller 1 at the last poll
const VECTORS_ON = 12; // $FFFA–$FFFF are the player's
const PLAY_ON = 13; // INIT has returned
const PLAY_RUNS = 14; // the NMI has called PLAY
const IRQ_ACTIVE = 15;
const IRQ_FLAG = 16;
const RELOAD = 17; // $401B and $401C
const IRQ_VECTOR = 19;

// Words.
const PLAY_TIMER = 16; // until PLAY is due, in 1 / PERIOD_UNIT of a cycle
const POLL_TIMER = 17; // cycles until the controllers are read
const IRQ_TIMER = 18; // cycles until the timer's IRQ

const PERIOD_UNIT = 256;
/** Shorter periods mean that PLAY is due again before it has begun. */
const SHORTEST_PERIOD_CYCLES = 100;
const LONGEST_PERIOD_CYCLES = 120_000;
/** Less than a frame, so that no frame's buttons are missed. */
const POLL_CYCLES = 16_384;

// Extra RAM: the page at $5800 with the driver and MMC5's ExRAM, the page with the vectors, then the chips,
// and for FDS music the program, which that adapter holds in RAM.
const VECTOR_PAGE = CPU_PAGE_BYTES;
const CHIPS_STATE = 2 * CPU_PAGE_BYTES;
const FDS_RAM = CHIPS_STATE + NSF_CHIPS_BYTES;

const WINDOWS = 10;
const WINDOW_BYTES = 4 * KIB;
const FIRST_WINDOW = 6;
const FIRST_BANK_REGISTER = 0x5ff6;
const LAST_PAGE_ADDRESS = 0xf800;
const NMI_VECTOR = 0xfffa;
const RESET_VECTOR = 0xfffc;
const IRQ_VECTOR_ADDRESS = 0xfffe;

// Controller 1.
const SELECT = 0x04;
const START = 0x08;
const LEFT = 0x40;
const RIGHT = 0x80;

/**
 * A cartridge that plays an NSF: the program in banks of 4 KiB, all sound chips that it asks for, the timers
 * of NSF2, and a driver in the page at $5800 that calls INIT and PLAY. Controller 1 chooses the track: Left
 * and Right the previous and the next one, Start the same one from its beginning, and Select the one whose
 * number, from 0, the buttons of controller 2 make up. So movies, peers and rewinding need nothing else.
 *
 * Only NMI interrupts a program that does not expect it, to change the track. The vectors are then the
 * player's until the next INIT; otherwise only NSF2 programs with IRQ or an INIT that keeps running have the
 * player's. https://www.nesdev.org/wiki/NSF, https://www.nesdev.org/wiki/NSF2
 */
class NsfPlayer extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO | HOOK_NSF;
  readonly #program: NsfProgram = programOf(this.image);
  readonly #extra = this.memory.bytes.subarray(
    this.memory.extraRam.offset,
    this.memory.extraRam.offset + this.memory.extraRam.bytes,
  );
  readonly #driverPage: Chip = part(this.memory.extraRam, 0, CPU_PAGE_BYTES);
  readonly #vectorPage: Chip = part(this.memory.extraRam, VECTOR_PAGE, CPU_PAGE_BYTES);
  readonly #fdsRam: Chip = part(this.memory.extraRam, FDS_RAM, this.memory.extraRam.bytes - FDS_RAM);
  readonly #usesFds = (this.#program.chips & NSF_FDS) !== 0;
  readonly #chips = new NsfChips(
    this.#extra.subarray(CHIPS_STATE, CHIPS_STATE + NSF_CHIPS_BYTES),
    this.#program.chips,
  );
  readonly #keepsVectors = this.#program.usesIrq || this.#program.initKeepsRunning;
  /** In 1 / PERIOD_UNIT of a cycle. */
  readonly #period = this.#periodOf();
  #pads: PadSource | undefined;

  static override chips(image: CartridgeImage): BoardChips {
    const usesFds = (programOf(image).chips & NSF_FDS) !== 0;
    return { extraRamBytes: FDS_RAM + (usesFds ? image.prgRom.length : 0) };
  }

  override get soundChip(): SoundChip {
    return this.#chips;
  }

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  override powerOn(): void {
    const { registers, words } = this;
    this.#extra.set(nsfDriver(this.#program), 0);
    this.#begin();
    registers[VECTORS_ON] = 1;
    words[PLAY_TIMER] = 1;
    words[POLL_TIMER] = POLL_CYCLES;
    this.#choose(this.options.track ?? this.#program.firstTrack);
  }

  override reset(): void {
    this.registers[VECTORS_ON] = 1;
    this.updateBanks();
  }

  override isUnseenByPpu(): boolean {
    return true;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#chips.declareState(state);
    state.slots("board.track", this.registers, range(0, this.#program.tracks.length - 1), TRACK, 1);
    state.slots("board.flags", this.registers, FLAG, VECTORS_ON, 5);
    state.slots("board.playTimer", this.words, range(1, LONGEST_PERIOD_CYCLES * PERIOD_UNIT), PLAY_TIMER, 1);
    state.slots("board.pollTimer", this.words, range(1, POLL_CYCLES), POLL_TIMER, 1);
    state.slots("board.irqTimer", this.words, range(0, 0x10000), IRQ_TIMER, 1);
  }

  /** Most writes go to sound chips: only those that change the mapping map everything again. */
  override writeRegister(address: number, value: number, cycle: number): void {
    this.runTo(cycle);
    this.writeBoard(address, value, cycle);
    this.schedule();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address < 0x4020) this.#writeInternal(address, value, cycle);
    else if (address >= FIRST_BANK_REGISTER && address < 0x6000) this.#writeBank(address, value);
    else if (address >= DRIVER_ADDRESS && address < 0x5c00) this.#writePort(address, cycle);
    else if (address >= 0x5c00 && address < FIRST_BANK_REGISTER) this.#writeExram(address, value);
    else {
      if (address >= 0x8000) this.#writeProgram(address, value);
      this.#chips.write(address, value);
    }
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    if (address >= 0x4020) return this.#chips.read(address, openBus);
    const value = this.peekRegister(address, openBus);
    if (address === 0x401d && this.#program.usesIrq) {
      this.registers[IRQ_FLAG] = 0;
      this.clearIrq(cycle);
    }
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    const { registers } = this;
    if (address >= 0x4020) return this.#chips.peek(address, openBus);
    if (!this.#program.usesIrq) return openBus;
    if (address === 0x401b || address === 0x401c) return registers[RELOAD + (address - 0x401b)];
    return address === 0x401d ? (registers[IRQ_FLAG] << 7) | registers[IRQ_ACTIVE] : openBus;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    for (let window = 0; window < WINDOWS; window++) {
      const address = (FIRST_WINDOW + window) * WINDOW_BYTES;
      const bank = registers[BANKS + window];
      // Writes to $8000 and above may also be for a sound chip: the board stores them.
      if (this.#usesFds) memory.mapCpu(address, WINDOW_BYTES, this.#fdsRam, bank, true, window < 2);
      else if (window < 2) memory.mapPrgRam(address, WINDOW_BYTES, window);
      else memory.mapPrg(address, WINDOW_BYTES, bank);
    }
    memory.mapCpu(DRIVER_ADDRESS, CPU_PAGE_BYTES, this.#driverPage, 0, true, false);
    memory.mapChr(0x0000, 8 * KIB, 0);
    if (registers[VECTORS_ON] !== 0) this.#overlayVectors();
  }

  protected override count(cycles: number, first: number): void {
    this.#chips.run(cycles, first, this.sound);
    const { words } = this;
    let left = cycles;
    let next = first;
    while (left > 0) {
      const span = Math.min(left, this.cyclesToIrq());
      left -= span;
      next += span;
      words[PLAY_TIMER] -= span * PERIOD_UNIT;
      words[POLL_TIMER] -= span;
      if (words[PLAY_TIMER] <= 0) this.#playIsDue(next - 1);
      if (words[POLL_TIMER] <= 0) this.#poll(next - 1);
      if (this.registers[IRQ_ACTIVE] !== 0) this.#runTimer(span, next - 1);
    }
  }

  protected override cyclesToIrq(): number {
    const { words } = this;
    const toPlay = Math.ceil(words[PLAY_TIMER] / PERIOD_UNIT);
    const cycles = Math.min(toPlay, words[POLL_TIMER]);
    return this.registers[IRQ_ACTIVE] === 0 ? cycles : Math.max(1, Math.min(cycles, words[IRQ_TIMER]));
  }

  #periodOf(): number {
    const { region = REGIONS.ntsc } = this.options;
    const cycles = (this.#program.playPeriodUs[region.name] * cpuClockHz(region)) / 1e6;
    return Math.round(Math.max(SHORTEST_PERIOD_CYCLES, cycles) * PERIOD_UNIT);
  }

  /** Sets everything that the program can change as it is before INIT. */
  #begin(): void {
    const { registers, memory } = this;
    const { banks, ramData } = this.#program;
    const { bytes, prgRam, prgRom } = memory;
    registers.set(banks, BANKS);
    bytes.fill(0, prgRam.offset, prgRam.offset + prgRam.bytes);
    bytes.set(ramData, prgRam.offset);
    if (this.#usesFds) bytes.copyWithin(this.#fdsRam.offset, prgRom.offset, prgRom.offset + prgRom.bytes);
    this.#extra.fill(0, 0x5c00 - DRIVER_ADDRESS, CPU_PAGE_BYTES);
    this.#chips.powerOn();
    registers.fill(0, VECTORS_ON, IRQ_VECTOR + 2);
    registers[VECTORS_ON] = this.#keepsVectors ? 1 : 0;
    this.#setPort(PORT_PLAY, 0);
    this.#setPort(PORT_RESTART, 0);
    this.#takeIrqVector();
  }

  /** The IRQ vector is RAM, and begins as the program's own. */
  #takeIrqVector(): void {
    const chip = this.#usesFds ? this.#fdsRam : this.memory.prgRom;
    const bank = this.registers[BANKS + WINDOWS - 1] % (chip.bytes / WINDOW_BYTES);
    const at = chip.offset + (bank + 1) * WINDOW_BYTES - 2;
    this.registers.set(this.memory.bytes.subarray(at, at + 2), IRQ_VECTOR);
  }

  #choose(track: number): void {
    const { tracks, regionCodes, initKeepsRunning } = this.#program;
    this.registers[TRACK] = track;
    this.#setPort(PORT_SONG, tracks[track].song);
    this.#setPort(PORT_REGION, regionCodes[(this.options.region ?? REGIONS.ntsc).name]);
    this.#setPort(PORT_FIRST_CALL, initKeepsRunning ? FIRST_OF_TWO_CALLS : 0);
  }

  #setPort(address: number, value: number): void {
    this.#extra[address - DRIVER_ADDRESS] = value;
  }

  #writePort(address: number, cycle: number): void {
    const { registers, words } = this;
    if (address === PORT_PLAY) this.#setPort(PORT_PLAY, 0);
    else if (address === PORT_PLAYED) registers[PLAY_RUNS] = 0;
    else if (address === PORT_READY) {
      registers[PLAY_ON] = this.#program.hasNoPlay ? 0 : 1;
      words[PLAY_TIMER] = PERIOD_UNIT; // the first call is now
    } else if (address === PORT_BEGIN) {
      this.#begin();
      this.#pads?.restartSound(cycle);
      this.clearIrq(cycle);
      this.updateBanks();
    }
  }

  #writeBank(address: number, value: number): void {
    const window = address - FIRST_BANK_REGISTER;
    // Only FDS music has banks at $6000 and $7000.
    if (window < 2 && !this.#usesFds) return;
    this.registers[BANKS + window] = value;
    this.updateBanks();
  }

  #writeExram(address: number, value: number): void {
    if ((this.#program.chips & NSF_MMC5) !== 0) this.#extra[address - DRIVER_ADDRESS] = value;
  }

  /** RAM of the FDS adapter up to $DFFF, and the IRQ vector. */
  #writeProgram(address: number, value: number): void {
    const { memory, registers } = this;
    if (this.#usesFds && address < 0xe000) {
      memory.bytes[memory.cpuReadPages[address >> 11] + (address & (CPU_PAGE_BYTES - 1))] = value;
    } else if (this.#keepsVectors && address >= IRQ_VECTOR_ADDRESS) {
      registers[IRQ_VECTOR + (address & 1)] = value;
      this.#extra[VECTOR_PAGE + (address - LAST_PAGE_ADDRESS)] = value;
    }
  }

  /** Maps a copy of the last page, with the player's vectors in it. */
  #overlayVectors(): void {
    const { memory, registers } = this;
    const page = memory.cpuReadPages[LAST_PAGE_ADDRESS >> 11];
    memory.bytes.copyWithin(this.#vectorPage.offset, page, page + CPU_PAGE_BYTES);
    const vectors = this.#extra.subarray(VECTOR_PAGE + (NMI_VECTOR - LAST_PAGE_ADDRESS), CHIPS_STATE);
    vectors[0] = DRIVER_NMI & 0xff;
    vectors[1] = DRIVER_NMI >> 8;
    vectors[RESET_VECTOR - NMI_VECTOR] = DRIVER_RESET & 0xff;
    vectors[RESET_VECTOR - NMI_VECTOR + 1] = DRIVER_RESET >> 8;
    vectors.set(registers.subarray(IRQ_VECTOR, IRQ_VECTOR + 2), IRQ_VECTOR_ADDRESS - NMI_VECTOR);
    memory.mapCpu(LAST_PAGE_ADDRESS, CPU_PAGE_BYTES, this.#vectorPage, 0, true, false);
  }

  #playIsDue(cycle: number): void {
    const { registers, words } = this;
    words[PLAY_TIMER] += this.#period;
    if (registers[PLAY_ON] === 0) return;
    if (!this.#program.initKeepsRunning) this.#setPort(PORT_PLAY, 1);
    else if (registers[PLAY_RUNS] === 0) {
      registers[PLAY_RUNS] = 1;
      this.#interrupt(cycle);
    }
  }

  #poll(cycle: number): void {
    const { registers, words } = this;
    words[POLL_TIMER] += POLL_CYCLES;
    const buttons = this.#pads?.latchButtons() ?? 0;
    const pressed = buttons & ~registers[PAD] & 0xff;
    registers[PAD] = buttons & 0xff;
    const count = this.#program.tracks.length;
    const track = registers[TRACK];
    const wanted = (buttons >> 8) & 0xff;
    if ((pressed & SELECT) !== 0 && wanted < count) this.#restart(wanted, cycle);
    else if ((pressed & RIGHT) !== 0) this.#restart((track + 1) % count, cycle);
    else if ((pressed & LEFT) !== 0) this.#restart((track + count - 1) % count, cycle);
    else if ((pressed & START) !== 0) this.#restart(track, cycle);
  }

  #restart(track: number, cycle: number): void {
    this.#choose(track);
    this.#setPort(PORT_RESTART, 1);
    this.registers[VECTORS_ON] = 1;
    this.updateBanks();
    this.#interrupt(cycle);
  }

  /** A pulse at the NMI input. */
  #interrupt(cycle: number): void {
    this.lines.nmiFall(cycle);
    this.lines.nmiRise(cycle + 1);
  }

  /** The timer of NSF2 has two addresses of the EPSM's: a program that uses both gets the timer there. */
  #writeInternal(address: number, value: number, cycle: number): void {
    if (this.#program.usesIrq && address < 0x401e) this.#writeTimer(address, value);
    else if (address >= 0x401c) this.#pads?.writeSound(address, value, cycle);
  }

  /** $401B–$401D. While the timer is off, its counter follows the reload value. */
  #writeTimer(address: number, value: number): void {
    const { registers, words } = this;
    if (address === 0x401b || address === 0x401c) registers[RELOAD + (address - 0x401b)] = value;
    else if (address === 0x401d) registers[IRQ_ACTIVE] = value & 1;
    else return;
    const isStarting = address === 0x401d && words[IRQ_TIMER] === 0;
    if (registers[IRQ_ACTIVE] === 0) words[IRQ_TIMER] = 0;
    else if (isStarting) words[IRQ_TIMER] = this.#reloadCycles();
  }

  #runTimer(cycles: number, cycle: number): void {
    const { registers, words } = this;
    words[IRQ_TIMER] -= cycles;
    if (words[IRQ_TIMER] > 0) return;
    words[IRQ_TIMER] = this.#reloadCycles();
    registers[IRQ_FLAG] = 1;
    this.assertIrq(cycle);
  }

  #reloadCycles(): number {
    return (this.registers[RELOAD] | (this.registers[RELOAD + 1] << 8)) + 1;
  }
}

function programOf({ nsf }: CartridgeImage): NsfProgram {
  if (nsf === undefined) throw new Error("the image is not a music file");
  return nsf;
}

function part({ name, offset, writable }: Chip, at: number, bytes: number): Chip {
  return { name, offset: offset + at, bytes, writable };
}

/** The board of music files. Mapper 31, which is made like it, is in `homebrew/nsf-like.ts`. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 31,
    name: "NSF player",
    submappers: [],
    claims: ({ nsf }) => nsf !== undefined,
    board: NsfPlayer,
    wiki: ["NSF", "NSF2"],
  },
];
