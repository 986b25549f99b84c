import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { cpuClockHz, REGIONS } from "../../../region.ts";
import { type BoardParts, HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { KANJI_ROM_NAME } from "../../network-roms.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { type MicrowireEeprom, microwireEeprom } from "../parts/microwire-eeprom.ts";
import { TimedBoard } from "../parts/timed-board.ts";
import { CPU2_RAM_BYTES } from "./modem-processor.ts";
import { RF5A18_BYTES, RF5A18_WORDS, Rf5a18 } from "./rf5a18.ts";
import { RF5C66_TIMER_BYTES, RF5C66_TIMER_WORDS, Rf5c66Timer } from "./rf5c66-timer.ts";

// The first bytes are the card's: those of its MMC1, and of its EEPROM from 16 on.
const CARD_CONTROL = 0;
const CARD_CHR_0 = 1;
const CARD_PRG = 3;
const CARD_EEPROM = 16;
const MIRRORING = 32; // $40AD
const RAM_SELECT = 33; // $40AE
const KANJI_BANK = 34; // $40B0
const KANJI_ROW = 35; // the byte of the character, 0–31
const PINS = 36; // $40B1
const BANKS = 37; // $40C0
const TIMER = 38;
const MODEM = 40;

// Words, after the bytes.
const WATCHDOG_WORD = 24;
const TIMER_WORD = 25;
const MODEM_WORD = 27;

/** Bit 4 of the MMC1's CHR and PRG registers switches the card's RAM off. */
const CARD_OFF = 0x10;
// $40AD
const IS_HORIZONTAL = 0x80;
// $40AE and $40C0: both are needed for the built-in RAM.
const RAM_SELECTED = 0x01;
const RAM_ENABLED = 0x01;
// $40B1
const CPU2_HALTED = 0x08;
// $40C0
const CPU2_RUNS = 0x04;
const CHR_BANK = 0x08;
const WRITES_ALLOWED = 0x80;

/** What $40A2 reads besides the timer's flag and bits 2 and 3, which do not exist. */
const IRQ_STATUS = 0x20;
const NO_IRQ_STATUS = 0x0c;
/** Bits of $40A5 and $40C0 that do not exist. */
const NO_INPUT = 0x78;
const NO_BANK = 0x70;

/**
 * An output to CPU2 is high for 256 periods of 21.47727 MHz, the console's own clock, after 2^28 periods in
 * which the program has not read $40AC. In cycles of the CPU:
 */
const WATCHDOG_CYCLES = Math.round(2 ** 28 / 12);
const PULSE_CYCLES = Math.round(2 ** 8 / 12);

const CHARACTER_BYTES = 32;
const EEPROM_BYTES = 128;
const W_RAM_BYTES = 8 * KIB;

/**
 * The Famicom Network System with a card: an RF5C66 with 16 KiB of CHR RAM, 8 KiB of RAM and the kanji ROM,
 * an RF5A18 with the modem, and a card with an MMC1, which does not see the PPU. The card's CHR lines A14 and
 * A15 select a bank of its RAM. With A16 the EEPROM takes the RAM's place: its clock is A13, its data A12,
 * and the nametable line selects it, as in NintendulatorNRS. The console is one without a lockout chip, with
 * the lid closed and nothing in its expansion connector. https://www.nesdev.org/wiki/Famicom_Network_System
 */
class FamicomNetwork extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  readonly #card: Mmc1;
  readonly #eeprom: MicrowireEeprom | undefined;
  readonly #timer = new Rf5c66Timer(
    this.registers.subarray(TIMER, TIMER + RF5C66_TIMER_BYTES),
    this.words.subarray(TIMER_WORD, TIMER_WORD + RF5C66_TIMER_WORDS),
  );
  readonly #modem: Rf5a18;
  readonly #kanji = this.image.kanjiRom;

  static override chips(): BoardChips {
    return { chrRamBytes: 16 * KIB, chrNvramBytes: 0, extraRamBytes: W_RAM_BYTES + CPU2_RAM_BYTES };
  }

  constructor(parts: BoardParts) {
    super(parts);
    const { bytes, extraRam } = this.memory;
    const ramAt = extraRam.offset + W_RAM_BYTES;
    this.#card = new Mmc1({ ...parts, image: { ...parts.image, submapper: 0 } });
    this.#eeprom = microwireEeprom(parts, CARD_EEPROM, EEPROM_BYTES, 2);
    this.#modem = new Rf5a18({
      bytes: this.registers.subarray(MODEM, MODEM + RF5A18_BYTES),
      words: this.words.subarray(MODEM_WORD, MODEM_WORD + RF5A18_WORDS),
      ram: bytes.subarray(ramAt, ramAt + CPU2_RAM_BYTES),
      rom: this.image.cpu2Rom,
      famicomHz: Math.round(cpuClockHz(this.options.region ?? REGIONS.ntsc)),
    });
  }

  override powerOn(): void {
    this.#card.powerOn();
    this.#eeprom?.powerOn();
    this.#modem.powerOn();
    this.registers[RAM_SELECT] = RAM_SELECTED;
    this.registers[PINS] = 0xff;
    this.words[WATCHDOG_WORD] = PULSE_CYCLES;
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.#card.rebase(cycles);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#card.declareState(state);
    this.#eeprom?.declareState(state);
    this.#timer.declareState(state);
    this.#modem.declareState(state);
    state.slots("board.kanjiBank", this.registers, FLAG, KANJI_BANK, 1);
    state.slots("board.kanjiRow", this.registers, range(0, CHARACTER_BYTES - 1), KANJI_ROW, 1);
    state.slots("board.watchdog", this.words, range(0, WATCHDOG_CYCLES - 1), WATCHDOG_WORD, 1);
  }

  /** The PPU sees mirroring and the bank of CHR RAM, not the card. */
  override isUnseenByPpu(address: number): boolean {
    const register = registerOf(address);
    return register !== 0xad && register !== 0xc0;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    const value = this.peekRegister(address, openBus);
    if (isKanji(address)) this.#nextRow();
    switch (registerOf(address)) {
      case 0xa2:
        this.#timer.acknowledge();
        this.clearIrq(cycle);
        break;
      case 0xac:
        this.words[WATCHDOG_WORD] = PULSE_CYCLES;
        break;
      case 0xb0:
        this.registers[KANJI_ROW] = 0;
        break;
      default:
    }
    this.schedule();
    return value;
  }

  /**
   * What exists of each register is from a bench test. $40A9 and $40AA stay 0 with the chip's pin 45 at
   * ground; $40AD, the nametable line at this moment, is taken as that of PPU address 0.
   */
  override peekRegister(address: number, openBus: number): number {
    if (isKanji(address)) return this.#kanji?.[this.#kanjiAt(address)] ?? 0;
    if (address >= 0x6000) return this.#readCard(openBus);
    const { registers } = this;
    const register = registerOf(address);
    if (isModem(register)) return this.#modem.read(register & 7, openBus);
    switch (register) {
      case 0xa1:
        return 0xff;
      case 0xa2:
        return IRQ_STATUS | (openBus & NO_IRQ_STATUS) | this.#timer.expired;
      case 0xa5:
        return openBus & NO_INPUT;
      case 0xa6:
        return this.#timer.counter & 0xff;
      case 0xa7:
        return this.#timer.counter >> 8;
      case 0xa9:
      case 0xaa:
        return 0;
      case 0xad:
        return openBus & 0x7f;
      case 0xb1:
        return registers[PINS] | CPU2_HALTED;
      case 0xc0: {
        const isRunning = this.#modem.isRunning ? CPU2_RUNS : 0;
        return WRITES_ALLOWED | (openBus & NO_BANK) | (registers[BANKS] & CHR_BANK) | isRunning;
      }
      default:
        return openBus;
    }
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (isKanji(address)) this.#nextRow();
    else if (address >= 0x6000) this.#card.writeRegister(address, value, cycle);
    else if (isModem(registerOf(address))) this.#modem.write(address & 7, value);
    else this.#write(registerOf(address), value, cycle);
  }

  #write(register: number, value: number, cycle: number): void {
    const { registers } = this;
    switch (register) {
      case 0xa6:
      case 0xa7:
        this.#timer.writeReload(register === 0xa7, value);
        break;
      case 0xa8:
        this.#timer.writeControl(value);
        if (this.#timer.interrupts) this.assertIrq(cycle);
        else this.clearIrq(cycle);
        break;
      case 0xad:
        registers[MIRRORING] = value;
        break;
      case 0xae:
        registers[RAM_SELECT] = value;
        break;
      case 0xb0:
        registers[KANJI_BANK] = value & 1;
        break;
      case 0xb1:
        registers[PINS] = value;
        this.#modem.isRunning = (value & CPU2_HALTED) === 0;
        break;
      case 0xc0:
        registers[BANKS] = value;
        break;
      default: // $40A3 and $40A4 are outputs to the expansion connector
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    this.#card.updateBanks();
    this.#mapRam();
    this.#eeprom?.write(
      Number((registers[CARD_CONTROL] & 3) === 1),
      (registers[CARD_CHR_0] >> 1) & 1,
      registers[CARD_CHR_0] & (registers[CARD_CONTROL] >> 4) & 1,
    );
    memory.mapPpu(0x0000, 8 * KIB, memory.chrRam, (registers[BANKS] & CHR_BANK) !== 0 ? 1 : 0);
    memory.mirror((registers[MIRRORING] & IS_HORIZONTAL) !== 0 ? "horizontal" : "vertical");
  }

  protected override count(cycles: number, first: number): void {
    const toIrq = this.#timer.cyclesToIrq;
    this.#timer.run(cycles);
    if (toIrq <= cycles) this.assertIrq(first + toIrq - 1);
    const { words } = this;
    let left = cycles;
    while (left > 0) {
      const isHigh = words[WATCHDOG_WORD] < PULSE_CYCLES;
      const edge = (isHigh ? PULSE_CYCLES : WATCHDOG_CYCLES) - words[WATCHDOG_WORD];
      const span = Math.min(left, edge);
      this.#modem.run(span, isHigh);
      words[WATCHDOG_WORD] = (words[WATCHDOG_WORD] + span) % WATCHDOG_CYCLES;
      left -= span;
    }
  }

  protected override cyclesToIrq(): number {
    return this.#timer.cyclesToIrq;
  }

  /** The built-in RAM at $6000, or the card's. */
  #mapRam(): void {
    const { memory, registers } = this;
    if (this.#hasBuiltInRam) memory.mapCpu(0x6000, 8 * KIB, memory.extraRam, 0);
    else if (this.#isCardRamOff) memory.unmapCpu(0x6000, 8 * KIB);
    else memory.mapPrgRam(0x6000, 8 * KIB, (registers[CARD_CHR_0] >> 2) & 3);
  }

  get #hasBuiltInRam(): boolean {
    return (this.registers[RAM_SELECT] & RAM_SELECTED & this.registers[BANKS] & RAM_ENABLED) !== 0;
  }

  get #isCardRamOff(): boolean {
    return ((this.registers[CARD_CHR_0] | this.registers[CARD_PRG]) & CARD_OFF) !== 0;
  }

  /** A read where no RAM is mapped: the EEPROM's output, or nothing. */
  #readCard(openBus: number): number {
    const isSelected = (this.registers[CARD_CHR_0] & CARD_OFF) !== 0;
    if (this.#eeprom === undefined || this.#hasBuiltInRam || !isSelected) return openBus;
    return (openBus & 0xfe) | this.#eeprom.output;
  }

  /** The chip counts the address's low bits after each access, also a write, which has no other effect. */
  #nextRow(): void {
    this.registers[KANJI_ROW] = (this.registers[KANJI_ROW] + 1) % CHARACTER_BYTES;
  }

  #kanjiAt(address: number): number {
    return (this.registers[KANJI_BANK] << 17) | ((address & 0xfff) << 5) | this.registers[KANJI_ROW];
  }
}

function isKanji(address: number): boolean {
  return address >= 0x5000 && address < 0x6000;
}

/** The low byte of a register's address: A8–A11 are not connected. 0 outside $4020–$4FFF. */
function registerOf(address: number): number {
  return address < 0x5000 ? address & 0xff : 0;
}

function isModem(register: number): boolean {
  return register >= 0xd0 && register < 0xe0;
}

/** What a machine lacks without the user's ROMs. */
function lacksOf({ kanjiRom }: CartridgeImage): readonly string[] {
  if (kanjiRom !== undefined) return [];
  return [`its kanji are blank without ${KANJI_ROM_NAME}, the console's ROM of characters`];
}

/** The board of cards, whose images have mapper 1 or its submapper 6, "2ME". */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 1,
    name: "Famicom Network System",
    submappers: [6],
    claims: ({ console }) => console === "famicom-network",
    console: "famicom-network",
    board: FamicomNetwork,
    lacks: ["the telephone line is missing: the card finds no dial tone, and cannot connect"],
    lacksOf,
    wiki: ["Famicom_Network_System"],
  },
];
