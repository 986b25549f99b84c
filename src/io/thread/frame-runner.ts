import type { FramePixels, Machine } from "../../emu/machine.ts";
import { AudioWriter } from "../shared/audio-ring.ts";
import { TapWriter } from "../shared/frame-tap.ts";
import type { InputLatch } from "../shared/input-words.ts";
import type { SharedBlocks } from "../shared/layout.ts";
import {
  STAT_PANEL,
  STAT_REWIND_FRAMES,
  STAT_REWIND_POSITION,
  STAT_ROBOT,
  STAT_SAMPLES_DROPPED,
} from "../shared/layout-words.ts";
import { ScopeWriter } from "../shared/sound-scope.ts";
import { addStat, setStat } from "../shared/stats.ts";
import type { TripleBufferWriter } from "../shared/triple-buffer.ts";
import { joinSound } from "./join-sound.ts";
import type { MachineCommands } from "./machine-commands.ts";
import type { MovieTrack } from "./movie-track.ts";
import { isRefusedState } from "./refused-state.ts";
import { RewindBuffer } from "./rewind.ts";
import type { Rollback } from "./rollback.ts";

/** After rewinding for this many frames, two frames are taken back at a time, then four. */
const REWIND_FASTER_AFTER = 120;
const REWIND_FASTEST_AFTER = 360;

/** The parts of the thread that a frame needs. */
interface FrameParts {
  readonly machine: Machine;
  readonly blocks: SharedBlocks;
  readonly commands: MachineCommands;
  readonly input: InputLatch;
  readonly frames: TripleBufferWriter;
  /** The movie that is played or recorded. */
  readonly track: MovieTrack | undefined;
  /** The game that is played with others. */
  readonly rollback: Rollback | undefined;
}

/**
 * Runs one frame for the machine thread, forwards, backwards or with run-ahead, and passes on its sound and,
 * during a recording, the whole frame. It allocates nothing while it runs.
 */
export class FrameRunner {
  readonly #machine: Machine;
  readonly #commands: MachineCommands;
  readonly #input: InputLatch;
  readonly #frames: TripleBufferWriter;
  readonly #audio: AudioWriter;
  readonly #tap: TapWriter;
  readonly #scope: ScopeWriter;
  readonly #blocks: SharedBlocks;
  readonly #rewind: RewindBuffer | undefined;
  readonly #track: MovieTrack | undefined;
  /** The machine's real state while run-ahead frames are run. */
  readonly #present: Uint8Array;
  /** A frame's sound: from before the run-ahead frames, or reversed. */
  readonly #sound: Int16Array;
  readonly #rollback: Rollback | undefined;
  #rewound = 0;
  /** The last sample that was heard, of each channel. */
  readonly #last = new Int16Array(2);
  /** True if the next sound does not follow on the last one. */
  #isBroken = false;

  constructor({ machine, blocks, commands, input, frames, track, rollback }: FrameParts) {
    this.#machine = machine;
    this.#blocks = blocks;
    this.#commands = commands;
    this.#input = input;
    this.#frames = frames;
    this.#track = track;
    this.#rollback = rollback;
    this.#audio = new AudioWriter(blocks.audio);
    this.#tap = new TapWriter(blocks.tap);
    this.#scope = new ScopeWriter(blocks.scope);
    this.#present = new Uint8Array(machine.stateBytes);
    this.#sound = new Int16Array(machine.geometry.maxSamplesPerFrame);
    const hasStates = machine.hasStates !== false;
    if (hasStates && blocks.rewind.length >= RewindBuffer.leastWords(machine.stateBytes))
      this.#rewind = new RewindBuffer(blocks.rewind, machine.stateBytes);
    commands.rewind = this.#rewind;
    input.track = track;
  }

  /**
   * Draws a frame into the back slot. Returns false if nothing was drawn: it cannot go back further, or other
   * players' inputs are missing. While `isLate`, no frames are run ahead.
   */
  run(isLate: boolean): boolean {
    const isDrawn = this.#runDrawn(isLate);
    if (isDrawn) this.#publishStatus();
    return isDrawn;
  }

  #runDrawn(isLate: boolean): boolean {
    if (this.#rollback !== undefined) return this.#runWithOthers(this.#rollback);
    if (this.#commands.isRewinding) return this.#runBackwards();
    this.#runForwards(isLate);
    return true;
  }

  /** Writes what devices tell the player, for the row below the picture. */
  #publishStatus(): void {
    const robot = this.#machine.robotStatus?.() ?? 0;
    if (robot !== 0) setStat(this.#blocks.stats, STAT_ROBOT, robot);
    const panel = this.#machine.coins?.panelStatus ?? 0;
    if (panel !== 0) setStat(this.#blocks.stats, STAT_PANEL, panel);
  }

  /** Runs a frame without output: it is not drawn, played or recorded. */
  runUnseen(): void {
    this.#beginForwards();
    this.#isBroken = true;
    this.#machine.runFrame(undefined, false);
    this.#track?.record();
  }

  #runForwards(isLate: boolean): void {
    const machine = this.#machine;
    const { pixels } = this.#frames;
    this.#beginForwards();
    if (this.#commands.isUnheard) {
      machine.runFrame(pixels, false);
      this.#isBroken = true;
      this.#track?.record();
      return;
    }
    const runAheadFrames = isLate || machine.hasStates === false ? 0 : this.#commands.runAheadFrames;
    // Frames before the one that is shown need no picture.
    machine.runFrame(runAheadFrames === 0 ? pixels : undefined);
    this.#track?.record();
    const count = machine.sampleCount;
    this.#hear(machine.samples, count);
    this.#scope.push(machine);
    if (runAheadFrames === 0) {
      this.#tap.push(pixels, machine.samples, count, machine.geometry);
      return;
    }
    for (let i = 0; i < count; i++) this.#sound[i] = machine.samples[i]!;
    this.#runAhead(runAheadFrames, pixels);
    this.#tap.push(pixels, this.#sound, count, machine.geometry);
  }

  #beginForwards(): void {
    if (this.#rewound > 0) this.#isBroken = true;
    this.#rewound = 0;
    if (this.#rewind !== undefined) this.#pushRewind(this.#rewind);
    this.#track?.beforeFrame();
    this.#input.extra = this.#commands.holds.takeFrame() | (this.#track?.buttons ?? 0);
  }

  #runWithOthers(rollback: Rollback): boolean {
    const machine = this.#machine;
    const { pixels } = this.#frames;
    if (!rollback.run(pixels)) return false;
    this.#hear(machine.samples, machine.sampleCount);
    this.#tap.push(pixels, machine.samples, machine.sampleCount, machine.geometry);
    return true;
  }

  /** A core may refuse a state at some moments: rewinding then skips that frame. */
  #pushRewind(rewind: RewindBuffer): void {
    const machine = this.#machine;
    try {
      rewind.push(machine, machine.latchedButtons);
    } catch (error) {
      if (!isRefusedState(error)) throw error;
    }
    this.#countRewind(rewind);
  }

  #countRewind({ depth, position }: RewindBuffer): void {
    setStat(this.#blocks.stats, STAT_REWIND_FRAMES, depth);
    setStat(this.#blocks.stats, STAT_REWIND_POSITION, position);
  }

  /** Runs frames with the current buttons held, then restores the machine. */
  #runAhead(frames: number, pixels: FramePixels): void {
    const machine = this.#machine;
    machine.save(this.#present);
    this.#input.replayed = machine.latchedButtons;
    for (let i = 1; i < frames; i++) machine.runFrame(undefined, false);
    machine.runFrame(pixels, false);
    this.#input.replayed = -1;
    machine.restore(this.#present);
  }

  /**
   * Goes back by one or several frames: restores the state before the target frame and runs that frame, which
   * draws it.
   */
  #runBackwards(): boolean {
    const machine = this.#machine;
    const rewind = this.#rewind!;
    this.#rewound++;
    const steps = this.#rewound > REWIND_FASTEST_AFTER ? 4 : this.#rewound > REWIND_FASTER_AFTER ? 2 : 1;
    let buttons = -1;
    for (let i = 0; i < steps; i++) {
      const popped = rewind.pop();
      if (popped < 0) break;
      buttons = popped;
    }
    this.#countRewind(rewind);
    if (buttons < 0) return false;
    if (this.#rewound === 1 || steps > 1) this.#isBroken = true;
    rewind.restore(machine);
    this.#input.replayed = buttons;
    machine.runFrame(this.#frames.pixels);
    this.#input.replayed = -1;
    const count = machine.sampleCount;
    const { samples } = machine;
    this.#reverse(samples, count);
    this.#hear(this.#sound, count);
    this.#tap.push(this.#frames.pixels, this.#sound, count, machine.geometry);
    return true;
  }

  /** Left and right keep their sides. */
  #reverse(samples: Int16Array, count: number): void {
    const channels = this.#machine.geometry.audioChannels ?? 1;
    for (let i = 0; i < count; i += channels)
      for (let channel = 0; channel < channels; channel++)
        this.#sound[i + channel] = samples[count - channels - i + channel]!;
  }

  #hear(samples: Int16Array, count: number): void {
    const channels = this.#machine.geometry.audioChannels ?? 1;
    const last = this.#last;
    if ((this.#isBroken || this.#commands.hasJumped) && count > 0)
      for (let channel = 0; channel < channels; channel++)
        joinSound(samples, count / channels, last[channel]!, channel, channels);
    this.#commands.hasJumped = false;
    const pushed = this.#audio.push(samples, count);
    this.#isBroken = pushed < count;
    if (pushed < count) addStat(this.#blocks.stats, STAT_SAMPLES_DROPPED, count - pushed);
    const end = pushed - (pushed % channels);
    if (end > 0)
      for (let channel = 0; channel < channels; channel++) last[channel] = samples[end - channels + channel]!;
  }
}
