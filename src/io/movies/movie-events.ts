import type { CoinSlots, DiskDrive, Machine } from "../../emu/machine.ts";
import { changeDips } from "../shared/dip-texts.ts";

/**
 * What a player does to the console at the start of a frame, other than pressing its buttons. `disk-toggle`
 * and `disk-select` are FCEUX's two commands: the first ejects the disk, or inserts the selected side; the
 * second selects the next side while the drive is empty. `coin` goes into a slot of a VS. System, from 1,
 * `service` is its service button, and `dip` sets its switches: "lives=5", or digits for all.
 */
export type MovieEvent =
  | { readonly frame: number; readonly kind: "eject" | "disk-toggle" | "disk-select" }
  | { readonly frame: number; readonly kind: "insert"; readonly side: number }
  | { readonly frame: number; readonly kind: "coin"; readonly slot: number; readonly line?: number }
  | { readonly frame: number; readonly kind: "service"; readonly line?: number }
  | { readonly frame: number; readonly kind: "dip"; readonly setting: string };

/** Number of coin slots of the machine with the most: a VS. DualSystem. */
export const MAX_COIN_SLOTS = 4;

/** Returns true if the event needs an arcade machine. */
export function isArcadeEvent({ kind }: MovieEvent): boolean {
  return kind === "coin" || kind === "service" || kind === "dip";
}

/** Entries of a movie in the order of their frames. */
export function inFrameOrder<T extends { readonly frame: number }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => a.frame - b.frame);
}

/** Applies the events of a movie to a machine's disk drive and coin slots. */
export class EventPlayer {
  readonly #drive: DiskDrive | undefined;
  readonly #coins: CoinSlots | undefined;
  #selected: number;

  /** Events for a drive or slots that the machine does not have do nothing, as in FCEUX. */
  constructor({ disk, coins }: Pick<Machine, "disk" | "coins">) {
    this.#drive = disk;
    this.#coins = coins;
    this.#selected = Math.max(0, disk?.wantedSide ?? 0);
  }

  /**
   * Applies `event`. Returns the event to record; undefined if the drive did not change. Throws `InputError`
   * ("usage") for a DIP switch that the game does not have.
   */
  apply(event: MovieEvent): MovieEvent | undefined {
    if (event.kind === "coin" || event.kind === "service" || event.kind === "dip") {
      if (this.#coins !== undefined) applyToArcade(this.#coins, event);
      return event;
    }
    const drive = this.#drive;
    if (drive === undefined) return undefined;
    const { frame } = event;
    const isEmpty = drive.wantedSide < 0;
    if (event.kind === "disk-select") {
      if (isEmpty && drive.sideCount > 0) this.#selected = (this.#selected + 1) % drive.sideCount;
      return undefined;
    }
    if (event.kind === "insert" || (event.kind === "disk-toggle" && isEmpty)) {
      const side = event.kind === "insert" ? event.side : this.#selected;
      if (side >= drive.sideCount || drive.insertedSide === side) return undefined;
      this.#selected = side;
      drive.insert(side, true);
      return { frame, kind: "insert", side };
    }
    drive.insert(-1);
    return { frame, kind: "eject" };
  }
}

function applyToArcade(
  coins: CoinSlots,
  event: MovieEvent & { readonly kind: "coin" | "service" | "dip" },
): void {
  if (event.kind === "coin") {
    if (event.slot <= coins.slotCount) coins.insertCoin(event.slot - 1);
  } else if (event.kind === "service") coins.pressService();
  else coins.dips = changeDips(coins.dips, event.setting, coins, `frame ${event.frame}`);
}
