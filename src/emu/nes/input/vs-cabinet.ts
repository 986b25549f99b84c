import type { MachineArena } from "../../arena.ts";
import type { CoinSlots, DipSwitch } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import type { VsHardware } from "../cartridge/vs-hardware.ts";
import type { Cabinet } from "./cabinet.ts";
import { ACCEPTOR_STATE_WORDS, CABINET_SLOTS, CoinAcceptors, checkSlot } from "./coin-acceptors.ts";

/**
 * Number of frames without a read of $4017 after which the watchdog resets: 1.2 seconds. The limit is analog,
 * and may vary by a factor of 3. https://www.nesdev.org/wiki/Vs._System
 *
 * Only the sub side's reads count. UniSystem games are installed on the sub side, so theirs count too.
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/vsnes.cpp
 */
const WATCHDOG_FRAMES = 72;

/** The watchdog's word of the state, which follows those of the coin acceptors. */
const UNREAD = ACCEPTOR_STATE_WORDS;
const STATE_WORDS = UNREAD + 1;

const SELECT = 0x04;
const START = 0x08;
const STICK_BITS = 0xf3;
const PANEL_BITS = SELECT | START;

/**
 * The cabinet of a VS. UniSystem: coin slots, service button, DIP switches and the wiring of sticks and start
 * buttons. $4020 drives a mechanical coin counter, which is left out because no program can read it.
 * https://www.nesdev.org/wiki/Vs._System
 */
export class VsCabinet implements Cabinet, CoinSlots {
  readonly slotCount = CABINET_SLOTS;
  readonly hardware: VsHardware;
  readonly #state: Int32Array;
  readonly #acceptors: CoinAcceptors;
  /** Bit 7 of $4016: 0 on the main side of a DualSystem and in a UniSystem, else 0x80. */
  readonly #side: number;
  /** Frames since the watched console read $4017. Absent on the main side of a DualSystem. */
  readonly #unread: Int32Array | undefined;
  /**
   * Switches are set by hand: they keep their position through a power cycle, and are not part of a state.
   */
  #dips: number;

  /**
   * Allocates its state in the mutable run of `arena`. `dips` has one bit per switch, switch 1 lowest.
   * `isSub` is true for the sub side of a DualSystem.
   */
  constructor(arena: MachineArena, hardware: VsHardware, dips: number, isSub = false) {
    this.hardware = hardware;
    this.#side = isSub ? 0x80 : 0;
    this.#state = arena.int32("vsCabinet", STATE_WORDS);
    this.#acceptors = new CoinAcceptors(this.#state);
    if (isSub) this.#unread = arena.int32("vsWatchdog", 1);
    else if (!hardware.isDual) this.#unread = this.#state.subarray(UNREAD);
    this.#dips = dips & 0xff;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    this.#acceptors.declareState(state, "vs");
    if (this.#unread !== undefined) state.slots("vs.watchdog", this.#unread, range(0, WATCHDOG_FRAMES));
  }

  powerOn(): void {
    this.#state.fill(0);
    this.#unread?.fill(0);
  }

  /** Returns true once the watchdog resets the console, or both of a DualSystem, and starts its time anew. */
  takeTimeout(): boolean {
    const unread = this.#unread;
    if (unread === undefined || unread[0] < WATCHDOG_FRAMES) return false;
    unread[0] = 0;
    return true;
  }

  insertCoin(slot: number): void {
    this.#acceptors.insertCoin(slot);
  }

  pressService(): void {
    this.#acceptors.pressService();
  }

  get switches(): readonly DipSwitch[] {
    return this.hardware.dips;
  }

  get switchCount(): number {
    return this.hardware.switchCount;
  }

  get defaultDips(): number {
    return this.hardware.defaultDips;
  }

  get dips(): number {
    return this.#dips;
  }

  set dips(value: number) {
    this.#dips = value & 0xff;
  }

  /** Advances the coins and contacts by one frame. */
  beginFrame(): void {
    this.#acceptors.beginFrame();
    const unread = this.#unread;
    if (unread !== undefined && unread[0] < WATCHDOG_FRAMES) unread[0]++;
  }

  /**
   * Returns the word of two controllers as the cabinet wires them, with $4016 in the low byte. `buttons` has
   * a player's start button as Start; it is wired to where a controller has Select. If player 1 uses the left
   * stick, the panel's start buttons do not change places.
   */
  wire(buttons: number): number {
    const first = panel(buttons & 0xff);
    const second = panel((buttons >> 8) & 0xff);
    let at4016 = first;
    let at4017 = second;
    if (this.hardware.usesLeftStick) {
      at4016 = (second & STICK_BITS) | (first & PANEL_BITS);
      at4017 = (first & STICK_BITS) | (second & PANEL_BITS);
    }
    if (this.hardware.protection === "ice-climber") {
      at4016 |= START;
      at4017 |= START;
    }
    return at4016 | (at4017 << 8);
  }

  /**
   * The value of a read of $4016 (`register` 0) or $4017. `bit` is the stick's data. The cabinet drives all
   * bits.
   */
  read(register: number, bit: number): number {
    const dips = this.#dips;
    if (register === 1) {
      this.#unread?.fill(0);
      return (bit & 1) | (dips & 0xfc);
    }
    const service = this.#acceptors.isServicePressed ? 0x04 : 0;
    const coin1 = this.#acceptors.isFalling(0) ? 0x20 : 0;
    const coin2 = this.#acceptors.isFalling(1) ? 0x40 : 0;
    return (bit & 1) | service | ((dips & 3) << 3) | coin1 | coin2 | this.#side;
  }
}

/** Both sides of a DualSystem: slots and switches of the main side come first. */
export class DualCabinet implements CoinSlots {
  readonly slotCount = 2 * CABINET_SLOTS;
  readonly #sides: readonly [VsCabinet, VsCabinet];

  constructor(main: VsCabinet, sub: VsCabinet) {
    this.#sides = [main, sub];
  }

  insertCoin(slot: number): void {
    checkSlot(slot, this.slotCount);
    this.#sides[slot < CABINET_SLOTS ? 0 : 1].insertCoin(slot < CABINET_SLOTS ? slot : slot - CABINET_SLOTS);
  }

  pressService(): void {
    for (const side of this.#sides) side.pressService();
  }

  get switches(): readonly DipSwitch[] {
    return this.#sides[0].switches;
  }

  get switchCount(): number {
    return this.#sides[0].switchCount;
  }

  get defaultDips(): number {
    return this.#sides[0].defaultDips;
  }

  get dips(): number {
    return this.#sides[0].dips | (this.#sides[1].dips << 8);
  }

  set dips(value: number) {
    this.#sides[0].dips = value & 0xff;
    this.#sides[1].dips = value >> 8;
  }
}

/** Swaps Select and Start. */
function panel(buttons: number): number {
  return (buttons & STICK_BITS) | ((buttons & SELECT) << 1) | ((buttons & START) >> 1);
}
