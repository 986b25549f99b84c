import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import type { LightSource } from "./devices.ts";
import { GYRO_STATE_WORDS, RobotGyros } from "./robot-gyros.ts";
import { type PadParts, SerialPad } from "./serial-devices.ts";

/** Words of the state. */
const SHIFT = 0;
/** The last 20 pictures, the newest in bit 0: 1 for a bright one. */
const SEEN = 1;
const STATION = 2;
const HEIGHT = 3;
const IS_OPEN = 4;
/** The last command, which may be under way: its index in ROBOT_COMMANDS plus one; 0 for none. */
const COMMAND = 5;
/** Frames until it is done. */
const FRAMES_LEFT = 6;
const IS_LAMP_ON = 7;
/** Frames until the lamp goes out after the test signal. */
const LAMP_FRAMES = 8;
const GYROS = 9;
export const ROBOT_STATE_WORDS = GYROS + GYRO_STATE_WORDS;

const STATIONS = 5;
const TOP_HEIGHT = 6;
const CENTER = 3;

/** A signal is 13 pictures: this preamble, then the eight bits of a command, the highest first. */
const SIGNAL_BITS = 13;
const PREAMBLE = 0b00010 << 8;
/** The test signal alternates for 20 pictures. */
const TEST_SIGNAL = 0xaaaaa;
const SEEN_MASK = 0xfffff;
/** 264 ms. */
const TEST_LAMP_FRAMES = 16;

interface RobotCommand {
  readonly code: number;
  readonly name: string;
  /** Stations to the right, and notches up. */
  readonly turn?: number;
  readonly lift?: number;
  readonly opens?: boolean;
}

/** In the order of their numbers in `status`. */
export const ROBOT_COMMANDS: readonly RobotCommand[] = [
  { code: 0xba, name: "left", turn: -1 },
  { code: 0xea, name: "right", turn: 1 },
  { code: 0xfa, name: "up", lift: 1 },
  { code: 0xbb, name: "up 2", lift: 2 },
  { code: 0xae, name: "down", lift: -1 },
  { code: 0xfb, name: "down 2", lift: -2 },
  { code: 0xee, name: "open", opens: true },
  { code: 0xbe, name: "close", opens: false },
  { code: 0xeb, name: "lamp on" },
  { code: 0xab, name: "calibrate" },
];
const LAMP_ON = 0xeb;
const CALIBRATE = 0xab;

/** How long a station, a notch, or the hands take. No measurement is published: this is a guess. */
const STEP_FRAMES = 60;
const CALIBRATE_FRAMES = 5 * STEP_FRAMES;

/**
 * R.O.B., who holds controller 2 in his Gyro set. A sensor in his eye sees the picture, and the program
 * flashes commands: 13 frames that are black or bright. While he carries one out, his lamp is off and he sees
 * nothing. With the Gyro set, gyros press A and B; with the Block set, nothing comes back to the console.
 *
 * Signals, lamp, stations and notches are as measured by
 * https://github.com/zfields/nes-rob/blob/master/docs/research.md, and calibration as observed in
 * https://atariage.com/forums/topic/177286-any-interest-in-nes-rob-homebrews/. docs/devices.md lists what is
 * guessed.
 */
export class Robot extends SerialPad {
  readonly #light: LightSource;
  readonly #gyros: RobotGyros | undefined;

  /** `parts.state` has ROBOT_STATE_WORDS. `hasGyros` is false with the Block set. */
  constructor(parts: PadParts, hasGyros: boolean) {
    super(parts);
    this.#light = parts.light;
    this.#gyros = hasGyros ? new RobotGyros(parts.state.subarray(GYROS)) : undefined;
  }

  declareState(state: StateCheck, name: string): void {
    const words = this.state;
    state.slots(`${name}.shift`, words, range(0, 0xff), SHIFT, 1);
    state.slots(`${name}.seen`, words, range(0, SEEN_MASK), SEEN, 1);
    state.slots(`${name}.station`, words, range(0, STATIONS), STATION, 1);
    state.slots(`${name}.height`, words, range(0, TOP_HEIGHT), HEIGHT, 1);
    state.slots(`${name}.isOpen`, words, FLAG, IS_OPEN, 1);
    state.slots(`${name}.command`, words, range(0, ROBOT_COMMANDS.length), COMMAND, 1);
    state.slots(`${name}.framesLeft`, words, range(0, CALIBRATE_FRAMES), FRAMES_LEFT, 1);
    state.slots(`${name}.isLampOn`, words, FLAG, IS_LAMP_ON, 1);
    state.slots(`${name}.lampFrames`, words, range(0, TEST_LAMP_FRAMES), LAMP_FRAMES, 1);
    this.#gyros?.declareState(state, name);
  }

  override load(): void {
    this.state[SHIFT] = (this.buttons() & 0xff) | (this.#gyros?.pressed ?? 0);
  }

  override read(): number {
    return this.shift(SHIFT, 7);
  }

  /** The frame is over: its picture has been seen, and the arms have moved. */
  rebase(): void {
    const { state } = this;
    if (state[STATION] === 0) this.#calibrate();
    state[SEEN] = ((state[SEEN] << 1) | (this.#light.isPictureBright() ? 1 : 0)) & SEEN_MASK;
    if (state[LAMP_FRAMES] > 0 && --state[LAMP_FRAMES] === 0) state[IS_LAMP_ON] = 0;
    if (state[FRAMES_LEFT] > 0) {
      if (--state[FRAMES_LEFT] === 0) this.#finish();
    } else if (state[SEEN] === TEST_SIGNAL) this.#test();
    else this.#obey();
    this.#gyros?.endFrame();
  }

  /** What he shows, for `robotText`; never 0. */
  get status(): number {
    const { state } = this;
    const arms = state[STATION] | (state[HEIGHT] << 3) | (state[IS_OPEN] << 6);
    const moves = state[FRAMES_LEFT] > 0 ? 0x80 : 0;
    return (
      arms |
      moves |
      (state[IS_LAMP_ON] << 8) |
      (state[COMMAND] << 9) |
      ((this.#gyros?.status ?? 0) << 13) |
      (1 << 30)
    );
  }

  /** Call it when a signal has been seen completely: begins the movement that it commands. */
  #obey(): void {
    const { state } = this;
    const signal = state[SEEN] & ((1 << SIGNAL_BITS) - 1);
    if ((signal & ~0xff) !== PREAMBLE) return;
    const index = ROBOT_COMMANDS.findIndex(({ code }) => code === (signal & 0xff));
    if (index < 0) return;
    const { code, turn = 0, lift = 0 } = ROBOT_COMMANDS[index];
    state[SEEN] = 0;
    state[COMMAND] = index + 1;
    state[LAMP_FRAMES] = 0;
    state[IS_LAMP_ON] = code === LAMP_ON ? 1 : 0;
    if (code === LAMP_ON) return;
    const steps = Math.max(1, Math.abs(turn) + Math.abs(lift));
    state[FRAMES_LEFT] = code === CALIBRATE ? CALIBRATE_FRAMES : steps * STEP_FRAMES;
  }

  /** The motors stop. The lamp shows that he is ready. */
  #finish(): void {
    const { state } = this;
    // A state from outside can have a time without a command.
    const {
      code,
      turn = 0,
      lift = 0,
      opens,
    }: Partial<RobotCommand> = ROBOT_COMMANDS[state[COMMAND] - 1] ?? {};
    state[SEEN] = 0;
    state[IS_LAMP_ON] = 1;
    if (code === CALIBRATE) {
      this.#calibrate();
      return;
    }
    state[STATION] = clamp(state[STATION] + turn, STATIONS);
    state[HEIGHT] = clamp(state[HEIGHT] + lift, TOP_HEIGHT);
    if (opens !== undefined) state[IS_OPEN] = opens ? 1 : 0;
    this.#gyros?.move(state[STATION], state[HEIGHT], state[IS_OPEN] === 1);
  }

  /** The lamp flashes, or goes out if it is on. */
  #test(): void {
    const { state } = this;
    state[SEEN] = 0;
    const wasOn = state[IS_LAMP_ON] === 1;
    state[IS_LAMP_ON] = wasOn ? 0 : 1;
    state[LAMP_FRAMES] = wasOn ? 0 : TEST_LAMP_FRAMES;
  }

  /** Hands open, arms up, then in the middle: as after he has been switched on. */
  #calibrate(): void {
    const { state } = this;
    const isFirst = state[STATION] === 0;
    state[STATION] = CENTER;
    state[HEIGHT] = TOP_HEIGHT;
    state[IS_OPEN] = 1;
    if (isFirst) this.#gyros?.putAway();
    this.#gyros?.move(CENTER, TOP_HEIGHT, true);
  }
}

function clamp(place: number, last: number): number {
  return Math.max(1, Math.min(last, place));
}
