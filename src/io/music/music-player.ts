import type { NsfProgram, NsfTrack } from "../../emu/nes/cartridge/nsf-program.ts";
import type { ChannelReadings } from "../../emu/sound-channels.ts";
import { ScopeReader } from "../shared/sound-scope.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import { Checkpoints, momentOf, REPEAT_MODES, type RepeatMode, trackSeconds } from "./track-clock.ts";
import { TrackOrder } from "./track-order.ts";

/** Select on controller 1 plays the track whose number controller 2 makes up; see `nsf-player.ts`. */
const SELECT = 0x04;
const SECOND_PAD_SHIFT = 8;
/** The player's board reads the controllers at least once within two frames, and must see them released. */
const HELD_FRAMES = 2;
const RELEASED_FRAMES = 2;
const CHECKPOINT_SECONDS = 8;
/** Frames that are skipped at a time, so that another request can come between. */
const SKIP_FRAMES = 600;
/** Frames between the machine and the ear: what is in the sound system's buffers. */
const HEARD_LATER_FRAMES = 3;
const POLL_MS = 2;

/** What plays music on a machine thread: tracks, time, seeking, and which channels are heard. */
export class MusicPlayer {
  repeat: RepeatMode = "all";
  isPaused = false;
  /** True while it goes to another moment of the track. */
  isSeeking = false;
  mutedChannels = 0;
  /** Called with the loudness of the track, from 0 to 1: below 1 while it fades out. */
  onGain: (gain: number) => void = () => {};
  readonly #client: EmuClient;
  readonly #program: NsfProgram;
  readonly #scope: ScopeReader;
  readonly #checkpoints: Checkpoints;
  readonly #rateHz: number;
  readonly #order: TrackOrder;
  #track: number;
  /** The machine's count of frames at the beginning of the track. */
  #firstFrame: number;
  #silentFrames = 0;
  #gain = 1;
  #isEnded = false;
  /** The requested track and moment; the latest request counts. */
  #wantedTrack: number | undefined;
  #wantedFrame: number | undefined;
  #isWorking = false;

  /** The machine plays `track` from its beginning, and is paused. */
  constructor(client: EmuClient, program: NsfProgram, track: number) {
    this.#client = client;
    this.#program = program;
    this.#scope = new ScopeReader(client.blocks.scope);
    this.#rateHz = client.ready.geometry.frameRateHz;
    this.#checkpoints = new Checkpoints(Math.round(CHECKPOINT_SECONDS * this.#rateHz));
    this.#order = new TrackOrder(program.tracks.length);
    this.#track = track;
    this.#firstFrame = this.#frames;
  }

  /** Starts to play. With `frames`, the machine stops after that many. */
  async begin(frames?: number): Promise<void> {
    await this.#keepCheckpoint();
    await (frames === undefined ? this.#client.resume() : this.#client.startSteps(frames));
  }

  get channels(): readonly string[] {
    return this.#client.ready.geometry.soundChannels;
  }

  get tracks(): readonly NsfTrack[] {
    return this.#program.tracks;
  }

  /** The track that plays or is about to, from 0. */
  get track(): number {
    return this.#wantedTrack ?? this.#track;
  }

  /** Seconds since the beginning of the track. */
  get seconds(): number {
    if (this.#wantedTrack !== undefined) return 0;
    return (this.#wantedFrame ?? this.#position) / this.#rateHz;
  }

  /** Seconds of the track with its fade; without end if it is repeated. */
  get totalSeconds(): number {
    return trackSeconds(this.tracks[this.track]);
  }

  get #frames(): number {
    return this.#client.stats().frames;
  }

  /** Frames since the beginning of the track. */
  get #position(): number {
    return (this.#frames - this.#firstFrame) >>> 0;
  }

  /**
   * Passes the readings of the frames that are heard by now to `use`, and goes on to the next track at the
   * end of one. Call it many times a second.
   */
  async update(use: (reading: ChannelReadings) => void): Promise<void> {
    this.#scope.take(HEARD_LATER_FRAMES, (reading) => {
      const isSilent = reading.volumes.subarray(0, this.channels.length).every((volume) => volume === 0);
      this.#silentFrames = isSilent ? this.#silentFrames + 1 : 0;
      use(reading);
    });
    if (this.isPaused || this.#isWorking) return;
    const silentSeconds = this.#silentFrames / this.#rateHz;
    const moment = momentOf(this.tracks[this.#track], this.seconds, silentSeconds, this.repeat);
    if (moment.kind === "playing") this.#setGain(moment.gain);
    else return this.#finishTrack();
    if (this.#checkpoints.wants(this.#position)) await this.#work(() => this.#keepCheckpoint());
  }

  async #finishTrack(): Promise<void> {
    const next = this.#order.after(this.#track, this.repeat);
    if (next !== undefined) return this.#start(next);
    // Stop at the beginning of the last track.
    await this.setPaused(true);
    await this.seek(0);
  }

  /** Plays a track from its beginning. */
  async play(track: number): Promise<void> {
    const wanted = Math.max(0, Math.min(this.tracks.length - 1, track));
    this.#order.choose(wanted, this.track);
    await this.#start(wanted);
  }

  async #start(track: number): Promise<void> {
    this.#wantedTrack = track;
    this.#wantedFrame = undefined;
    this.isPaused = false;
    await this.#fulfil();
  }

  /** The next track, or the one before; before the first one comes the last. */
  step(by: 1 | -1): Promise<void> {
    return this.#start(this.#order.step(this.track, by));
  }

  get isShuffled(): boolean {
    return this.#order.isShuffled;
  }

  /** Switches between random order, in which each other track plays once, and the order of the file. */
  toggleShuffle(): void {
    this.#order.toggleShuffle(this.track);
  }

  /** Goes to a moment of the track. */
  async seek(seconds: number): Promise<void> {
    const last = this.repeat === "track" ? Number.POSITIVE_INFINITY : this.totalSeconds - 1;
    this.#wantedFrame = Math.round(Math.max(0, Math.min(seconds, last)) * this.#rateHz);
    await this.#fulfil();
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.isPaused = isPaused;
    await this.#fulfil();
  }

  /** Chooses what follows the end of a track. */
  nextRepeat(): RepeatMode {
    this.repeat = REPEAT_MODES[(REPEAT_MODES.indexOf(this.repeat) + 1) % REPEAT_MODES.length]!;
    return this.repeat;
  }

  /** Turns a channel off or on. */
  toggleChannel(channel: number): Promise<void> {
    return this.muteChannels(this.mutedChannels ^ (1 << channel));
  }

  /** Turns all other channels off, or all on if they are off already. */
  soloChannel(channel: number): Promise<void> {
    const others = this.#allChannels & ~(1 << channel);
    return this.muteChannels(this.mutedChannels === others ? 0 : others);
  }

  async muteChannels(channels: number): Promise<void> {
    this.mutedChannels = channels & this.#allChannels;
    await this.#client.muteChannels(this.mutedChannels);
  }

  get #allChannels(): number {
    return (1 << this.channels.length) - 1;
  }

  /** Call it before the machine ends: the player then sends it no more requests. */
  end(): void {
    this.#isEnded = true;
  }

  #setGain(gain: number): void {
    if (gain === this.#gain) return;
    this.#gain = gain;
    this.onGain(gain);
  }

  /** Carries out requests, one after the other. A new request replaces one that waits. */
  async #fulfil(): Promise<void> {
    if (this.#isWorking) return;
    await this.#work(async () => {
      while (!this.#isEnded && (this.#wantedTrack !== undefined || this.#wantedFrame !== undefined)) {
        if (this.#wantedTrack !== undefined) await this.#changeTrack(this.#wantedTrack);
        else if (this.#wantedFrame !== undefined) await this.#goTo(this.#wantedFrame);
      }
    });
  }

  /** The machine pauses here, and afterwards it runs or stays paused as the listener has chosen. */
  async #work(action: () => Promise<void>): Promise<void> {
    this.#isWorking = true;
    try {
      await action();
      if (this.#isEnded) return;
      await (this.isPaused ? this.#client.pause() : this.#client.resume());
    } finally {
      this.#isWorking = false;
      this.isSeeking = false;
    }
  }

  async #changeTrack(track: number): Promise<void> {
    const client = this.#client;
    this.#setGain(1);
    await client.hold(SELECT | (track << SECOND_PAD_SHIFT), HELD_FRAMES);
    await client.resume();
    const first = this.#frames;
    const passed = (): number => (this.#frames - first) >>> 0;
    while (client.isRunning && !this.#isEnded && passed() < HELD_FRAMES) await Bun.sleep(POLL_MS);
    this.#firstFrame = this.#frames;
    this.#silentFrames = 0;
    this.#checkpoints.clear();
    await this.#keepCheckpoint();
    while (client.isRunning && !this.#isEnded && passed() < HELD_FRAMES + RELEASED_FRAMES)
      await Bun.sleep(POLL_MS);
    this.#track = track;
    if (this.#wantedTrack === track) this.#wantedTrack = undefined;
  }

  /** Goes on from the nearest checkpoint, or from here, without sound. */
  async #goTo(frame: number): Promise<void> {
    const client = this.#client;
    this.isSeeking = true;
    await client.pause();
    const from = this.#checkpoints.before(frame);
    if (from !== undefined && (frame < this.#position || from.frame > this.#position)) {
      await client.loadState(from.state);
      this.#firstFrame = (this.#frames - from.frame) >>> 0;
    }
    while (this.#position < frame && this.#wantedFrame === frame && !this.#isEnded) {
      await client.skip(Math.min(SKIP_FRAMES, frame - this.#position));
      if (this.#checkpoints.wants(this.#position)) await this.#keepCheckpoint();
    }
    this.#silentFrames = 0;
    if (this.#wantedFrame === frame) this.#wantedFrame = undefined;
  }

  async #keepCheckpoint(): Promise<void> {
    if (this.#isEnded || !this.#client.isRunning) return;
    const position = this.#position;
    const { bytes } = await this.#client.saveState();
    this.#checkpoints.keep(position, bytes);
  }
}
