import type { ArcadeSwitches } from "../../../../machine.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { BYTE, FLAG, range } from "../../../../state-fields.ts";
import type { WatchedCabinet } from "../../../input/cabinet.ts";
import { ACCEPTOR_STATE_WORDS, CoinAcceptors, checkSlot } from "../../../input/coin-acceptors.ts";
import { MAX_CYCLES } from "../../../region.ts";
import { dipChoices } from "../parts/dip-choices.ts";

/** Exceptions, as bits of $5000. */
const ATTRACT_TIMER = 0x02;
const KEY_TURNED = 0x08;
const COIN = 0x10;
const RESET_BUTTON = 0x20;
const WATCHDOG_EXPIRED = 0x40;
const NO_EXCEPTIONS = 0xff;

/** Bytes of the board's registers: $5000, $5001 and $5005 as written, and the flags, low if they are set. */
const ENABLED = 0;
const COIN_SETTINGS = 1;
const MISCELLANEOUS = 5;
const FLAGS = 8;

/** Words of the registers: NONE, PENDING or TAKEN. */
const RESET = 4;
/** The last cycle that the clock has run. */
const TIME = 5;
/** CPU cycles, modulo those of a step of the watchdog. */
const DIVIDER = 6;
const ATTRACT = 7;
/** Steps of the watchdog since the program has read $4016 or $4017. */
const UNREAD = 8;
/** Ticks of play that coins have paid. */
const CREDIT = 9;
/** 1 while a coin or the TEST button closes the contact. */
const CONTACT = 10;
/** The last position of the key. */
const KEY = 11;
const ACCEPTORS = 12;

/** Whether an exception resets the console. */
const NONE = 0;
const PENDING = 1;
const TAKEN = 2;

/** A tick is 2^18 CPU cycles, or 6.8274 Hz; the watchdog's step is 8 ticks, or 0.853 Hz. */
const TICK_SHIFT = 18;
const STEP_SHIFT = 21;
/** The watchdog has 4 bits. */
const WATCHDOG_STEPS = 15;
/** 599.9 seconds. */
const TICKS_PER_TEN_MINUTES = 4096;
const TEN_MINUTES = 1;
const TWENTY_MINUTES = 2;
const MAX_CREDIT = 200 * TICKS_PER_TEN_MINUTES;

/** Switch 10, and the position of the key, which is called switches 11 to 13. */
const CONTROLLER_2_LIGHT = 0x200;
const KEY_SHIFT = 10;
const KEY_POSITIONS = 6;
const DIPS = 0x1fff;

/** $5005: the controllers are off; those of D0 do not change places. */
const PADS_OFF = 0x40;
const IS_NORMAL = 0x80;
/** D0, D3 and D4, which the front panel can disconnect, and those of the Zapper. */
const PAD_BITS = 0x19;
const LIGHT_BITS = 0x18;

/**
 * The names of the key's positions are MAME's. The default lets the menu run in free play.
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/famibox.cpp
 */
export const FAMICOM_BOX_SWITCHES: ArcadeSwitches = {
  switches: [
    { name: "self-test", mask: 0x01, choices: dipChoices("off=0 on=1") },
    { name: "minutes", mask: 0x02, choices: dipChoices("10=0 20=2") },
    { name: "menu-seconds", mask: 0x08, choices: dipChoices("7=0 12=8") },
    { name: "game-seconds", mask: 0x30, choices: dipChoices("7=48 12=0 17=16 23=32") },
    { name: "mode", mask: 0xc0, choices: dipChoices("key=0 catv=64 coin=128 free=192") },
    { name: "light-gun", mask: CONTROLLER_2_LIGHT, choices: dipChoices("off=0 on=512") },
    {
      name: "key",
      mask: 0x1c00,
      choices: dipChoices("on=0 off=1024 free=2048 test=3072 unused=4096 count=5120 between=6144"),
    },
  ],
  switchCount: 13,
  defaultDips: 0xc0 | CONTROLLER_2_LIGHT | (2 << KEY_SHIFT),
};

/**
 * What surrounds the program of a FamicomBox: the coin slot with its timer (the chip 3199), the key switch,
 * the DIP switches, the attract timer, the watchdog, and the exceptions, which reset the console. A reset
 * happens before the frame after its exception.
 * https://www.nesdev.org/wiki/FamicomBox and https://problemkaputt.de/everynes.htm#famicombox
 */
export class FamicomBoxPanel implements WatchedCabinet {
  readonly slotCount = 1;
  readonly switches = FAMICOM_BOX_SWITCHES.switches;
  readonly switchCount = FAMICOM_BOX_SWITCHES.switchCount;
  readonly defaultDips = FAMICOM_BOX_SWITCHES.defaultDips;
  readonly #words: Int32Array;
  readonly #registers: Uint8Array;
  readonly #acceptors: CoinAcceptors;
  /** Switches are set by hand, and are not part of a state. */
  #dips: number;

  /** `registers` are the board's, whose first bytes are those of $5000–$5007. */
  constructor(registers: Uint8Array, dips: number | undefined) {
    this.#registers = registers;
    this.#words = new Int32Array(registers.buffer, registers.byteOffset, ACCEPTORS + ACCEPTOR_STATE_WORDS);
    this.#acceptors = new CoinAcceptors(this.#words.subarray(ACCEPTORS));
    this.#dips = (dips ?? this.defaultDips) & DIPS;
  }

  get dips(): number {
    return this.#dips;
  }

  set dips(value: number) {
    this.#dips = value & DIPS;
  }

  /** $5003: the position of the key, no bit between two positions, and in bit 6 if coins have paid. */
  get keyAndCredit(): number {
    const key = this.isBetween ? 0 : 1 << this.#key;
    return key | (this.#words[CREDIT] > 0 ? 0x40 : 0);
  }

  /** True while the key is between two positions. */
  get isBetween(): boolean {
    return this.#key >= KEY_POSITIONS;
  }

  get #key(): number {
    return this.#dips >> KEY_SHIFT;
  }

  insertCoin(slot: number): void {
    checkSlot(slot, this.slotCount);
    this.#acceptors.insertCoin(slot);
  }

  /** The TEST button, which is wired to the contact of the coin slot. */
  pressService(): void {
    this.#acceptors.pressService();
  }

  /** Power-on of the board, whose registers are 0. */
  start(): void {
    this.#registers[FLAGS] = NO_EXCEPTIONS;
    this.#words[KEY] = this.#key;
  }

  /** A reset of the console: by an exception, or by the button, which is one of the exceptions. */
  reset(): void {
    const words = this.#words;
    if (words[RESET] !== TAKEN) this.#raise(RESET_BUTTON);
    words[RESET] = NONE;
    words[UNREAD] = 0;
  }

  /** Loads the attract timer, which counts down once a tick. */
  setAttractTimer(value: number): void {
    this.#words[ATTRACT] = value;
  }

  takeTimeout(): boolean {
    const words = this.#words;
    if (words[KEY] !== this.#key) this.#raise(KEY_TURNED);
    words[KEY] = this.#key;
    if (words[RESET] === NONE) return false;
    words[RESET] = TAKEN;
    return true;
  }

  /** Advances the coins by one frame. A coin that begins to fall pays. */
  beginFrame(): void {
    const words = this.#words;
    this.#acceptors.beginFrame();
    const isClosed = this.#acceptors.isFalling(0) || this.#acceptors.isServicePressed;
    if (isClosed && words[CONTACT] === 0) this.#pay();
    words[CONTACT] = isClosed ? 1 : 0;
  }

  #pay(): void {
    const words = this.#words;
    const settings = this.#registers[COIN_SETTINGS];
    const wasPaid = words[CREDIT] > 0;
    if ((settings & TWENTY_MINUTES) !== 0) words[CREDIT] += 2 * TICKS_PER_TEN_MINUTES;
    else if ((settings & TEN_MINUTES) !== 0) words[CREDIT] += TICKS_PER_TEN_MINUTES;
    words[CREDIT] = Math.min(words[CREDIT], MAX_CREDIT);
    if (!wasPaid) this.#raise(COIN);
  }

  /** Runs the clock up to and including `cycle`. */
  runTo(cycle: number): void {
    const words = this.#words;
    const passed = cycle - words[TIME];
    if (passed <= 0) return;
    words[TIME] = cycle;
    const before = words[DIVIDER];
    const after = before + passed;
    for (let tick = before >> TICK_SHIFT; tick < after >> TICK_SHIFT; tick++) this.#tick();
    if (after >> STEP_SHIFT !== before >> STEP_SHIFT) this.#stepWatchdog();
    words[DIVIDER] = after & ((1 << STEP_SHIFT) - 1);
  }

  /** The end of a frame of `cycles`. */
  rebase(cycles: number): void {
    this.runTo(cycles);
    this.#words[TIME] -= cycles;
  }

  #tick(): void {
    const words = this.#words;
    if (words[ATTRACT] === 0) this.#raise(ATTRACT_TIMER);
    words[ATTRACT] = (words[ATTRACT] - 1) & 0xff;
    if (words[CREDIT] === 0) return;
    words[CREDIT]--;
    if (words[CREDIT] === 0) this.#raise(COIN);
  }

  /** No bit of $5000 enables the watchdog: it always runs. */
  #stepWatchdog(): void {
    const words = this.#words;
    words[UNREAD]++;
    if (words[UNREAD] < WATCHDOG_STEPS) return;
    words[UNREAD] = 0;
    this.#registers[FLAGS] &= ~WATCHDOG_EXPIRED;
    words[RESET] = PENDING;
  }

  /** An exception occurs: it sets its flag and resets the console, if $5000 enables it. */
  #raise(exception: number): void {
    const registers = this.#registers;
    if ((registers[ENABLED] & exception) === 0) return;
    registers[FLAGS] &= ~exception;
    this.#words[RESET] = PENDING;
  }

  wire(buttons: number): number {
    if ((this.#registers[MISCELLANEOUS] & IS_NORMAL) !== 0) return buttons;
    return (buttons & ~0xffff) | ((buttons & 0xff) << 8) | ((buttons >> 8) & 0xff);
  }

  read(register: number, _bits: number, value: number): number {
    this.#words[UNREAD] = 0;
    if ((this.#registers[MISCELLANEOUS] & PADS_OFF) !== 0) return value & ~PAD_BITS;
    const isCut = register === 1 && (this.#dips & CONTROLLER_2_LIGHT) === 0;
    return isCut ? value & ~LIGHT_BITS : value;
  }

  /** The board's registers hold the state, so they are 0 here and the board starts the panel. */
  powerOn(): void {}

  declareState(state: StateCheck): void {
    const words = this.#words;
    state.slots("board.reset", words, range(NONE, TAKEN), RESET, 1);
    state.slots("board.time", words, range(-MAX_CYCLES, MAX_CYCLES), TIME, 1);
    state.slots("board.divider", words, range(0, (1 << STEP_SHIFT) - 1), DIVIDER, 1);
    state.slots("board.attract", words, BYTE, ATTRACT, 1);
    state.slots("board.watchdog", words, range(0, WATCHDOG_STEPS - 1), UNREAD, 1);
    state.slots("board.credit", words, range(0, MAX_CREDIT), CREDIT, 1);
    state.slots("board.contact", words, FLAG, CONTACT, 1);
    state.slots("board.key", words, range(0, 7), KEY, 1);
    this.#acceptors.declareState(state, "board");
  }
}
