import type { NsfProgram } from "../../emu/nes/cartridge/nsf-program.ts";
import { AudioClient } from "../audio/audio-client.ts";
import { Bindings } from "../input/bindings.ts";
import type { Token } from "../input/escape-buffer.ts";
import { keyOf } from "../input/keys.ts";
import { mouseOf } from "../input/mouse.ts";
import { Display, paletteOf } from "../play/display.ts";
import { OwnFrames } from "../play/own-frames.ts";
import { requireTerminal } from "../play/play.ts";
import { complaint, soundReturned } from "../play/play-session.ts";
import type { PlayEnd, PlayResult } from "../play/play-types.ts";
import type { SettingName, Settings } from "../play/settings.ts";
import { dotsPerCell } from "../render/encoders.ts";
import { type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import { ProgramTerminal, type TerminalHost } from "../terminal/program-terminal.ts";
import { StderrShelter } from "../terminal/stderr-shelter.ts";
import { EmuClient, type EmuClientOptions } from "../thread/emu-client.ts";
import { musicAction } from "./music-keys.ts";
import { MusicPicture } from "./music-picture.ts";
import { MusicPlayer } from "./music-player.ts";
import { MusicScreen } from "./music-screen.ts";

export interface PlayMusicOptions {
  readonly client: EmuClientOptions;
  readonly program: NsfProgram;
  /** The track to begin with, from 0. */
  readonly track: number;
  readonly settings: Settings;
  readonly isMuted?: boolean;
  /** Shown at the start. */
  readonly notice?: string;
  /** Stop after this many frames. */
  readonly frames?: number;
  readonly log?: LogRoot;
  /** Stores a setting that the listener changes. */
  readonly keepSetting?: <Name extends SettingName>(name: Name, value: Settings[Name]) => Promise<void>;
}

/** The machine keeps this many readings for the display: a second. */
const SOUND_FRAMES = 64;
const WARM_UP_FRAMES = 24;
const TICK_MS = 33;
/** Text changes less often than the picture: it takes more bytes. */
const TEXT_MS = 200;
const VOLUME_STEP = 5;
/** Dots of the picture for each cell where the terminal shows images, and at most. */
const IMAGE_DOTS = [4, 8] as const;
const MAX_DOTS = { width: 800, height: 640 } as const;
/** Most terminals' cells are about twice as high as wide. */
const USUAL_CELL = [8, 16] as const;

/**
 * Plays a music file in this terminal until the listener, a signal or a fault ends it. The terminal is
 * restored before this returns or throws. Throws `InputError` if there is no terminal.
 */
export async function playMusic(options: PlayMusicOptions): Promise<PlayResult> {
  requireTerminal("emu dump TUNE --format wav --out FILE works without one");
  const shelter = new StderrShelter();
  shelter.begin();
  let wasFine = false;
  try {
    // The picture fills its area exactly, whatever the settings say about games.
    const settings: Settings = {
      ...options.settings,
      scale: "fit",
      pixels: "tv",
      filter: "none",
      statusLine: false,
      paletteFile: "",
    };
    const log = (options.log ?? NO_LOG_ROOT).child({ scope: "renderer" });
    const display = new Display(settings, await paletteOf(settings), log);
    const music = new MusicTerminal(options, display, shelter);
    try {
      const result = await music.run();
      wasFine = result.end.kind !== "machine-fault" && result.end.kind !== "bug";
      return result;
    } finally {
      await music.close();
    }
  } finally {
    if (wasFine) shelter.end();
    else shelter.endAndShow();
  }
}

/** The music player's threads, terminal, keys and signals. */
class MusicTerminal {
  readonly #options: PlayMusicOptions;
  readonly #display: Display;
  readonly #shelter: StderrShelter;
  readonly #terminal: ProgramTerminal;
  readonly #over = Promise.withResolvers<PlayEnd>();
  #settings: Settings;
  #client: EmuClient | undefined;
  #player: MusicPlayer | undefined;
  #screen: MusicScreen | undefined;
  #audio: AudioClient | undefined;
  #picture: MusicPicture | undefined;
  #frames: OwnFrames | undefined;
  #gain = 1;
  #shownTrack = -1;
  #textMs = 0;
  #isTextDue = true;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isTicking = false;

  constructor(options: PlayMusicOptions, display: Display, shelter: StderrShelter) {
    this.#options = options;
    this.#settings = options.settings;
    this.#display = display;
    this.#shelter = shelter;
    this.#terminal = this.#makeTerminal();
    display.hasTextBeside = true;
    display.onEnd = (end) => this.#over.resolve(end);
  }

  async run(): Promise<PlayResult> {
    const { client: clientOptions, program, track, log = NO_LOG_ROOT, frames, notice } = this.#options;
    this.#terminal.enter();
    const started = EmuClient.start({
      warmUpFrames: WARM_UP_FRAMES,
      soundFrames: SOUND_FRAMES,
      ...clientOptions,
      startPaused: true,
      log: log.child({ scope: "thread" }),
    });
    // The start may fail while the probe runs; the failure is handled below.
    started.catch(() => {});
    await this.#terminal.ask();
    const client = await started;
    this.#client = client;
    client.ended
      .then((fault) => {
        if (fault !== undefined) this.#over.resolve({ kind: "machine-fault", fault });
      })
      .catch((error) => this.#over.resolve({ kind: "bug", error }));
    const player = new MusicPlayer(client, program, track);
    this.#player = player;
    player.onGain = (gain) => {
      this.#gain = gain;
      this.#applyVolume();
    };
    this.#picture = new MusicPicture(player.channels.length);
    this.#screen = this.#makeScreen(player);
    this.#startSound(client);
    this.#frames = new OwnFrames(client.ready.geometry, MAX_DOTS, true);
    this.#place();
    this.#display.present(this.#frames);
    this.#terminal.onLateAnswers = () => this.#rearrange();
    if (notice !== undefined) this.#screen.say(notice);
    await player.begin(frames);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    const end = await this.#over.promise;
    const { renderer } = this.#display;
    const sink = this.#audio?.sink ?? "";
    const stats = client.stats();
    const playedSeconds = stats.frames / client.ready.geometry.frameRateHz;
    return { end, stats, playedSeconds, renderer, sink, settings: this.#settings, failures: [] };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#player?.end();
    await this.#terminal.close();
    await Promise.all([this.#client?.stop(), this.#audio?.end()]);
  }

  #makeScreen(player: MusicPlayer): MusicScreen {
    const settings = () => this.#settings;
    const audio = () => this.#audio;
    return new MusicScreen(player, this.#options.program, {
      get volumePercent() {
        return settings().volumePercent;
      },
      get sink() {
        return audio()?.sink ?? "";
      },
      changeVolume: (by) => this.#changeVolume(by),
      quit: () => this.#over.resolve({ kind: "quit" }),
    });
  }

  #startSound({ blocks, description }: EmuClient): void {
    const { sound } = this.#settings;
    if (sound === "none" || this.#options.isMuted === true) return;
    const log = (this.#options.log ?? NO_LOG_ROOT).child({ scope: "audio" });
    const audio = new AudioClient(blocks, description, sound, this.#settings.volumePercent, log);
    audio.onSearched = () => this.#shelter.discard();
    audio.onSilence = (reason) => this.#screen?.say(`no sound: ${reason}`);
    audio.onReturn = (sink) => this.#screen?.say(soundReturned(sink));
    this.#audio = audio;
  }

  async #changeVolume(by: number): Promise<void> {
    const volumePercent = Math.max(0, Math.min(100, this.#settings.volumePercent + by * VOLUME_STEP));
    this.#settings = { ...this.#settings, volumePercent };
    this.#applyVolume();
    await this.#options.keepSetting?.("volumePercent", volumePercent);
  }

  /** The loudness is the square of the volume, and the fade is even to the ear as it is. */
  #applyVolume(): void {
    this.#audio?.setVolume(Math.round(this.#settings.volumePercent * Math.sqrt(this.#gain)));
  }

  /** Places the picture in the window and gives it the dots that fill its area exactly. */
  #place(): boolean {
    const { columns, rows, cellWidthPixels, cellHeightPixels } = this.#display.window();
    const { picture } = this.#screen!.layoutIn(columns, rows);
    const needsRenderer = this.#display.setArea(picture);
    const [across, down] = dotsPerCell(this.#display.renderer) ?? IMAGE_DOTS;
    const width = Math.max(1, Math.min(MAX_DOTS.width, picture.columns * across));
    const height = Math.max(1, Math.min(MAX_DOTS.height, picture.rows * down));
    const isKnown = cellWidthPixels > 0 && cellHeightPixels > 0;
    const [cellWidth, cellHeight] = isKnown ? [cellWidthPixels, cellHeightPixels] : USUAL_CELL;
    const shape = (picture.columns * cellWidth) / Math.max(1, picture.rows * cellHeight);
    const { geometry } = this.#client!.ready;
    const pixelAspect = picture.rows === 0 ? 1 : (shape * height) / width;
    this.#frames!.ready.geometry = { ...geometry, width, height, pixelAspect };
    return needsRenderer;
  }

  /** Another window, or another answer of the terminal. */
  #rearrange(): void {
    if (this.#screen === undefined || this.#client === undefined) return;
    this.#place();
    this.#isTextDue = true;
    void this.#terminal.handOverNewest(() => this.#display.presentAnew());
  }

  #tick(): void {
    if (this.#isTicking || this.#terminal.isClosing) return;
    this.#isTicking = true;
    this.#update()
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#isTicking = false;
      });
  }

  async #update(): Promise<void> {
    const [player, screen, picture, client] = [this.#player!, this.#screen!, this.#picture!, this.#client!];
    const { frames } = this.#options;
    if (frames !== undefined && client.stats().frames >= frames) this.#over.resolve({ kind: "frames" });
    const before = player.track;
    // A change of track takes some frames; the picture goes on meanwhile.
    player.update((reading) => picture.add(reading)).catch((error) => this.#fail(error));
    if (player.track !== this.#shownTrack) picture.clear();
    this.#shownTrack = player.track;
    screen.followTrack(before);
    this.#publish(picture, player.mutedChannels);
    const now = performance.now();
    if (!this.#isTextDue && now - this.#textMs < TEXT_MS) return;
    this.#isTextDue = false;
    this.#textMs = now;
    const text = this.#display.newText();
    screen.draw(text, picture.now);
    this.#display.showText(text);
  }

  #publish(picture: MusicPicture, muted: number): void {
    const frames = this.#frames!;
    const { width, height } = frames.ready.geometry;
    if (width <= 1) return;
    picture.draw({ pixels: frames.pixels as Uint32Array, width, height }, muted);
    frames.publish();
  }

  #makeTerminal(): ProgramTerminal {
    const display = this.#display;
    let wasPaused = true;
    const host: TerminalHost = {
      writer: {
        hold: () => display.hold(),
        redraw: () => {
          display.redraw();
          this.#isTextDue = true;
        },
        report: () => display.report(),
        end: () => display.end(),
      },
      learn: (capabilities) => display.learn(capabilities),
      take: (token) => this.#take(token),
      resized: () => this.#rearrange(),
      ended: (end) => this.#over.resolve(end),
      // Ctrl-Z pauses the music until the shell resumes it.
      pause: () => {
        wasPaused = this.#player?.isPaused ?? true;
        return this.#player?.setPaused(true);
      },
      resume: () => this.#player?.setPaused(wasPaused),
    };
    return new ProgramTerminal(host, true);
  }

  #take(token: Token): void {
    const screen = this.#screen;
    if (screen === undefined) return;
    const mouse = mouseOf(token);
    if (mouse !== undefined) {
      this.#try(() => screen.handleMouse(mouse));
      return;
    }
    const key = keyOf(token);
    if (key === undefined || this.#isUrgent(key)) return;
    const action = musicAction(key);
    if (action !== undefined) this.#try(() => screen.perform(action));
  }

  /** Keys that work everywhere in emu. */
  #isUrgent(key: Parameters<Bindings["find"]>[0]): boolean {
    const binding = key.control ? new Bindings(this.#settings.keys).find(key) : undefined;
    return binding?.kind === "action" && this.#terminal.perform(binding.action);
  }

  #try(action: () => Promise<void>): void {
    this.#isTextDue = true;
    Promise.try(action)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#isTextDue = true;
      });
  }

  /** A setting that cannot be stored is shown to the listener. Any other error is a bug of emu. */
  #fail(error: unknown): void {
    const text = complaint(error);
    if (this.#terminal.isClosing) return;
    if (text === undefined) this.#over.resolve({ kind: "bug", error });
    else this.#screen?.say(text);
  }
}
