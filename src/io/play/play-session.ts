import { InputError } from "../../emu/input-error.ts";
import type { ResetKind } from "../../emu/machine.ts";
import { SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { AudioClient } from "../audio/audio-client.ts";
import type { HoldName } from "../input/bindings.ts";
import { keyLabels, labelOfKey } from "../input/key-labels.ts";
import { type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import { minutesText } from "../shared/minutes.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { Arcade } from "../thread/messages.ts";
import { Captures, describeCapture } from "./captures.ts";
import type { CheatList } from "./cheat-list.ts";
import { storeDips } from "./dip-file.ts";
import { readState } from "./kept-states.ts";
import { rewindBar } from "./rewind-bar.ts";
import type { RewindPlace } from "./rewind-strip.ts";
import type { Settings } from "./settings.ts";
import { SLOTS, StateSlots } from "./state-slots.ts";

/** The game's name, and where its files are stored. */
export interface GameFiles {
  /** Without an extension. */
  readonly name: string;
  readonly statesFolder: string;
  readonly capturesFolder: string;
  readonly cheats: CheatList;
  /** Where the DIP switches of an arcade game are stored; absent if they are not. */
  readonly dipsPath?: string;
}

/** Volume step of the keys, in percent. */
const VOLUME_STEP = 5;

/**
 * What a player does to a running game besides pressing its buttons: time, states, sound, captures, cheats.
 * It owns no threads; their owner tells it when frames are counted.
 */
export class PlaySession {
  readonly client: EmuClient;
  readonly slots: StateSlots;
  readonly captures: Captures;
  readonly cheats: CheatList;
  readonly files: GameFiles;
  /** Shows a message to the player. */
  readonly notify: (text: string) => void;
  /** Called after each search for a sound system. */
  onSoundSearched: () => void = () => {};
  settings: Settings;
  slot = 0;
  isPaused = false;
  isMuted = false;
  /** Frames of the movie that plays, from power-on; 0 without one. */
  movieFrames = 0;
  mutedChannels = 0;
  readonly #log: LogRoot;
  #isSuspended = false;
  #dips: number | undefined;
  #audio: AudioClient | undefined;
  /** Resolves when all audio threads except `#audio` have ended. */
  #othersEnded = Promise.resolve();
  /** True after sound was played. */
  #hadSound = false;
  #isEnded = false;
  isSlow = false;
  /** True if fast-forward is on until it is turned off. */
  isFast = false;
  readonly #held = new Set<HoldName>();
  /** True if the control side of a PlayChoice-10 is shown even while the game is on. */
  #showsControl = false;
  /** The position in the history at which rewinding began. */
  #rewindFrom = 0;
  /**
   * True from rewinding in a pause until the game goes on or jumps elsewhere: the player looks for a moment,
   * perhaps by rewinding several times.
   */
  #isLooking = false;
  /** True while a strip of pictures shows where rewinding is, in place of the status line. */
  hasRewindStrip = false;
  /** Frame count at which a counted run ends. */
  #lastFrame: number | undefined;

  constructor(
    client: EmuClient,
    settings: Settings,
    files: GameFiles,
    notify: (text: string) => void,
    log: LogRoot = NO_LOG_ROOT,
  ) {
    this.client = client;
    this.settings = settings;
    this.files = files;
    this.notify = notify;
    this.slots = new StateSlots(files.statesFolder, log.child({ scope: "files" }));
    this.#log = log;
    this.captures = new Captures(client, files.capturesFolder, files.name, log.child({ scope: "record" }));
    this.captures.onFailure = (error) => notify(`recording ended: ${complaint(error) ?? error.message}`);
    this.cheats = files.cheats;
  }

  /**
   * Applies the settings for sound, cheats and run-ahead, then starts the clock. `frames` ends the run after
   * that many.
   */
  async begin(frames?: number): Promise<void> {
    await this.startSound();
    await this.client.setCheats(this.cheats.active);
    await this.client.setRunAhead(this.settings.runAheadFrames);
    if (frames !== undefined) this.#lastFrame = this.client.stats().frames + frames;
    await this.#applyClock();
  }

  /** Opens the sound system of the settings and closes the previous one. */
  async startSound(): Promise<void> {
    this.#endSound();
    // The ring has only one reader, and a device may reject a second client.
    await this.#othersEnded;
    const { sound, volumePercent } = this.settings;
    if (sound === "none" || this.#audio !== undefined || this.#isEnded) return;
    const { blocks, description } = this.client;
    const volume = this.isMuted ? 0 : volumePercent;
    const log = this.#log.child({ scope: "audio" });
    const audio = new AudioClient(blocks, description, sound, volume, log);
    this.#audio = audio;
    audio.onSearched = () => {
      this.#hadSound ||= audio.sink !== "";
      this.onSoundSearched();
    };
    audio.onSilence = (reason) => {
      // A missing device is not worth a message with "auto"; one that has disappeared is.
      if (sound !== "auto" || this.#hadSound) this.notify(`no sound: ${reason}`);
    };
    audio.onReturn = (sink) => this.notify(soundReturned(sink));
  }

  /** The sound system in use; empty without sound. */
  get sink(): string {
    return this.#audio?.sink ?? "";
  }

  /** Ends the sound and finishes a recording. Returns the reason if the recording could not be written. */
  async end(): Promise<unknown> {
    this.#isEnded = true;
    this.#endSound();
    const [, failure] = await Promise.all([this.#othersEnded, this.captures.close()]);
    return failure;
  }

  #endSound(): void {
    const end = this.#audio?.end();
    this.#audio = undefined;
    if (end !== undefined) this.#othersEnded = end;
  }

  /** True if the machine has a disk drive. */
  get disk(): boolean {
    return this.client.ready.hasDisk;
  }

  /** The coin slots and DIP switches of an arcade machine. */
  get arcade(): Arcade | undefined {
    return this.client.ready.coins;
  }

  /** The DIP switches, switch 1 in bit 0. */
  get dips(): number {
    return this.#dips ?? this.arcade?.dips ?? 0;
  }

  /** Sets the DIP switches, and stores them for the next start; throws `InputError` if that fails. */
  async setDips(dips: number): Promise<void> {
    this.#dips = dips;
    await this.client.setDips(dips);
    const { dipsPath } = this.files;
    if (dipsPath !== undefined && this.arcade !== undefined)
      await storeDips(dipsPath, dips, this.arcade.switchCount);
  }

  /** What is on, a few words each; empty in normal play. */
  get states(): string[] {
    const states = [
      this.captures.isRecording ? "● REC" : "",
      this.#movieText(),
      this.rewindPlace === undefined ? "" : this.#rewindText(),
      this.isPaused ? "‖ paused" : "",
      this.isFast || this.#held.has("fast") ? "▶▶ fast" : "",
      this.isSlow ? `▶ slow ${this.settings.slowPercent} %` : "",
      this.isMuted && this.sink !== "" ? "muted" : "",
    ];
    return states.filter((state) => state !== "");
  }

  /** How far the movie has played; empty after its end. */
  #movieText(): string {
    if (this.movieFrames === 0) return "";
    const { frames, rewindPosition } = this.client.stats();
    const { frameRateHz } = this.client.ready.geometry;
    const place = this.settings.rewindMebibytes > 0 ? rewindPosition : frames;
    const [now, end] = [place, this.movieFrames].map((frame) => minutesText(frame / frameRateHz));
    return place < this.movieFrames ? `▶ movie ${now} / ${end}` : "";
  }

  /** How far the game has gone back, and how far it can go. */
  #rewindText(): string {
    const { oldest, newest, position, frameRateHz } = this.#rewindPlace();
    return rewindBar(position - oldest, newest - oldest, frameRateHz, !this.hasRewindStrip);
  }

  /** Where rewinding is; undefined if the player neither rewinds nor has rewound in a pause. */
  get rewindPlace(): RewindPlace | undefined {
    const isLooking = this.#isLooking && this.isPaused;
    return this.#held.has("rewind") || isLooking ? this.#rewindPlace() : undefined;
  }

  #rewindPlace(): RewindPlace {
    const { rewindFrames, rewindPosition: position } = this.client.stats();
    const { frameRateHz } = this.client.ready.geometry;
    return {
      oldest: position - rewindFrames,
      newest: Math.max(position, this.#rewindFrom),
      position,
      frameRateHz,
    };
  }

  /** True unless the machine is paused, for the menu too. */
  get isRunning(): boolean {
    return !this.isPaused && !this.#isSuspended;
  }

  /** True while the machine is meant to run at the console's speed. */
  get isAtNormalSpeed(): boolean {
    const isChanged = this.isPaused || this.#isSuspended || this.isFast || this.isSlow;
    return !isChanged && this.#held.size === 0;
  }

  /** Pauses the machine for a menu or the shell, or resumes it in its previous mode. */
  async suspend(isSuspended: boolean): Promise<void> {
    this.#isSuspended = isSuspended;
    await this.#applyClock();
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.isPaused = isPaused;
    this.#isLooking = isPaused && this.#held.has("rewind");
    await this.#applyClock();
  }

  async toggleSlow(): Promise<void> {
    this.isSlow = !this.isSlow;
    await this.#unlessRefused(this.applySpeed(), () => {
      this.isSlow = false;
    });
  }

  async toggleFast(): Promise<void> {
    this.isFast = !this.isFast;
    await this.#unlessRefused(this.applySpeed(), () => {
      this.isFast = false;
    });
  }

  /** Takes a mode back that the machine refuses, such as rewinding in a game with others. */
  async #unlessRefused(change: Promise<void>, takeBack: () => void): Promise<void> {
    try {
      await change;
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  /** A key with a hold was pressed or released. */
  async hold(name: HoldName, isHeld: boolean): Promise<void> {
    if (this.#held.has(name) === isHeld) return;
    if (isHeld) this.#held.add(name);
    else this.#held.delete(name);
    if (name === "rewind" && isHeld) {
      if (!this.#isLooking) this.#rewindFrom = this.client.stats().rewindPosition;
      this.#isLooking = this.isPaused;
    }
    const change = name === "fast" ? this.applySpeed() : this.client.setRewinding(isHeld);
    await this.#unlessRefused(change, () => {
      this.#held.delete(name);
      this.#isLooking = false;
    });
  }

  /** Pauses, then runs one frame. */
  async step(): Promise<void> {
    const wasPaused = this.isPaused;
    this.isPaused = true;
    this.#isLooking = false;
    await this.#unlessRefused(this.client.step(1), () => {
      this.isPaused = wasPaused;
    });
  }

  selectSlot(slot: number): void {
    this.slot = (slot + SLOTS) % SLOTS;
    this.notify(`slot ${this.slot}`);
  }

  /** Saves the current state and picture. Throws `InputError` ("io"). */
  async save(slot = this.slot, palette: Uint32Array): Promise<void> {
    const { bytes } = await this.client.saveState();
    const picture = await this.captures.png(palette);
    const other = await this.slots.save(slot, bytes, picture);
    this.notify(`saved to slot ${slot}${other === undefined ? "" : `; another emu's state is now ${other}`}`);
  }

  /** Loads a slot's state. Throws `InputError` if it is empty or belongs to another game. */
  async load(slot = this.slot): Promise<void> {
    await this.#loadBytes(await this.slots.load(slot), `loaded slot ${slot}`);
  }

  /** Loads a state that another one has replaced; `label` names it. Throws `InputError` as `load` does. */
  async loadKept(path: string, label: string): Promise<void> {
    await this.#loadBytes(await readState(path), `loaded: ${label}`);
  }

  async #loadBytes(state: Uint8Array, message: string): Promise<void> {
    const wayBack = this.#wayBack();
    await this.client.loadState(state);
    this.#isLooking = false;
    // States hold no picture: a paused machine shows the loaded moment by its next frame.
    if (this.isPaused) await this.client.step(1);
    this.notify(message + wayBack);
  }

  async reset(kind: ResetKind): Promise<void> {
    const wayBack = this.#wayBack();
    await this.client.reset(kind);
    this.#isLooking = false;
    this.notify((kind === "reset" ? "reset" : "power cycle") + wayBack);
  }

  /** How the player undoes a jump; empty if that is impossible. */
  #wayBack(): string {
    const [key] = keyLabels(this.settings.keys, "rewind");
    const canRewind = key !== undefined && this.client.stats().rewindFrames > 0;
    return canRewind ? `; hold ${key} to undo` : "";
  }

  async screenshot(palette: Uint32Array): Promise<void> {
    this.notify(`screenshot ${describeCapture(await this.captures.screenshot(palette))}`);
  }

  async toggleRecording(palette: Uint32Array): Promise<void> {
    if (!this.captures.isRecording) {
      const path = await this.captures.startRecording(this.settings.recordingFormat, palette);
      this.notify(`recording ${describeCapture(path)}`);
      return;
    }
    this.notify("writing the recording");
    const done = await this.captures.stopRecording();
    if (done === undefined) return;
    if (done.frames === 0) return this.notify("nothing is recorded: no frame has run");
    const lost = done.lost === 0 ? "" : `, ${done.lost} lost`;
    this.notify(`recorded ${describeCapture(done.path, `: ${done.frames} frames${lost}`)}`);
  }

  /** The volume after `steps` steps of 5 %; negative steps are softer. */
  volumeAfter(steps: number): number {
    return Math.max(0, Math.min(100, this.settings.volumePercent + steps * VOLUME_STEP));
  }

  /** A message about the sound. Without a sound system it says so: the player would hear no change. */
  aboutSound(change: string): string {
    if (this.sink !== "") return change;
    return `${change}; ${this.settings.sound === "none" ? "the sound system is off" : "no sound device"}`;
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.#audio?.setVolume(isMuted ? 0 : this.settings.volumePercent);
  }

  async muteChannels(channels: number): Promise<void> {
    this.mutedChannels = channels;
    await this.client.muteChannels(channels);
  }

  /** Call when the list of cheats has changed: applies and stores it. */
  async applyCheats(): Promise<void> {
    await this.client.setCheats(this.cheats.active);
    await this.cheats.store();
    // Another emu may have added some.
    await this.client.setCheats(this.cheats.active);
  }

  /** Inserts a coin into a slot of an arcade machine, from 0, or presses its service button. */
  async insertCoin(slot: number | "service"): Promise<void> {
    if (this.arcade === undefined) {
      this.notify("this game takes no coins");
      return;
    }
    if (slot === "service") await this.client.pressService();
    else await this.client.insertCoin(slot);
    const [enter] = this.settings.keys["panel-enter"] ?? [];
    const onPanel = enter === undefined ? "" : `: ${labelOfKey(enter)} is Enter`;
    const next = this.arcade.hasPanel === true ? onPanel : ": press Start";
    this.notify(slot === "service" ? "service button" : `coin inserted${next}`);
  }

  /** Shows the control side of a PlayChoice-10 all the time, or the screen in use again. */
  async changeScreen(): Promise<void> {
    // The setting counts from the next game on.
    const showsBoth = this.client.ready.geometry.width > SCREEN_WIDTH;
    if (this.arcade?.hasPanel !== true || showsBoth) {
      this.notify("this game has no other screen");
      return;
    }
    this.#showsControl = !this.#showsControl;
    await this.client.choose(0, this.#showsControl ? 1 : 0);
    this.notify(
      this.#showsControl
        ? "the menu and the time stay on the screen"
        : "the game is on the screen while it is played",
    );
  }

  async changeDisk(): Promise<void> {
    const { side, sideCount } = await this.client.changeDisk("next");
    this.notify(`disk side ${side + 1} of ${sideCount}`);
  }

  async #applyClock(): Promise<void> {
    const { client } = this;
    if (this.#isSuspended || this.isPaused) await client.pause();
    else if (this.#lastFrame === undefined) await client.resume();
    else {
      const left = this.#lastFrame - client.stats().frames;
      if (left > 0) await client.startSteps(left);
    }
  }

  /** Applies the speed of the modes and settings. */
  async applySpeed(): Promise<void> {
    const isFast = this.isFast || this.#held.has("fast");
    await this.client.setSpeed(isFast ? 0 : this.isSlow ? this.settings.slowPercent : 100);
  }
}

/** What the player reads when a sound system plays after silence. */
export function soundReturned(sink: string): string {
  return `sound plays on ${sink}`;
}

/** A message for the player; undefined for a bug of emu. */
export function complaint(error: unknown): string | undefined {
  if (!(error instanceof InputError)) return undefined;
  return [error.message, error.where].filter((part) => part !== "").join(": ");
}
