import type { ChannelReadings, SoundChip } from "../../../../sound-channels.ts";
import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { LEVEL_UNIT } from "../../../apu/levels.ts";
import type { LevelSink } from "../../board.ts";
import type { TapeSound } from "../../image.ts";

/** State words: the next sample, the part of a sample that has passed, and the level that was set last. */
const PLACE = 0;
const PART = 1;
const LEVEL = 2;
export const TAPE_PLAYER_WORDS = 3;

/** No measurement is published. A full sample is as far from silence as half of what the APU can output. */
const SAMPLE_LEVEL = LEVEL_UNIT / 2 / 32768;

/** Plays the sound of a tape while the tape moves. */
export class TapePlayer implements SoundChip {
  readonly channels = ["tape"];
  muted = 0;
  readonly #words: Int32Array;
  readonly #sound: TapeSound;
  readonly #clockHz: number;

  /** `words` are TAPE_PLAYER_WORDS; `clockHz` is that of the CPU. */
  constructor(words: Int32Array, sound: TapeSound, clockHz: number) {
    this.#words = words;
    this.#sound = sound;
    this.#clockHz = Math.round(clockHz);
  }

  declareState(state: StateCheck): void {
    state.slots("tape.place", this.#words, range(0, 0x7fff_ffff), PLACE, 1);
    state.slots("tape.part", this.#words, range(0, this.#clockHz - 1), PART, 1);
    state.slots("tape.level", this.#words, range(-LEVEL_UNIT, LEVEL_UNIT), LEVEL, 1);
  }

  /** Goes to where `sample` will be heard in `cycles`. */
  goTo(sample: number, cycles: number): void {
    const before = Math.round((cycles * this.#sound.rateHz) / this.#clockHz);
    this.#words[PLACE] = Math.max(0, Math.min(sample, this.#sound.samples.length) - before);
    this.#words[PART] = 0;
  }

  /** Plays for `cycles`, the first of which is `first`. */
  play(cycles: number, first: number, sink: LevelSink): void {
    const words = this.#words;
    const { samples, rateHz } = this.#sound;
    let left = cycles;
    for (;;) {
      const wait = Math.ceil((this.#clockHz - words[PART]) / rateHz);
      if (wait > left) break;
      left -= wait;
      words[PART] += wait * rateHz - this.#clockHz;
      const place = words[PLACE];
      const isOver = place >= samples.length;
      if (!isOver) words[PLACE]++;
      this.#set(first + cycles - left, isOver ? 0 : Math.round(samples[place] * SAMPLE_LEVEL), sink);
    }
    words[PART] += left * rateHz;
  }

  /** The tape does not move, or is wound. */
  silence(cycle: number, sink: LevelSink): void {
    this.#set(cycle, 0, sink);
  }

  readChannels(into: ChannelReadings, first: number): void {
    const share = Math.abs(this.#words[LEVEL]) / (LEVEL_UNIT / 2);
    into.set(first, 0, share);
    into.flatten(first, 0.5);
  }

  #set(cycle: number, level: number, sink: LevelSink): void {
    if (this.#words[LEVEL] === level) return;
    this.#words[LEVEL] = level;
    sink.setExpansionLevel(cycle, level, this.muted === 0 ? level : 0);
  }
}
