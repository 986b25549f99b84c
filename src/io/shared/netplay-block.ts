/** Maximum number of players of a netplay game: the ports of the Four Score. */
export const MAX_NET_PLAYERS = 4;
/** Frames by which the machine may run ahead of the inputs that it knows. */
export const MAX_ROLLBACK_FRAMES = 8;
/** Largest input delay. */
export const MAX_DELAY_FRAMES = 15;
/** Inputs that the rings keep for each player, a power of two: 4 seconds. */
export const INPUT_RING_FRAMES = 256;
/** Hashes that the ring keeps, a power of two. */
const HASH_RING = 16;
const LINE_WORDS = 16;

/** Writer of this line: the machine thread. */
const FRAME = 0;
const HASHES = 1;
const STALLS = 2;
const ROLLBACKS = 3;
const REPLAYED_FRAMES = 4;
const DEEPEST_ROLLBACK = 5;
/** Writer of this line: main, except for the two constants. */
const DELAY = LINE_WORDS;
const RATE_PPM = LINE_WORDS + 1;
const HELD = LINE_WORDS + 2;
const PLAYERS = LINE_WORDS + 3;
const LOCAL_PLAYER = LINE_WORDS + 4;
/** One line per player. Writer: the machine thread for the local player, main for the others. */
const ENDS = 2 * LINE_WORDS;
/** Pairs of a frame and a hash. Writer: the machine thread. */
const HASH_ENTRIES = ENDS + MAX_NET_PLAYERS * LINE_WORDS;
const INPUTS = HASH_ENTRIES + 2 * HASH_RING;
const WORDS = INPUTS + MAX_NET_PLAYERS * INPUT_RING_FRAMES;
const START_TIME_BYTES = 8;

/** How a netplay game begins. */
export interface NetplayStart {
  readonly players: number;
  /** The local player, from 0; −1 for a spectator. */
  readonly localPlayer: number;
  /** The frame that runs first. */
  readonly frame: number;
  /** For each player, the frame of the first input that is not known yet. */
  readonly ends: readonly number[];
  readonly delayFrames: number;
}

/** What rollbacks have cost so far. */
export interface RollbackStats {
  /** Number of times that frames were run again. */
  readonly rollbacks: number;
  /** Number of frames that were run again. */
  readonly replayedFrames: number;
  readonly deepest: number;
  /** Number of frame times in which no frame could run. */
  readonly stalls: number;
}

/**
 * Memory that main and the machine thread share during netplay: a ring of each player's inputs by frame, and
 * hashes of states. The machine thread adds the local player's inputs; main adds those that the network
 * delivers. Inputs are never changed once they are added.
 */
export class NetplayBlock {
  readonly buffer: SharedArrayBuffer;
  readonly players: number;
  /** The local player, from 0; −1 for a spectator, whose machine runs only frames with known inputs. */
  readonly localPlayer: number;
  readonly #words: Int32Array;
  /** When the last frame began, in milliseconds of the shared clock. Writer: the machine thread. */
  readonly #startTime: Float64Array;

  /** Makes a buffer for a new game, or views of the buffer of another thread. */
  constructor(from: NetplayStart | SharedArrayBuffer) {
    const isOwn = !(from instanceof SharedArrayBuffer);
    this.buffer = isOwn ? new SharedArrayBuffer(WORDS * 4 + START_TIME_BYTES) : from;
    this.#words = new Int32Array(this.buffer, 0, WORDS);
    this.#startTime = new Float64Array(this.buffer, WORDS * 4, 1);
    if (isOwn) {
      this.#words[PLAYERS] = from.players;
      this.#words[LOCAL_PLAYER] = from.localPlayer;
      this.#words[FRAME] = from.frame;
      this.#words[DELAY] = from.delayFrames;
      for (const [player, end] of from.ends.entries()) this.setEnd(player, end);
    }
    this.players = this.#words[PLAYERS]!;
    this.localPlayer = this.#words[LOCAL_PLAYER]!;
  }

  /** The frame that runs next. */
  get frame(): number {
    return Atomics.load(this.#words, FRAME);
  }

  /** Called by the machine thread when a frame begins. */
  beginFrame(frame: number, nowMs: number): void {
    this.#startTime[0] = nowMs;
    Atomics.store(this.#words, FRAME, frame + 1);
  }

  /** When the last frame began, in milliseconds of the shared clock. */
  get frameStartMs(): number {
    return this.#startTime[0]!;
  }

  /** The inputs of `player` are known for all frames before this one. */
  end(player: number): number {
    return Atomics.load(this.#words, ENDS + player * LINE_WORDS);
  }

  /** Sets the end without adding inputs: at the start. */
  setEnd(player: number, end: number): void {
    Atomics.store(this.#words, ENDS + player * LINE_WORDS, end);
  }

  /** All inputs are known for the frames before this one. */
  get confirmedEnd(): number {
    let end = this.end(0);
    for (let player = 1; player < this.players; player++) end = Math.min(end, this.end(player));
    return end;
  }

  /** Adds the next input of a player: its eight buttons. */
  addInput(player: number, buttons: number): void {
    const end = this.end(player);
    this.setInput(player, end, buttons);
    this.setEnd(player, end + 1);
  }

  /** Sets an input without changing the end: at the start. */
  setInput(player: number, frame: number, buttons: number): void {
    this.#words[INPUTS + player * INPUT_RING_FRAMES + (frame & (INPUT_RING_FRAMES - 1))] = buttons;
  }

  /** A known input that the ring still holds. Frames before 0 have no buttons. */
  input(player: number, frame: number): number {
    if (frame < 0) return 0;
    return this.#words[INPUTS + player * INPUT_RING_FRAMES + (frame & (INPUT_RING_FRAMES - 1))]!;
  }

  /**
   * The buttons of all players in a frame, one byte per port. The last known input stands for one that is not
   * known yet: players hold buttons longer than they press them.
   */
  word(frame: number): number {
    let word = 0;
    for (let player = 0; player < this.players; player++)
      word |= this.input(player, Math.min(frame, this.end(player) - 1)) << (8 * player);
    return word >>> 0;
  }

  get delayFrames(): number {
    return Atomics.load(this.#words, DELAY);
  }

  set delayFrames(frames: number) {
    Atomics.store(this.#words, DELAY, frames);
  }

  /** How much faster frames run than the console's, in millionths; negative for slower. */
  get ratePpm(): number {
    return Atomics.load(this.#words, RATE_PPM);
  }

  set ratePpm(ppm: number) {
    Atomics.store(this.#words, RATE_PPM, ppm);
  }

  /** True while no new frame may run. */
  get isHeld(): boolean {
    return Atomics.load(this.#words, HELD) !== 0;
  }

  set isHeld(isHeld: boolean) {
    Atomics.store(this.#words, HELD, isHeld ? 1 : 0);
  }

  /** Number of hashes so far. */
  get hashCount(): number {
    return Atomics.load(this.#words, HASHES);
  }

  /** Adds the hash of the state before `frame`. */
  addHash(frame: number, hash: number): void {
    const count = this.hashCount;
    const at = HASH_ENTRIES + 2 * (count & (HASH_RING - 1));
    Atomics.store(this.#words, at, frame);
    Atomics.store(this.#words, at + 1, hash | 0);
    Atomics.store(this.#words, HASHES, count + 1);
  }

  /** Hash `index` (from 0) with its frame. Only the last 16 are kept. */
  hashAt(index: number): { readonly frame: number; readonly hash: number } {
    const at = HASH_ENTRIES + 2 * (index & (HASH_RING - 1));
    return { frame: Atomics.load(this.#words, at), hash: Atomics.load(this.#words, at + 1) >>> 0 };
  }

  /** Called by the machine thread when `frames` frames have been run again. */
  countRollback(frames: number): void {
    const words = this.#words;
    Atomics.store(words, ROLLBACKS, words[ROLLBACKS]! + 1);
    Atomics.store(words, REPLAYED_FRAMES, words[REPLAYED_FRAMES]! + frames);
    if (frames > words[DEEPEST_ROLLBACK]!) Atomics.store(words, DEEPEST_ROLLBACK, frames);
  }

  /** Called by the machine thread when a frame was due and could not run. */
  countStall(): void {
    Atomics.store(this.#words, STALLS, this.#words[STALLS]! + 1);
  }

  get stats(): RollbackStats {
    const word = (index: number) => Atomics.load(this.#words, index);
    return {
      rollbacks: word(ROLLBACKS),
      replayedFrames: word(REPLAYED_FRAMES),
      deepest: word(DEEPEST_ROLLBACK),
      stalls: word(STALLS),
    };
  }
}
