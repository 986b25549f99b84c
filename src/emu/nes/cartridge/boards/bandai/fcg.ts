import type { StateCheck } from "../../../../state-check.ts";
import { WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { BoardParts, PadSource } from "../../board.ts";
import { HOOK_CPU_READS, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage, Mirroring } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import type { RegisterNames } from "../../register-names.ts";
import { SerialEeprom } from "../parts/serial-eeprom.ts";
import { TimedBoard } from "../parts/timed-board.ts";

// Registers 0–15 are those of the chip: CHR 0–7, PRG 8, mirroring 9, IRQ A–C, EEPROM or RAM D.
const PRG = 8;
const MIRRORING = 9;
const IRQ_CONTROL = 10;
const PORT = 13; // RDC.....: EEPROM read, data, clock; in 153, bit 5 enables RAM
const INNER_EEPROM = 32;
const OUTER_EEPROM = 40;
const EEPROM_STATE_END = 48;
const IRQ_LATCH_WORD = 12;
const IRQ_COUNTER_WORD = 13;

const SMALL_EEPROM_BYTES = 128;
const LARGE_EEPROM_BYTES = 256;

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

/**
 * Mappers 16, 153, 157 and 159: Bandai FCG-1/2 (16 submapper 4, registers at $6000) and LZ93D50 (registers at
 * $8000, with a latch for its counter). 16 submapper 5 has a 24C02 or nothing, 159 a 24C01, 153 PRG RAM. 157,
 * the Datach, has a 24C02 and in some cartridges also a 24C01, and a barcode reader. Old headers do not
 * distinguish FCG and LZ93D50, so both address ranges are then decoded.
 * https://www.nesdev.org/wiki/Bandai_FCG_board
 */
class BandaiFcg extends TimedBoard {
  override readonly hooks: number = HOOK_CPU_TIME | HOOK_CPU_READS;
  readonly #mapper: number;
  readonly #hearsLow: boolean;
  readonly #hearsHigh: boolean;
  readonly #inner: SerialEeprom | undefined;
  readonly #outer: SerialEeprom | undefined;
  #pads: PadSource | undefined;

  /** No header names the Datach's own EEPROM, and mapper 159 implies its EEPROM. */
  static override chips(image: CartridgeImage): BoardChips {
    const outer = image.exactHeader ? image.prgNvramBytes : SMALL_EEPROM_BYTES;
    if (image.mapper === 157) return { prgRamBytes: 0, prgNvramBytes: LARGE_EEPROM_BYTES + outer };
    return image.mapper === 159 ? { prgRamBytes: 0, prgNvramBytes: SMALL_EEPROM_BYTES } : {};
  }

  constructor(parts: BoardParts) {
    super(parts);
    const { mapper, submapper } = parts.image;
    this.#mapper = mapper;
    this.#hearsLow = mapper === 16 && submapper !== 5;
    this.#hearsHigh = mapper !== 16 || submapper !== 4;
    const { bytes, offset } = this.memory.prgRam;
    const contents = this.memory.bytes;
    const inner = this.registers.subarray(INNER_EEPROM, OUTER_EEPROM);
    const outer = this.registers.subarray(OUTER_EEPROM, EEPROM_STATE_END);
    if (mapper === 153 || submapper === 4) return;
    if (bytes >= LARGE_EEPROM_BYTES)
      this.#inner = new SerialEeprom(inner, contents, offset, LARGE_EEPROM_BYTES);
    else if (bytes >= SMALL_EEPROM_BYTES)
      this.#inner = new SerialEeprom(inner, contents, offset, SMALL_EEPROM_BYTES);
    if (mapper === 157 && bytes >= LARGE_EEPROM_BYTES + SMALL_EEPROM_BYTES)
      this.#outer = new SerialEeprom(outer, contents, offset + LARGE_EEPROM_BYTES, SMALL_EEPROM_BYTES);
  }

  override powerOn(): void {
    this.#inner?.powerOn();
    this.#outer?.powerOn();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqLatch", this.words, WORD, IRQ_LATCH_WORD, 1);
    state.slots("board.irqCounter", this.words, WORD, IRQ_COUNTER_WORD, 1);
    this.#inner?.declareState(state, "board.eeprom");
    this.#outer?.declareState(state, "board.cartridgeEeprom");
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const low = address >= 0x6000 && address < 0x8000;
    if (!(low ? this.#hearsLow : address >= 0x8000 && this.#hearsHigh)) return;
    const { registers, words } = this;
    const register = address & 0x0f;
    registers[register] = value;
    // The FCG's counter is written directly; the LZ93D50 writes a latch.
    const counter = low ? IRQ_COUNTER_WORD : IRQ_LATCH_WORD;
    if (register === 0x0a) {
      this.clearIrq(cycle);
      if (!low) words[IRQ_COUNTER_WORD] = words[IRQ_LATCH_WORD];
    } else if (register === 0x0b) {
      words[counter] = (words[counter] & 0xff00) | value;
    } else if (register === 0x0c) {
      words[counter] = (words[counter] & 0x00ff) | (value << 8);
    } else if (register === PORT) {
      this.#inner?.write((value >> 5) & 1, (value >> 6) & 1);
    }
    // The Datach drives its cartridge's clock with bit 3 of the CHR registers.
    if (register < 4 || register === PORT)
      this.#outer?.write((registers[0] >> 3) & 1, (registers[PORT] >> 6) & 1);
  }

  override connectPads(pads: PadSource): void {
    this.#pads = pads;
  }

  /** SDA is in bit 4. In the Datach both EEPROMs pull the same line, and bit 3 is the barcode reader's. */
  override readRegister(address: number, openBus: number, cycle: number): number {
    const value = this.peekRegister(address, openBus);
    if (this.#mapper !== 157 || address < 0x6000 || address > 0x7fff) return value;
    return value | (this.#pads?.readBarcode(cycle) ?? 0);
  }

  override peekRegister(address: number, openBus: number): number {
    if (address < 0x6000 || address > 0x7fff || (this.#inner ?? this.#outer) === undefined) return openBus;
    const sda = (this.#inner?.output ?? 1) & (this.#outer?.output ?? 1);
    // On the Datach, bit 3 is the barcode reader's, which sees nothing here.
    return this.#mapper === 157 ? (openBus & 0xe7) | (sda << 4) : (openBus & 0xef) | (sda << 4);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const ramOn = this.#mapper === 153 && (registers[PORT] & 0x20) !== 0;
    memory.mapPrgRam(0x6000, 8 * KIB, 0, ramOn, ramOn);
    // 512 KiB: the lowest bits of the CHR registers are PRG A18, because there is no CHR to bank.
    const wide = this.#mapper === 153 || memory.prgRom.bytes > 256 * KIB;
    const outer = wide ? ((registers[0] | registers[1] | registers[2] | registers[3]) << 4) & 0x10 : 0;
    memory.mapPrg(0x8000, 16 * KIB, outer | (registers[PRG] & 0x0f));
    memory.mapPrg(0xc000, 16 * KIB, outer | 0x0f);
    if (memory.chrRom.bytes === 0) memory.mapChr(0x0000, 8 * KIB, 0);
    else for (let page = 0; page < 8; page++) memory.mapChr(page * KIB, KIB, registers[page]);
    memory.mirror(MIRRORINGS[registers[MIRRORING] & 3]);
  }

  /** The counter fires in the cycle in which it is 0, and wraps. */
  protected override count(cycles: number, first: number): void {
    if ((this.registers[IRQ_CONTROL] & 1) === 0) return;
    const counter = this.words[IRQ_COUNTER_WORD];
    this.words[IRQ_COUNTER_WORD] = (counter - cycles) & 0xffff;
    if (cycles > counter) this.assertIrq(first + counter);
  }

  protected override cyclesToIrq(): number {
    return (this.registers[IRQ_CONTROL] & 1) === 0 ? NEVER : this.words[IRQ_COUNTER_WORD] + 1;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 16,
    name: "Bandai FCG",
    board: BandaiFcg,
    wiki: ["Bandai_FCG_board"],
    knownSubmappers: [4, 5],
    ram: { prgBytes: 256, alwaysKept: true }, // the EEPROM, a 24C02
  },
  {
    mapper: 153,
    name: "Bandai FCG with battery RAM",
    board: BandaiFcg,
    wiki: ["Bandai_FCG_board"],
    ram: { prgBytes: 8 * KIB },
  },
  {
    mapper: 157,
    name: "Bandai Datach",
    board: BandaiFcg,
    device: "datach-reader", // in the cartridge
    wiki: ["Bandai_FCG_board"],
    ram: { prgBytes: 256, alwaysKept: true }, // the EEPROM, a 24C02
  },
  {
    mapper: 159,
    name: "Bandai LZ93D50 with 24C01",
    board: BandaiFcg,
    wiki: ["Bandai_FCG_board"],
    ram: { prgBytes: 128, alwaysKept: true }, // the EEPROM
  },
];

/** Names of its registers. */
export const FCG_REGISTERS: RegisterNames = {
  board: BandaiFcg,
  places: {
    chr: [0, 8, 8],
    prg: PRG,
    mirroring: [MIRRORING, 2],
    irqControl: IRQ_CONTROL,
    port: PORT,
  },
};
