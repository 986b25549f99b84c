import { InputError } from "../../input-error.ts";
import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";

/**
 * Number of frames for which the contact of a coin acceptor stays closed: 50 ms; real ones take 40 to 70 ms.
 */
const COIN_FRAMES = 3;
/** Number of frames between two coins, so that a game sees the contact open. */
const COIN_GAP_FRAMES = 3;
/** Frames for which the service button is held. */
const SERVICE_FRAMES = 6;
/** Maximum number of coins that wait to fall; more are lost, as in a jammed slot. */
const MAX_WAITING_COINS = 100;

/** Coin slots of one console or cabinet. */
export const CABINET_SLOTS = 2;
/** Words of the state. */
const WAITING = 0;
const PHASE = 2;
const SERVICE = 4;
export const ACCEPTOR_STATE_WORDS = 5;

/** The two coin acceptors and the service button of an arcade machine. */
export class CoinAcceptors {
  readonly #state: Int32Array;

  /** `state` has ACCEPTOR_STATE_WORDS. */
  constructor(state: Int32Array) {
    this.#state = state;
  }

  /** Declares the valid values of a state, whose names begin with `machine`. */
  declareState(state: StateCheck, machine: string): void {
    state.slots(`${machine}.coins`, this.#state, range(0, MAX_WAITING_COINS), WAITING, CABINET_SLOTS);
    const phases = range(0, COIN_FRAMES + COIN_GAP_FRAMES);
    state.slots(`${machine}.coinPhase`, this.#state, phases, PHASE, CABINET_SLOTS);
    state.slots(`${machine}.service`, this.#state, range(0, SERVICE_FRAMES), SERVICE, 1);
  }

  /** Drops a coin into `slot`, from 0. Throws `InputError` ("usage") if there is no such slot. */
  insertCoin(slot: number): void {
    const state = this.#state;
    checkSlot(slot, CABINET_SLOTS);
    if (state[WAITING + slot] < MAX_WAITING_COINS) state[WAITING + slot]++;
  }

  pressService(): void {
    this.#state[SERVICE] = SERVICE_FRAMES;
  }

  /** Advances the coins and contacts by one frame. */
  beginFrame(): void {
    const state = this.#state;
    for (let slot = 0; slot < CABINET_SLOTS; slot++) {
      if (state[PHASE + slot] > 0) state[PHASE + slot]--;
      if (state[PHASE + slot] > 0 || state[WAITING + slot] === 0) continue;
      state[WAITING + slot]--;
      state[PHASE + slot] = COIN_FRAMES + COIN_GAP_FRAMES;
    }
    if (state[SERVICE] > 0) state[SERVICE]--;
  }

  /** True while a coin closes the contact of `slot`. */
  isFalling(slot: number): boolean {
    return this.#state[PHASE + slot] > COIN_GAP_FRAMES;
  }

  get isServicePressed(): boolean {
    return this.#state[SERVICE] > 0;
  }
}

/** Throws `InputError` ("usage") unless `slot` is one of `count` coin slots, from 0. */
export function checkSlot(slot: number, count: number): void {
  if (Number.isInteger(slot) && slot >= 0 && slot < count) return;
  throw new InputError("usage", `there is no coin slot ${slot}`, "", `use 0 to ${count - 1}`);
}
