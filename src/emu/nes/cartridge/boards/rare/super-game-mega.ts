import { InputError } from "../../../../input-error.ts";
import type { ArcadeSwitches, CoinSlots } from "../../../../machine.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { dipChoices } from "../parts/dip-choices.ts";
import { map16, mirrorOne, partOf, wholeChr } from "../parts/register-board.ts";
import { SwitchedBoard } from "../parts/switched-board.ts";
import { MMC3 } from "./switched-multicarts.ts";

const CHIP = 0; // .SCCBBBB: 128 KiB of CHR, chip, CHR block
const PRG = 1; // GRSBBBBB: game, CHR ROM, 128 KiB of PRG and ROM at $6000, PRG block
const LATCH = 2;
const COINS = 3; // that wait to fall
const CONTACT = 4; // frames until the next one can

const UNROM = 0;
const AMROM = 1;
const FIRST_CHIP = 2; // MMC1, MMC3

const BLOCK = 128 * KIB;
/** The menu's ROM, as the CPU sees it, follows 3.5 MiB of games. In units of 4 KiB. */
const MENU = 0x380;
const PAGE = 2 * KIB;

const MAX_COINS = 100;
/** Frames for which a coin closes the contact, and frames between two coins. */
const COIN_FRAMES = 3;
const COIN_GAP_FRAMES = 3;

/** MAME's names of the switches. */
const SWITCHES: ArcadeSwitches = {
  switches: [
    { name: "minutes", mask: 3, choices: dipChoices("3=0 5=2 8=1 10=3") },
    { name: "coins", mask: 0x0c, choices: dipChoices("1:1=0 1:2=4 2:1=8 3:1=12") },
    { name: "players", mask: 0x10, choices: dipChoices("1=0 2=16") },
  ],
  switchCount: 5,
  defaultDips: 0,
};

/**
 * Mapper 124, Super Game Mega Type III, an arcade board of games for a Famicom: UNROM, AxROM, an MMC1 or an
 * MMC3 in blocks of both ROMs, and 2 KiB of work RAM at $0800 too. $4F0F and its mirrors return the DIP
 * switches and the coin slot. It follows NintendulatorNRS, and MAME for the meaning of bits and switches.
 * https://www.nesdev.org/wiki/INES_Mapper_124 (without details)
 */
class SuperGameMega extends SwitchedBoard {
  override readonly coins: CoinSlots = new SuperGameCoins(this.own, this.options.dips);

  static override chips(): BoardChips {
    return { extraRamBytes: PAGE };
  }

  constructor(parts: BoardParts) {
    super(parts, [{ board: Mmc1, mapper: 1, registersAt: 96 }, MMC3]);
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.coins", this.own, range(0, MAX_COINS), COINS, 1);
    state.slots("board.coinContact", this.own, range(0, COIN_FRAMES + COIN_GAP_FRAMES), CONTACT, 1);
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { own } = this;
    if (address >= 0x8000 && this.#chip >= FIRST_CHIP) this.writeChip(address, value, cycle);
    else if (address >= 0x8000) own[LATCH] = value;
    // $5010 switches the sound on and off, which is left out.
    else if ((address & 0xf010) === 0x5000) own[address & 1] = value;
    this.updateBanks();
  }

  override peekRegister(address: number, openBus: number): number {
    if ((address & 0xff0f) !== 0x4f0f) return openBus;
    return (this.own[CONTACT] > COIN_GAP_FRAMES ? 0x80 : 0) | this.coins.dips;
  }

  override rebase(cycles: number): void {
    const { own } = this;
    if (own[CONTACT] > 0) own[CONTACT]--;
    else if (own[COINS] > 0) {
      own[COINS]--;
      own[CONTACT] = COIN_FRAMES + COIN_GAP_FRAMES;
    }
    super.rebase(cycles);
  }

  get #chip(): number {
    return (this.own[CHIP] >> 4) & 3;
  }

  protected get selected(): number {
    return Math.max(0, this.#chip - FIRST_CHIP);
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const isMmc3 = this.#chip > FIRST_CHIP;
    const prg = isMmc3 && (own[PRG] & 0x20) === 0 ? 2 : 1;
    const chr = isMmc3 && (own[CHIP] & 0x40) === 0 ? 2 : 1;
    memory.prg = partOf(memory.prgRom, Math.floor((own[PRG] & 0x1f) / prg), prg * BLOCK);
    memory.chr = partOf(wholeChr(memory), Math.floor((own[CHIP] & 0x0f) / chr), chr * BLOCK);
  }

  protected override mapOver(): void {
    const { memory, own } = this;
    const block = own[PRG] & 0x1f;
    const inner = own[LATCH] & 7;
    memory.prg = memory.prgRom;
    if (this.#chip === UNROM) {
      map16(memory, (block << 3) | inner, (block << 3) | 7);
      memory.mirror("vertical");
    } else if (this.#chip === AMROM) {
      memory.mapPrg(0x8000, 32 * KIB, (block << 2) | inner);
      mirrorOne(memory, own[LATCH] & 0x10);
    }
    for (const address of [0x0800, 0x1800]) memory.mapCpu(address, PAGE, memory.extraRam, 0);
    memory.mapPrg(0x5000, 4 * KIB, MENU + 5);
    if ((own[PRG] & 0x20) !== 0) memory.mapPrg(0x6000, 8 * KIB, (MENU + 6) >> 1);
    if ((own[PRG] & 0x80) === 0) memory.mapPrg(0x8000, 32 * KIB, (MENU + 8) >> 3);
    if ((own[PRG] & 0x40) === 0) memory.mapPpu(0x0000, 8 * KIB, memory.chrRam, 0);
  }
}

/** The coin slot and the switches of the board. Switches are set by hand, and are not part of a state. */
class SuperGameCoins implements CoinSlots {
  readonly slotCount = 1;
  readonly switches = SWITCHES.switches;
  readonly switchCount = SWITCHES.switchCount;
  readonly defaultDips = SWITCHES.defaultDips;
  dips: number;
  readonly #own: Uint8Array;

  constructor(own: Uint8Array, dips: number | undefined) {
    this.#own = own;
    this.dips = (dips ?? this.defaultDips) & 0x1f;
  }

  insertCoin(slot: number): void {
    if (slot !== 0) throw new InputError("usage", `there is no coin slot ${slot}`, "", "use 0");
    if (this.#own[COINS] < MAX_COINS) this.#own[COINS]++;
  }

  /** The board has no service button: it inserts a coin. */
  pressService(): void {
    this.insertCoin(0);
  }
}

/** The mapper number that this board serves. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 124,
    name: "Super Game Mega Type III (MMC1, MMC3)",
    board: SuperGameMega,
    wiki: ["INES_Mapper_124"],
    arcade: SWITCHES,
    ram: { besideRomBytes: 8 * KIB },
  },
];
