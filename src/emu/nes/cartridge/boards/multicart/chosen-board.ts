import type { StateCheck } from "../../../../state-check.ts";
import { KIB, MIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import {
  Board,
  type BoardClass,
  HOOK_A12,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_PPU_FETCH,
} from "../../board.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { COMMON_BOARDS } from "../common.ts";
import { MMC3_CLONES } from "../mmc3-clones/index.ts";
import { FLASH_STATE_BYTES, Flash, S29GL } from "../parts/flash.ts";
import { TIME_WORD } from "../parts/timed-board.ts";
import { UNLICENSED } from "../unlicensed/index.ts";
import { BOARDS as REGISTER_MULTICARTS } from "./register-multicarts.ts";

/** Extra RAM: what the boards of games use, up to MMC5's 3 KiB, and then the multicart's registers. */
const OWN_AT = 3 * KIB;
const OWN_BYTES = 24;
const FLASH_AT = OWN_AT + OWN_BYTES;

/** A flash chip is a part of each state, so that larger ones are read-only. */
const MAX_FLASH_BYTES = 8 * MIB;

/** What a board with a larger flash chip lacks. */
export const LACKS_LARGE_FLASH = "games cannot save to flash chips of more than 8 MiB";

/** Returns true if the header has the battery bit but no battery-backed RAM: then the flash chip is saved. */
function isFlashable({ battery, prgNvramBytes, prgRom }: CartridgeImage): boolean {
  return battery && prgNvramBytes === 0 && prgRom.length <= MAX_FLASH_BYTES;
}

/**
 * A multicart with programmable logic, which works like the board of the game that its menu chooses: one of
 * the boards here, built when it is chosen. Registers at $5000–$5FFF choose the board and the parts of the
 * chips that it sees, until they are locked: eight unless the multicart decodes more of the address. If the
 * header has the battery bit but no battery-backed RAM, programs save to the flash chip.
 */
export abstract class ChosenBoard extends Board {
  override readonly hooks: number =
    HOOK_A12 | HOOK_CPU_TIME | HOOK_PPU_FETCH | HOOK_CPU_READS | HOOK_CPU_WRITES;
  /** The multicart's registers. */
  protected readonly own = this.memory.bytes.subarray(
    this.memory.extraRam.offset + OWN_AT,
    this.memory.extraRam.offset + OWN_AT + OWN_BYTES,
  );
  readonly #flash: Flash | undefined = isFlashable(this.image)
    ? new Flash(
        this.memory.bytes.subarray(
          this.memory.extraRam.offset + FLASH_AT,
          this.memory.extraRam.offset + FLASH_AT + FLASH_STATE_BYTES,
        ),
        this.memory.bytes,
        this.memory.prgRom,
        S29GL,
      )
    : undefined;
  /** The board of the selected game, and its name: see `nameOf`. */
  #inner: Board | undefined;
  #name: number | undefined;

  static override chips(image: CartridgeImage): BoardChips {
    return { extraRamBytes: FLASH_AT + FLASH_STATE_BYTES, flash: isFlashable(image) };
  }

  /** The registers at power-on and after a reset. */
  protected abstract readonly initial: readonly number[];
  /** True if the registers cannot be written: writes go to the game's board. */
  protected abstract get isLocked(): boolean;
  protected abstract get allowsFlashWrites(): boolean;

  /** The board that `own` chooses, as mapper × 16 + submapper; undefined if there is none. */
  protected abstract nameOf(own: Uint8Array): number | undefined;

  /** The class of the board that a name denotes. */
  protected boardClass(mapper: number, submapper: number): BoardClass {
    const boards = [...COMMON_BOARDS, ...MMC3_CLONES, ...UNLICENSED, ...REGISTER_MULTICARTS].filter(
      (board) => board.mapper === mapper,
    );
    const { board } =
      boards.find(({ submappers }) => submappers?.includes(submapper) === true) ??
      boards.find(({ submappers }) => submappers === undefined)!;
    return board;
  }

  /** Sets `prg`, `chr`, `ram` and `mirroring` of the memory to what the game's board sees. */
  protected abstract showParts(): void;

  /** Maps $8000–$FFFF and CHR while no board is chosen. */
  protected abstract mapOwn(): void;

  /** Maps what the game's board does not see. It runs after each change that this board makes. */
  protected mapOver(): void {}

  /** A board has been chosen, and has been switched on in `cycle`. */
  protected prepare(_inner: Board, _cycle: number): void {}

  protected get hasInner(): boolean {
    return this.#inner !== undefined;
  }

  override declareState(state: StateCheck): void {
    state.slots("board.native", this.own, { min: 0, max: 0xff });
    this.#flash?.declareState(state);
  }

  /** What is valid in the registers of the game's board depends on the board, which the state selects. */
  override checkState(state: StateCheck): void {
    const own = Uint8Array.from({ length: OWN_BYTES }, (_, at) => state.value("board.native", at));
    const inner = this.#build(own);
    if (inner !== undefined) inner.checkState(state.checkAlso((check) => inner.declareState(check)));
  }

  override powerOn(): void {
    if (this.#flash !== undefined) this.memory.eraseFlashChanges();
    this.own.set(this.initial);
    this.#select(0);
  }

  override reset(): void {
    this.own.set(this.initial);
    this.clearIrq(0);
    this.#select(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x5000 && address < 0x6000 && !this.isLocked) {
      this.setOwn(address & 7, value, cycle);
      return;
    }
    const isFlash = address >= 0x8000 && this.#writeFlash(address, value);
    this.#inner?.writeRegister(address, value, cycle);
    if (isFlash) this.#map();
    else this.#afterInner();
  }

  /** Writes a register of the multicart. A board that it chooses, or `restarts`, is switched on. */
  protected setOwn(at: number, value: number, cycle: number, restarts = false): void {
    this.own[at] = value;
    if (restarts || this.nameOf(this.own) !== this.#name) this.#select(cycle);
    this.#map();
  }

  override readRegister(address: number, openBus: number, cycle: number): number {
    if (this.#inner === undefined) return this.peekRegister(address, openBus);
    const value = this.#inner.readRegister(address, openBus, cycle);
    this.#afterInner();
    return address >= 0x8000 && this.#flash?.isInIdMode === true ? this.#flash.id(address) : value;
  }

  override peekRegister(address: number, openBus: number): number {
    if (address >= 0x8000 && this.#flash?.isInIdMode === true) return this.#flash.id(address);
    return this.#inner?.peekRegister(address, openBus) ?? openBus;
  }

  override updateBanks(): void {
    if (this.nameOf(this.own) !== this.#name) this.#change();
    this.#map();
  }

  override ppuA12Rise(cycle: number): void {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_A12) === 0) return;
    this.#inner.ppuA12Rise(cycle);
    this.#afterInner();
  }

  override ppuFetch(address: number, value: number, cycle: number): number {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_PPU_FETCH) === 0) return value;
    const answer = this.#inner.ppuFetch(address, value, cycle);
    this.#afterInner();
    return answer;
  }

  override get risesUntilIrq(): number {
    const inner = this.#inner;
    return inner === undefined || (inner.hooks & HOOK_A12) === 0 ? NEVER : inner.risesUntilIrq;
  }

  override readsUntilIrq(readsOfLine: number): number {
    return this.#inner?.readsUntilIrq(readsOfLine) ?? NEVER;
  }

  override runTo(cycle: number): void {
    if (this.#inner === undefined || (this.#inner.hooks & HOOK_CPU_TIME) === 0) return;
    this.#inner.runTo(cycle);
    this.#afterInner();
  }

  override rebase(cycles: number): void {
    this.#inner?.rebase(cycles);
    this.#afterInner();
  }

  /**
   * Returns true if the flash chip has got the write, at the address that is mapped there. It does not get
   * writes to RAM that is write-protected.
   */
  #writeFlash(address: number, value: number): boolean {
    const { cpuReadPages, prgRom } = this.memory;
    const flash = this.#flash;
    if (flash === undefined || !this.allowsFlashWrites) return false;
    if (flash.isInIdMode) {
      // No page is mapped: commands need only the low address lines.
      flash.write(address & 0xfff, value);
      return true;
    }
    const page = cpuReadPages[address >> 11] - prgRom.offset;
    if (page < 0 || page >= prgRom.bytes) return false;
    flash.write(page + (address & 0x7ff), value);
    return true;
  }

  /** Begins with the board that the registers name, in its state at power-on. */
  #select(cycle: number): void {
    this.#change();
    this.registers.fill(0);
    new Int32Array(this.registers.buffer, this.registers.byteOffset, TIME_WORD + 1)[TIME_WORD] = cycle;
    this.clearIrq(cycle);
    if (this.#inner === undefined) return;
    this.#inner.powerOn();
    this.prepare(this.#inner, cycle);
  }

  #change(): void {
    this.showParts();
    this.memory.resetPages();
    this.#inner = this.#build(this.own);
    this.#name = this.nameOf(this.own);
  }

  #build(own: Uint8Array): Board | undefined {
    const name = this.nameOf(own);
    if (name === undefined) return undefined;
    const { memory, lines, registers } = this;
    const options = { ...this.options, hasConflicts: false };
    const mapper = name >> 4;
    const submapper = name & 0x0f;
    const prgRom = this.image.prgRom.subarray(0, memory.prg.bytes);
    const image = { ...this.image, mapper, submapper, battery: false, prgRom };
    return new (this.boardClass(mapper, submapper))({ image, memory, lines, registers, options });
  }

  #map(): void {
    this.showParts();
    this.memory.mirror(this.memory.mirroring);
    this.memory.mapPrgRam(0x6000, 8 * KIB, 0);
    if (this.#inner === undefined) this.mapOwn();
    else this.#inner.updateBanks();
    this.#afterInner();
  }

  /** The board of the game has changed its banks or its times. */
  #afterInner(): void {
    const inner = this.#inner;
    this.mapOver();
    if (this.#flash?.isInIdMode === true) this.memory.unmapCpu(0x8000, 32 * KIB);
    this.nextEventCycle = inner?.nextEventCycle ?? NEVER;
    this.irqImminent = inner?.irqImminent ?? false;
  }
}
