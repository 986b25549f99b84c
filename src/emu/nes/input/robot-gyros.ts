import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";

const GYRO_COUNT = 2;
/** Words of the state: the station where each gyro stands, 0 while it is held; then how long each spins. */
const PLACE = 0;
const SPIN_FRAMES = 2;
/** Where the hands are, and whether they are low enough to hold a gyro on its support. */
const HANDS = 4;
const ARE_LOW = 5;
export const GYRO_STATE_WORDS = 6;

/**
 * The accessories by station, as the instructions of Gyromite place them: the spinner at 1, the tray with
 * controller 2 at 2 and 3, the holder at 4 and 5. A gyro on the red pedestal presses B, one on the blue
 * pedestal A. Which of them is at 2 is a guess. https://en.wikipedia.org/wiki/Gyromite
 */
const SPINNER = 1;
const RED_PEDESTAL = 2;
const BLUE_PEDESTAL = 3;
const FIRST_HOLDER = 4;
const LAST_STATION = 5;
const BUTTON_A = 1;
const BUTTON_B = 2;

/** A gyro at full speed spins for about five minutes (ibid.). */
const FULL_SPIN_FRAMES = 5 * 60 * 60;
/** The spinner needs five seconds for that: a guess. */
const SPIN_UP = FULL_SPIN_FRAMES / (5 * 60);
/** The hands reach gyros on their supports in the two lowest notches: a guess. */
const LOW_HEIGHT = 2;

/** The Gyro set: two gyros, which press the buttons of a controller. Its state is in the robot's. */
export class RobotGyros {
  readonly #state: Int32Array;

  constructor(state: Int32Array) {
    this.#state = state;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.gyroPlace`, this.#state, range(0, LAST_STATION), PLACE, GYRO_COUNT);
    state.slots(`${name}.gyroSpin`, this.#state, range(0, FULL_SPIN_FRAMES), SPIN_FRAMES, GYRO_COUNT);
    state.slots(`${name}.hands`, this.#state, range(0, LAST_STATION), HANDS, 1);
    state.slots(`${name}.areLow`, this.#state, range(0, 1), ARE_LOW, 1);
  }

  /** Buttons that the gyros press. */
  get pressed(): number {
    let buttons = 0;
    for (let gyro = 0; gyro < GYRO_COUNT; gyro++) {
      const place = this.#supportOf(gyro);
      if (place === RED_PEDESTAL) buttons |= BUTTON_B;
      else if (place === BLUE_PEDESTAL) buttons |= BUTTON_A;
    }
    return buttons;
  }

  /** For each gyro, its station in three bits and whether it spins. */
  get status(): number {
    let status = 1 << 8;
    for (let gyro = 0; gyro < GYRO_COUNT; gyro++) {
      const spins = this.#state[SPIN_FRAMES + gyro] > 0 ? 8 : 0;
      status |= (this.#state[PLACE + gyro] | spins) << (4 * gyro);
    }
    return status;
  }

  /** Puts both gyros into the holder. */
  putAway(): void {
    for (let gyro = 0; gyro < GYRO_COUNT; gyro++) {
      this.#state[PLACE + gyro] = FIRST_HOLDER + gyro;
      this.#state[SPIN_FRAMES + gyro] = 0;
    }
  }

  /** The hands have come to a station and height, or have closed or opened there. */
  move(station: number, height: number, isOpen: boolean): void {
    const state = this.#state;
    state[HANDS] = station;
    state[ARE_LOW] = height <= LOW_HEIGHT ? 1 : 0;
    const held = this.#gyroAt(0);
    if (isOpen && held >= 0) this.#release(held);
    else if (!isOpen && held < 0 && state[ARE_LOW] === 1) {
      const found = this.#gyroAt(station);
      if (found >= 0) state[PLACE + found] = 0;
    }
  }

  /** Gyros spin up or slow down for one frame, and fall over on a pedestal if they stand still. */
  endFrame(): void {
    const state = this.#state;
    for (let gyro = 0; gyro < GYRO_COUNT; gyro++) {
      const change = this.#supportOf(gyro) === SPINNER ? SPIN_UP : -1;
      const spin = Math.max(0, Math.min(FULL_SPIN_FRAMES, state[SPIN_FRAMES + gyro] + change));
      state[SPIN_FRAMES + gyro] = spin;
      if (spin === 0 && isPedestal(state[PLACE + gyro])) this.#fall(gyro);
    }
  }

  #release(gyro: number): void {
    const state = this.#state;
    const station = state[HANDS];
    const stands = state[ARE_LOW] === 1 && this.#gyroAt(station) < 0;
    if (!stands || (isPedestal(station) && state[SPIN_FRAMES + gyro] === 0)) this.#fall(gyro);
    else state[PLACE + gyro] = station;
  }

  /** A gyro that falls is put back into the holder by the player. */
  #fall(gyro: number): void {
    const state = this.#state;
    state[SPIN_FRAMES + gyro] = 0;
    // The other gyro is in at most one of the two places of the holder.
    state[PLACE + gyro] = this.#gyroAt(FIRST_HOLDER) < 0 ? FIRST_HOLDER : LAST_STATION;
  }

  /** The station whose support a gyro is on, released or held in low hands; 0 if it is in the air. */
  #supportOf(gyro: number): number {
    const state = this.#state;
    const place = state[PLACE + gyro];
    if (place !== 0) return place;
    return state[ARE_LOW] === 1 && this.#gyroAt(state[HANDS]) < 0 ? state[HANDS] : 0;
  }

  /** The gyro that stands at a station, or that is held (0); −1 if there is none. */
  #gyroAt(place: number): number {
    for (let gyro = 0; gyro < GYRO_COUNT; gyro++) if (this.#state[PLACE + gyro] === place) return gyro;
    return -1;
  }
}

function isPedestal(station: number): boolean {
  return station === RED_PEDESTAL || station === BLUE_PEDESTAL;
}
