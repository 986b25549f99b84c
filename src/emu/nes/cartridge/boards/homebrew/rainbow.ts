import type { SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range, WORD } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { IRQ_BOARD, NEVER } from "../../../interrupts.ts";
import {
  type BoardParts,
  HOOK_AUDIO,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_NMI,
  HOOK_PPU_FETCH,
  type LevelSink,
} from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import { type BoardChips, type Chip, CPU_PAGE_BYTES, UNMAPPED } from "../../memory.ts";
import { VRC6_SOUND_BYTES, VRC6_SOUND_UNIT, VRC6_SOUND_WORDS, Vrc6Sound } from "../konami/vrc6-sound.ts";
import { FLASH_STATE_BYTES, Flash, S29 } from "../parts/flash.ts";
import { LINE_WATCHER_BYTES } from "../parts/line-watcher.ts";
import { TIME_WORD, TimedBoard } from "../parts/timed-board.ts";
import { mapChr, mapPrg } from "./rainbow-banks.ts";
import { EXTRA_RAM_BYTES, FPGA_RAM_BYTES, RainbowFetches } from "./rainbow-fetches.ts";
import { RAINBOW_NETWORK_BYTES, RainbowNetwork } from "./rainbow-network.ts";
import { ROUTINES, routineByte } from "./rainbow-routines.ts";

// Registers $4100–$417F are bytes 0–127.
const PPU_IRQ_LINE = 0x50;
const PPU_IRQ_OFFSET = 0x53;
const CPU_IRQ_LATCH = 0x58; // high, low
const CPU_IRQ_CONTROL = 0x5a; // .....ZAE; the documents exchange A and E, the emulators agree on this
const RAM_ADDRESS = 0x5c; // high, low
const RAM_STEP = 0x5e;
const VECTOR_CONTROL = 0x6b;
const VECTORS = 0x6c; // NMI and IRQ, high bytes first

/** Bytes 128–143. */
const SOUND = 128;
const SOUND_WORDS = 36;
const OUTPUT = 156; // $41A9
const VOLUME = 157;
const FETCHES = 160;
const NETWORK = 184;
const FLASH = 200;
const PPU_IRQ_ENABLED = 202;
const PPU_IRQ_PENDING = 203;
const CPU_IRQ_PENDING = 204;
const IRQ_CYCLE = 205; // the low byte of the cycle of the last interrupt
const PARITY = 206; // of the cycle of the last write to $4157
const OAM_PAGE = 207; // $4241: of the sprites
const BANKS_PAGE = 208; // $4242: of the sprites' banks
const LAST_SPRITE = 209; // $4243
const ROUTINE = 210;
const COUNTER_WORD = 61;

const ENABLED = 1;
const ENABLED_AFTER_ACKNOWLEDGE = 2;
const MAX_OFFSET = 169;
const VERSION = 0x20; // an emulator, version 1.0

/** Routines at $4280: which one the CPU reads, and that it has just begun with the first. */
const COPIES_SPRITES = 0;
const COPIES_BANKS = 1;
const BEGINS = 2;

const FIRST_PAGE = 0x6000 / CPU_PAGE_BYTES;
const VECTOR_PAGE = 0xf800 / CPU_PAGE_BYTES;

/** Values at power-on and after a reset, from $4126 on: nametables 0, 0, 1 and 1 of CIRAM. */
const INITIAL_NAMETABLES: readonly number[] = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0x80];
const FIRST_NAMETABLE = 0x26;
/** Registers that are 0 at power-on and after a reset. */
const CLEARED: readonly number[] = [0x00, 0x08, 0x18, 0x20, 0x30, 0x40, CPU_IRQ_CONTROL, VECTOR_CONTROL];

/** Returns true if the game saves in PRG flash: it has a battery but no RAM for it. */
function isFlashable(image: CartridgeImage): boolean {
  return image.battery && image.prgNvramBytes === 0;
}

/**
 * Mapper 682, Rainbow by Broke Studio. The Wi-Fi chip has no network, and CHR ROM and reads of $4011 are
 * without effect. In CHR mode 4, RAM is written in pages of 1 KiB.
 * https://github.com/BrokeStudio/rainbow-net/blob/master/NES/mapper-doc.md
 */
class Rainbow extends TimedBoard {
  override readonly hooks: number =
    HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_CPU_WRITES | HOOK_PPU_FETCH | HOOK_AUDIO | HOOK_NMI;
  readonly #sound = new Vrc6Sound(
    this.registers.subarray(SOUND, SOUND + VRC6_SOUND_BYTES),
    this.words.subarray(SOUND_WORDS, SOUND_WORDS + VRC6_SOUND_WORDS),
    VRC6_SOUND_UNIT,
  );
  /** Scales the sound by the master volume. */
  readonly #output: LevelSink = {
    setExpansionLevel: (cycle, level, heard) => {
      const volume = (this.registers[OUTPUT] & 3) === 0 ? 0 : this.registers[VOLUME] & 0x0f;
      const scaled = (one: number): number => Math.round((one * volume) / 15);
      this.sound.setExpansionLevel(cycle, scaled(level), scaled(heard));
    },
  };
  readonly #fetches = new RainbowFetches(
    this.memory,
    this.registers,
    this.registers.subarray(FETCHES, FETCHES + LINE_WATCHER_BYTES),
  );
  readonly #network = new RainbowNetwork(
    this.registers.subarray(NETWORK, NETWORK + RAINBOW_NETWORK_BYTES),
    this.memory.bytes,
    this.memory.extraRam,
  );
  readonly #flash: Flash | undefined;
  /** The pages of $6000–$FFFF, derived from the banks: some are unmapped so that the board sees the reads. */
  readonly #pages = new Int32Array(0xa000 / CPU_PAGE_BYTES);

  static override chips(image: CartridgeImage): BoardChips {
    return { extraRamBytes: EXTRA_RAM_BYTES, flash: isFlashable(image) };
  }

  constructor(parts: BoardParts) {
    super(parts);
    if (!isFlashable(parts.image)) return;
    const state = this.registers.subarray(FLASH, FLASH + FLASH_STATE_BYTES);
    this.#flash = new Flash(state, this.memory.bytes, this.memory.prgRom, S29);
  }

  override get soundChip(): SoundChip {
    return this.#sound;
  }

  override powerOn(): void {
    this.#sound.powerOn();
    this.#fetches.powerOn();
    if (this.#flash !== undefined) this.memory.eraseFlashChanges();
    this.#initialize();
  }

  override reset(): void {
    this.#initialize();
    this.#updateIrq(this.words[TIME_WORD]);
    this.updateBanks();
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    this.#sound.declareState(state);
    this.#fetches.declareState(state);
    this.#network.declareState(state);
    this.#flash?.declareState(state);
    state.slots("board.irqFlags", this.registers, FLAG, PPU_IRQ_ENABLED, 3);
    state.slots("board.parity", this.registers, FLAG, PARITY, 1);
    state.slots("board.routine", this.registers, range(COPIES_SPRITES, BEGINS), ROUTINE, 1);
    state.slots("board.irqCounter", this.words, WORD, COUNTER_WORD, 1);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    this.runTo(cycle);
    this.writeBoard(address, value, cycle);
    this.schedule();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address < 0x4020) this.#fetches.writePpu(address, value);
    else if (address >= 0x4800) this.#writePage(address, value);
    else if (address >= 0x4100 && address < 0x4180) this.#writeMain(address & 0x7f, value, cycle);
    else if (address >= 0x4190 && address < 0x4195) {
      this.#network.write(address & 7, value, cycle);
      this.#updateIrq(cycle);
    } else if (address >= 0x41a0 && address < 0x41a9)
      this.#sound.write(Math.floor((address & 0x0f) / 3), (address & 0x0f) % 3, value);
    else if (address === 0x41a9 || address === 0x41aa) registers[OUTPUT + address - 0x41a9] = value;
    else if (address >= 0x4200 && address <= 0x4240) this.#fetches.writeSprite(address, value);
    else if (address > 0x4240 && address < 0x4244) registers[OAM_PAGE + address - 0x4241] = value;
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    this.runTo(cycle);
    const { registers } = this;
    if (address === 0x4280) registers[ROUTINE] = BEGINS;
    else if (address === 0x4282)
      registers[ROUTINE] = registers[ROUTINE] === BEGINS ? COPIES_SPRITES : COPIES_BANKS;
    const value = this.#value(address, openBus, cycle);
    if (address === 0x4151) {
      registers[PPU_IRQ_PENDING] = 0;
      this.#updateIrq(cycle);
    } else if (address === 0x415f) this.#stepRamAddress();
    return value;
  }

  override peekRegister(address: number, openBus: number): number {
    return this.#value(address, openBus, this.words[TIME_WORD]);
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    const { registers } = this;
    const fetches = this.#fetches;
    fetches.watch(address, cycle);
    const isDue = fetches.place === registers[PPU_IRQ_OFFSET] && fetches.line === registers[PPU_IRQ_LINE];
    if (isDue && fetches.hasFrame && registers[PPU_IRQ_PENDING] === 0) {
      registers[PPU_IRQ_PENDING] = 1;
      this.#updateIrq(cycle);
    }
    return fetches.answer(address, value);
  }

  /** As with MMC5, an NMI ends the frame and acknowledges the scanline counter's interrupt. */
  override seeNmi(cycle: number): void {
    this.#fetches.leaveFrame();
    this.registers[PPU_IRQ_PENDING] = 0;
    this.#updateIrq(cycle);
  }

  override readsUntilIrq(readsOfLine: number): number {
    const { registers } = this;
    if (registers[PPU_IRQ_ENABLED] === 0 || registers[PPU_IRQ_PENDING] !== 0) return NEVER;
    return this.#fetches.readsUntil(registers[PPU_IRQ_LINE], registers[PPU_IRQ_OFFSET], readsOfLine);
  }

  override rebase(cycles: number): void {
    super.rebase(cycles);
    this.#fetches.rebase(cycles);
    this.registers[IRQ_CYCLE] -= cycles;
    this.registers[PARITY] = (this.registers[PARITY] ^ cycles) & 1;
  }

  protected override count(cycles: number, first: number): void {
    const { words, registers } = this;
    this.#sound.run(cycles, first, this.#output);
    if (this.cyclesToIrq() === NEVER) return;
    let left = cycles;
    for (; words[COUNTER_WORD] > 0 && words[COUNTER_WORD] <= left; words[COUNTER_WORD] = this.#latch) {
      left -= words[COUNTER_WORD];
      if (registers[CPU_IRQ_PENDING] !== 0) continue;
      registers[CPU_IRQ_PENDING] = 1;
      this.#updateIrq(first + cycles - left - 1);
    }
    if (words[COUNTER_WORD] > 0) words[COUNTER_WORD] -= left;
  }

  protected override cyclesToIrq(): number {
    const counter = this.words[COUNTER_WORD];
    return (this.registers[CPU_IRQ_CONTROL] & ENABLED) !== 0 && counter > 0 ? counter : NEVER;
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    mapPrg(memory, registers);
    this.#hidePages();
    mapChr(memory, registers);
  }

  get #latch(): number {
    return (this.registers[CPU_IRQ_LATCH] << 8) | this.registers[CPU_IRQ_LATCH + 1];
  }

  #initialize(): void {
    const { registers } = this;
    for (const register of CLEARED) registers[register] = 0;
    registers.set(INITIAL_NAMETABLES, FIRST_NAMETABLE);
    registers[PPU_IRQ_OFFSET] = 0x87;
    registers.fill(0, PPU_IRQ_ENABLED, CPU_IRQ_PENDING + 1);
    registers[OUTPUT] = 3;
    registers[VOLUME] = 0x0f;
    registers[OAM_PAGE] = 7;
    registers[BANKS_PAGE] = 6;
    this.#network.reset();
  }

  #writeMain(register: number, value: number, cycle: number): void {
    const { registers } = this;
    registers[register] = value;
    if (register < PPU_IRQ_LINE) {
      this.updateBanks();
      return;
    }
    switch (register) {
      case 0x51:
        registers[PPU_IRQ_ENABLED] = 1;
        break;
      case 0x52:
        registers[PPU_IRQ_ENABLED] = 0;
        registers[PPU_IRQ_PENDING] = 0;
        break;
      case PPU_IRQ_OFFSET:
        registers[register] = Math.max(1, Math.min(value, MAX_OFFSET));
        break;
      case 0x57:
        registers[PARITY] = cycle & 1;
        break;
      case CPU_IRQ_CONTROL:
        if ((value & ENABLED) !== 0) this.words[COUNTER_WORD] = this.#latch;
        else registers[CPU_IRQ_PENDING] = 0;
        break;
      case 0x5b:
        registers[CPU_IRQ_PENDING] = 0;
        registers[CPU_IRQ_CONTROL] =
          (registers[CPU_IRQ_CONTROL] & ~ENABLED) |
          ((registers[CPU_IRQ_CONTROL] & ENABLED_AFTER_ACKNOWLEDGE) >> 1);
        break;
      case 0x5f:
        this.memory.bytes[this.memory.extraRam.offset + this.#ramAddress] = value;
        this.#stepRamAddress();
        break;
      case VECTOR_CONTROL:
        this.updateBanks();
        break;
      default:
    }
    this.#updateIrq(cycle);
  }

  /** The scanline counter, the cycle counter and the Wi-Fi chip share the IRQ line. */
  #updateIrq(cycle: number): void {
    const { registers } = this;
    const ppu = registers[PPU_IRQ_PENDING] !== 0 && registers[PPU_IRQ_ENABLED] !== 0;
    if (!ppu && registers[CPU_IRQ_PENDING] === 0 && !this.#network.irq) {
      this.clearIrq(cycle);
      return;
    }
    if ((this.lines.irqSources & IRQ_BOARD) === 0) registers[IRQ_CYCLE] = cycle;
    this.assertIrq(cycle);
  }

  #value(address: number, openBus: number, cycle: number): number {
    const { registers, memory } = this;
    if (address >= 0x6000) return this.#upperByte(address, openBus);
    if (address >= 0x4190 && address < 0x4193) return this.#network.read(address & 3);
    if (address >= ROUTINES && address < 0x4800) {
      const isBanks = registers[ROUTINE] === COPIES_BANKS;
      const page = registers[isBanks ? BANKS_PAGE : OAM_PAGE] & 7;
      const ram = memory.bytes.subarray(memory.extraRam.offset + 0x1800 + page * 0x100);
      return routineByte(address - ROUTINES, ram, registers[LAST_SPRITE] & 0x3f, isBanks);
    }
    switch (address) {
      case 0x4150:
        return this.#fetches.hasFrame ? this.#fetches.line : 0xff;
      case 0x4151: {
        const hblank = this.#fetches.isHBlank ? 0x80 : 0;
        return hblank | (this.#fetches.isInFrame(cycle) ? 0x40 : 0) | registers[PPU_IRQ_PENDING];
      }
      case 0x4154:
        return (cycle - registers[IRQ_CYCLE]) & 0xff;
      case 0x4157:
        return ((cycle ^ registers[PARITY] ^ 1) & 1) << 7;
      case 0x415f:
        return memory.bytes[memory.extraRam.offset + this.#ramAddress];
      case 0x4160:
        return VERSION;
      case 0x4161:
        return (
          (registers[PPU_IRQ_PENDING] << 7) | (registers[CPU_IRQ_PENDING] << 6) | (this.#network.irq ? 1 : 0)
        );
      case 0x4100:
      case 0x4120:
      case 0x412a:
      case 0x412b:
      case 0x412c:
      case 0x412d:
      case 0x412f:
        return registers[address & 0x7f];
      default:
        return openBus;
    }
  }

  /** A read of $6000–$FFFF whose page is unmapped: a vector, the flash chip's identity, or a hidden byte. */
  #upperByte(address: number, openBus: number): number {
    const { registers } = this;
    const vector = (address - 0xfffa) >> 1; // NMI 0, reset 1, IRQ 2
    if (vector === 0 && (registers[VECTOR_CONTROL] & 1) !== 0) return registers[VECTORS + 1 - (address & 1)];
    if (vector === 2 && (registers[VECTOR_CONTROL] & 2) !== 0) return registers[VECTORS + 3 - (address & 1)];
    const page = this.#pages[(address >> 11) - FIRST_PAGE];
    if (page === UNMAPPED) return openBus;
    if (this.#flash?.isInIdMode === true && this.#isIn(this.memory.prgRom, page))
      return this.#flash.id(address);
    return this.memory.bytes[page + (address & (CPU_PAGE_BYTES - 1))];
  }

  #isIn({ offset, bytes }: Chip, page: number): boolean {
    return page >= offset && page < offset + bytes;
  }

  /** A write to FPGA RAM, or to flash. */
  #writePage(address: number, value: number): void {
    const { memory } = this;
    const page =
      address < 0x6000 ? memory.cpuReadPages[address >> 11] : this.#pages[(address >> 11) - FIRST_PAGE];
    if (page === UNMAPPED) return;
    const place = page + (address & (CPU_PAGE_BYTES - 1));
    if (this.#isIn(memory.extraRam, page)) memory.bytes[place] = value;
    if (this.#flash === undefined || !this.#isIn(memory.prgRom, page)) return;
    this.#flash.write(place - memory.prgRom.offset, value);
    this.updateBanks();
  }

  get #ramAddress(): number {
    return ((this.registers[RAM_ADDRESS] << 8) | this.registers[RAM_ADDRESS + 1]) & (FPGA_RAM_BYTES - 1);
  }

  #stepRamAddress(): void {
    const next = this.#ramAddress + this.registers[RAM_STEP];
    this.registers[RAM_ADDRESS] = next >> 8;
    this.registers[RAM_ADDRESS + 1] = next;
  }

  /** The PPU, which reads FPGA RAM, must run before each write to it: the board makes them. */
  #hidePages(): void {
    const { cpuReadPages, cpuWritePages, extraRam } = this.memory;
    cpuWritePages.forEach((page, index) => {
      if (this.#isIn(extraRam, page)) cpuWritePages[index] = UNMAPPED;
    });
    this.#pages.set(cpuReadPages.subarray(FIRST_PAGE, FIRST_PAGE + this.#pages.length));
    if (this.#flash?.isInIdMode === true) {
      this.#pages.forEach((page, index) => {
        if (this.#isIn(this.memory.prgRom, page)) cpuReadPages[FIRST_PAGE + index] = UNMAPPED;
      });
    }
    if ((this.registers[VECTOR_CONTROL] & 3) !== 0) cpuReadPages[VECTOR_PAGE] = UNMAPPED;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 682,
    name: "Rainbow (Broke Studio)",
    board: Rainbow,
    wiki: ["NES_2.0_Mapper_682"],
    ram: { prgBytes: 32 * KIB, besideRomBytes: 32 * KIB, insteadOfRomBytes: 32 * KIB },
    lacks: [
      "the cartridge's Wi-Fi chip has no network, its CHR ROM cannot be rewritten, and $4011 does not read its sound",
    ],
  },
];
