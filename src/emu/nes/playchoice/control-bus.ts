import type { MachineArena } from "../../arena.ts";
import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import { KIB } from "../../units.ts";
import type { Z80Bus } from "../../z80/core.ts";
import { CONTROL_PROGRAM_BYTES, type ControlRoms, type PlayChoiceCartridge } from "./control-roms.ts";
import type { PlayChoicePanel } from "./panel.ts";
import { PROM_STATE_WORDS, Rp5h01 } from "./rp5h01.ts";

/** The bits that the program writes, by port. http://nesdev.com/pc10doc.txt */
export const LATCH = {
  /** The video circuit has video RAM, and the picture is on; else the CPU can write it. */
  videoRam: 0x00,
  /** The game's controls are connected. */
  controls: 0x01,
  /** The PPU's picture is on. */
  display: 0x02,
  /** The game's sound is on. */
  sound: 0x03,
  /** The game's CPU is not in reset. */
  gameReset: 0x04,
  /** The game's CPU runs. */
  gameRun: 0x05,
  /** A cabinet with one monitor shows the game. */
  monitor: 0x06,
  nmi: 0x08,
  /** The watchdog is off. */
  noWatchdog: 0x09,
  /** The PPU is not in reset. */
  ppuReset: 0x0a,
  /** The lowest of four bits of the channel's number. */
  channel: 0x0b,
  /** The upper KiB of battery RAM. */
  upperBattery: 0x0f,
} as const;

/** The channel in which the game is: the slots of the others are empty. */
const GAME_CHANNEL = 0;
/** What a bus reads that nothing drives. */
const OPEN_BUS = 0xff;

const RAM_BYTES = 2 * KIB;
const VIDEO_RAM_BYTES = 2 * KIB;

/** Bits of the RP5H01's pins when $E000 is written. */
const PIN_RESET_LOW = 0x01;
const PIN_CLOCK = 0x08;
const PIN_TEST = 0x10;
/** The bits of a read of $E000 that the RP5H01 does not drive. */
const NOT_PROM = 0xe7;
const DETECT = 0x08;

/** Words of the state. */
const LATCHES = 0;
const DIGITS = 1;
const DETECTED = 2;
const STATE_WORDS = 3;

/**
 * The memory and the ports of the Z80. http://nesdev.com/pc10doc.txt, and MAME's driver where they differ:
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
export class ControlBus implements Z80Bus {
  readonly videoRam: Uint8Array;
  /** Set once, when the panel exists. */
  panel: PlayChoicePanel | undefined;
  readonly #program: Uint8Array;
  readonly #instRom: Uint8Array;
  readonly #ram: Uint8Array;
  readonly #battery: Uint8Array;
  readonly #prom: Rp5h01;
  readonly #state: Int32Array;

  /** Allocates its RAM and its state in the mutable run of `arena`. `battery` is the battery RAM. */
  constructor(arena: MachineArena, roms: ControlRoms, cartridge: PlayChoiceCartridge, battery: Uint8Array) {
    this.#program = roms.program;
    this.#instRom = cartridge.instRom;
    this.#battery = battery;
    this.#ram = arena.uint8("playChoiceRam", RAM_BYTES);
    this.videoRam = arena.uint8("playChoiceVideo", VIDEO_RAM_BYTES);
    this.#prom = new Rp5h01(cartridge.prom, arena.int32("playChoiceProm", PROM_STATE_WORDS));
    this.#state = arena.int32("playChoicePorts", STATE_WORDS);
  }

  declareState(state: StateCheck): void {
    this.#prom.declareState(state);
    state.slots("playchoice.latches", this.#state, range(0, 0xffff), LATCHES, 1);
    state.slots("playchoice.digits", this.#state, range(0, 0xffff), DIGITS, 1);
    state.slots("playchoice.detected", this.#state, FLAG, DETECTED, 1);
  }

  /** All latches are 0: the game is in reset, its picture and sound are off. */
  powerOn(): void {
    this.#prom.powerOn();
    this.#state.fill(0);
  }

  /** The bit of a port of LATCH, 0 or 1. */
  latch(port: number): number {
    return (this.#state[LATCHES] >> port) & 1;
  }

  /** The four decimal digits of the time display, the one of port $10 lowest; digits above 9 are dark. */
  get timeDigits(): number {
    return this.#state[DIGITS];
  }

  /** True while the game's controls are connected. */
  get hasControls(): boolean {
    return this.latch(LATCH.controls) === 1;
  }

  /** The game's PPU has interrupted its CPU: bit 3 of port $00 sees it. */
  noticeNmi(): void {
    this.#state[DETECTED] = 1;
  }

  read(address: number): number {
    if (address < CONTROL_PROGRAM_BYTES) return this.#program[address];
    switch (address >> 11) {
      case 0x10:
        return this.#ram[address & (RAM_BYTES - 1)];
      case 0x11:
        return this.#battery[this.#batteryAt(address)];
      case 0x12:
        return this.videoRam[address & (VIDEO_RAM_BYTES - 1)];
    }
    if (address >= 0xe000) return this.#readProm();
    return address >= 0xc000 && this.#isGameSelected ? this.#instRom[address & 0x1fff] : OPEN_BUS;
  }

  write(address: number, value: number): void {
    switch (address >> 11) {
      case 0x10:
        this.#ram[address & (RAM_BYTES - 1)] = value;
        return;
      case 0x11:
        this.#battery[this.#batteryAt(address)] = value;
        return;
      case 0x12:
        if (this.latch(LATCH.videoRam) === 0) this.videoRam[address & (VIDEO_RAM_BYTES - 1)] = value;
        return;
    }
    if (address < 0xe000 || !this.#isGameSelected) return;
    const reset = (value & PIN_RESET_LOW) === 0 ? 1 : 0;
    this.#prom.write((value & PIN_CLOCK) !== 0 ? 1 : 0, reset, (value & PIN_TEST) !== 0 ? 1 : 0);
  }

  readPort(port: number): number {
    const panel = this.panel!;
    switch (port & 0xff) {
      case 0x00:
        return panel.readPort() | (this.#state[DETECTED] === 0 ? DETECT : 0);
      case 0x01:
        return panel.dips & 0xff;
      case 0x02:
        return panel.dips >> 8;
      case 0x03:
        this.#state[DETECTED] = 0;
        return 0;
      default:
        return OPEN_BUS;
    }
  }

  writePort(port: number, value: number): void {
    const at = port & 0xff;
    const state = this.#state;
    if (at < 0x10) {
      state[LATCHES] = (state[LATCHES] & ~(1 << at)) | ((value & 1) << at);
    } else if (at < 0x14) {
      const shift = (at & 3) * 4;
      state[DIGITS] = (state[DIGITS] & ~(15 << shift)) | ((value & 15) << shift);
    }
  }

  get #isGameSelected(): boolean {
    return ((this.#state[LATCHES] >> LATCH.channel) & 15) === GAME_CHANNEL;
  }

  /** Without its upper KiB, the lower one is read twice. */
  #batteryAt(address: number): number {
    return address & (this.latch(LATCH.upperBattery) === 1 ? 0x7ff : 0x3ff);
  }

  /** The board inverts both pins. An empty slot reads as 0 for both, as the pins of an empty socket are 1. */
  #readProm(): number {
    if (!this.#isGameSelected) return NOT_PROM;
    const data = this.#prom.dataOut === 0 ? 0x08 : 0;
    return NOT_PROM | data | (this.#prom.counterOut === 0 ? 0x10 : 0);
  }
}
