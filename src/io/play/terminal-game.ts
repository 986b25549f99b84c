import type { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { isPointed } from "../cores/core-devices.ts";
import { CORE_POINTER_PLACES, sendPads } from "../cores/core-input.ts";
import { asInputError } from "../files/write-target.ts";
import { type ActionName, Bindings } from "../input/bindings.ts";
import { CorePointer } from "../input/core-pointer.ts";
import { DeviceInput, needsMouse } from "../input/device-input.ts";
import type { Token } from "../input/escape-buffer.ts";
import { Gamepads } from "../input/gamepads.ts";
import { type KeyEvent, keyOf } from "../input/keys.ts";
import { type MouseEvent, mouseOf } from "../input/mouse.ts";
import { systemPads } from "../input/system-pads.ts";
import { type Log, type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { ProgramTerminal, type ScreenWriter, type TerminalHost } from "../terminal/program-terminal.ts";
import type { StderrShelter } from "../terminal/stderr-shelter.ts";
import { writeTerminal } from "../terminal/tty.ts";
import { readWindow } from "../terminal/window.ts";
import { EmuClient } from "../thread/emu-client.ts";
import { Controls, type ControlTargets } from "./controls.ts";
import { Display, paletteOf } from "./display.ts";
import { GameScreen } from "./game-screen.ts";
import { framesShown, lastPicture, writeCover } from "./last-frames.ts";
import { MenuPad } from "./menu/menu-pad.ts";
import { complaint, PlaySession } from "./play-session.ts";
import type { PlayEnd, PlayOptions, PlayResult } from "./play-types.ts";
import { ResumeKeeper } from "./resume-keeper.ts";
import type { Settings } from "./settings.ts";
import { startingText } from "./starting-text.ts";

/**
 * Frames to run and discard before the clock starts. Real frames finish the compiler's work: until then they
 * take 3 to 7 of their 16 ms. Every warm-up frame delays the first picture by that much.
 */
const WARM_UP_FRAMES = 24;
const BATTERY_INTERVAL_MS = 5000;
/** One game in the terminal: threads, keys and signals, and the order in which they start and end. */
export class TerminalGame {
  readonly #options: PlayOptions;
  readonly #stderr: StderrShelter;
  readonly #terminal: ProgramTerminal;
  readonly #controls: Controls;
  readonly #pads: Gamepads;
  readonly #menuPad: MenuPad;
  readonly #picture: Display;
  readonly #over = Promise.withResolvers<PlayEnd>();
  #client: EmuClient | undefined;
  #devices: DeviceInput | undefined;
  #pointer: CorePointer | undefined;
  /** The held and the turbo buttons of the keyboard. */
  #keyButtons: readonly [word: number, turbo: number] = [0, 0];
  #session: PlaySession | undefined;
  #screen: GameScreen | undefined;
  readonly #logRoot: LogRoot;
  /** The log of the picture and the terminal. */
  readonly #log: Log;
  #stopWatching: () => void = () => {};
  #end: PlayEnd | undefined;
  readonly #resume: ResumeKeeper;

  /** Throws `InputError` when the settings name a palette file that cannot be read. */
  static async create(options: PlayOptions, stderr: StderrShelter): Promise<TerminalGame> {
    const log = (options.log ?? NO_LOG_ROOT).child({ scope: "renderer" });
    return new TerminalGame(
      options,
      stderr,
      new Display(options.settings, await paletteOf(options.settings), log),
    );
  }

  private constructor(options: PlayOptions, stderr: StderrShelter, picture: Display) {
    this.#options = options;
    this.#logRoot = options.log ?? NO_LOG_ROOT;
    this.#log = this.#logRoot.child({ scope: "renderer" });
    this.#resume = new ResumeKeeper(options.resume, this.#logRoot.child({ scope: "files" }));
    this.#stderr = stderr;
    this.#picture = picture;
    this.#terminal = this.#makeTerminal();
    picture.onEnd = (end) => this.#over.resolve(end);
    this.#pads = new Gamepads(systemPads(), options.portBits);
    this.#menuPad = new MenuPad(options.portBits);
    const targets: ControlTargets = {
      setButtons: (word, turbo) => {
        this.#keyButtons = [word, turbo];
        this.#sendKeyButtons();
        if ((word | turbo) !== 0) this.#isPlayed();
      },
      hold: (name, isHeld) => this.#try(() => this.#screen?.hold(name, isHeld)),
      act: (action) => this.#try(() => this.#perform(action)),
      deviceKey: (event) => this.#deviceKey(event),
      released: () => this.#devices?.release(),
    };
    this.#controls = new Controls(new Bindings(options.settings.keys), targets, options.portBits);
  }

  async run(): Promise<Omit<PlayResult, "failures">> {
    this.#terminal.enter();
    writeTerminal(startingText(this.#options.files.name, readWindow()));
    const client = await this.#startMachine();
    const devices = this.#connectInput(client);
    this.#picture.present(client);
    const session = this.#makeSession(client);
    this.#session = session;
    const screen = this.#makeScreen(session);
    this.#screen = screen;
    this.#terminal.onLateAnswers = () => {
      void this.#terminal.handOverNewest(() => this.#picture.presentAnew());
    };
    this.#watchEnds(client);
    await this.#begin(session, screen, devices);
    const end = await this.#over.promise;
    this.#end = end;
    const { renderer } = this.#picture;
    const { sink, settings } = session;
    return { end, stats: client.stats(), playedSeconds: screen.playedSeconds, renderer, sink, settings };
  }

  /** Starts the machine's thread while the terminal answers. */
  async #startMachine(): Promise<EmuClient> {
    const started = EmuClient.start({
      warmUpFrames: WARM_UP_FRAMES,
      forPlaying: true,
      rewindBytes: this.#options.settings.rewindMebibytes * MIB,
      ...this.#options.client,
      startPaused: true,
      log: this.#logRoot.child({ scope: "thread" }),
    });
    // The start may fail while the probe runs; the failure is handled below.
    started.catch(() => {});
    await this.#terminal.ask();
    this.#client = await started;
    return this.#client;
  }

  #connectInput(client: EmuClient): DeviceInput {
    const { devices: setup = {}, hasMicrophone } = this.#options;
    const devices = new DeviceInput(setup, client.devices, hasMicrophone);
    this.#devices = devices;
    devices.onButtons = () => this.#sendKeyButtons();
    devices.setReleaseEvents(this.#controls.hasReleases, this.#controls.keyState);
    if (this.#options.core !== undefined)
      this.#pointer = new CorePointer(client.devices, CORE_POINTER_PLACES, () => client.ready.geometry);
    this.#pads.onButtons = (held, turbo) => {
      const keys = this.#menuPad.pressed(held | turbo);
      if (this.#screen?.isMenuOpen === true) {
        client.setButtons("gamepad", 0, 0);
        for (const key of keys) this.#screen.menu.press(key);
        return;
      }
      client.setButtons("gamepad", ...devices.padButtons(held, turbo));
      if ((held | turbo) !== 0) this.#isPlayed();
    };
    this.#pads.onWide = (port, buttons) => {
      const held = this.#screen?.isMenuOpen === true ? 0 : buttons;
      if (devices.setPad(port, held) && held !== 0) this.#isPlayed();
    };
    this.#pads.onMore = (buttons, sticks) => sendPads(client.devices, buttons, sticks);
    this.#pads.start();
    return devices;
  }

  #sendKeyButtons(): void {
    const [word, turbo] = this.#keyButtons;
    const withOwn = (buttons: number, isWord: boolean) =>
      this.#devices?.withOwnButtons(buttons, isWord) ?? buttons;
    this.#client?.setButtons("keyboard", withOwn(word, true), withOwn(turbo, false));
  }

  #deviceKey(event: KeyEvent): boolean {
    const isTaken = this.#devices?.key(event) === true;
    if (isTaken) this.#isPlayed();
    return isTaken;
  }

  #makeSession(client: EmuClient): PlaySession {
    const { settings, files, isMuted } = this.#options;
    const say = (text: string) => this.#screen?.say(text);
    const session = new PlaySession(client, settings, files, say, this.#logRoot);
    // The messages that sound libraries write while they search for devices are useless.
    session.onSoundSearched = () => this.#stderr.discard();
    session.isMuted = isMuted === true;
    session.movieFrames = this.#options.movieFrames ?? 0;
    return session;
  }

  /** Ends the game with the machine or the connection, and tells the player about the battery save. */
  #watchEnds(client: EmuClient): void {
    const { battery, link } = this.#options;
    const isBug = (error: unknown) => this.#over.resolve({ kind: "bug", error });
    client.ended
      .then((fault) => {
        if (fault !== undefined) this.#over.resolve({ kind: "machine-fault", fault });
      })
      .catch(isBug);
    battery?.start(client, BATTERY_INTERVAL_MS, {
      onTrouble: (error) => this.#screen?.say(`not saved: ${error.message}`),
      onRecovered: () => this.#screen?.say("saved again"),
    });
    link?.begin(client);
    link?.ended.then((error) => this.#over.resolve({ kind: "link-ended", error })).catch(isBug);
  }

  /** Offers to continue, then starts the clock. */
  async #begin(session: PlaySession, screen: GameScreen, devices: DeviceInput): Promise<void> {
    const { settings, frames, link, resumesAtOnce, notice, watch } = this.#options;
    const point = settings.resumes ? await this.#resume.load(this.#options.client.battery) : undefined;
    const continued = () => this.#resume.continued();
    if (point !== undefined) await screen.offer(point, resumesAtOnce === true, continued);
    this.#resume.start(session, () => this.#picture.palette);
    // Games with others cannot be stepped: their frames are counted only.
    await session.begin(link === undefined ? frames : undefined);
    screen.begin(link, devices, notice);
    if (watch !== undefined) {
      this.#stopWatching = watch(
        () => this.#over.resolve({ kind: "rebuilt" }),
        (text) => screen.say(text),
      );
    }
    if (frames !== undefined)
      framesShown(session.client, frames)
        .then(() => this.#over.resolve({ kind: "frames" }))
        .catch((error) => this.#over.resolve({ kind: "bug", error }));
  }

  /** Ends every thread and gives the terminal back. Returns errors of files that could not be written. */
  async close(): Promise<InputError[]> {
    this.#stopWatching();
    const { library } = this.#options;
    library?.stop();
    this.#screen?.end();
    await this.#terminal.close();
    this.#controls.close();
    this.#pads.stop();
    const client = this.#client;
    if (client === undefined) {
      this.#options.battery?.abandon();
      return [];
    }
    const session = this.#session;
    await this.#resume.stop();
    const hasLast = this.#isLeft && session !== undefined && client.isRunning;
    const picture = hasLast ? await lastPicture(session, this.#picture.palette) : undefined;
    const [fault, recording] = await Promise.all([client.stop(), this.#session?.end()]);
    const battery = await this.#options.battery?.close().then(
      () => undefined,
      (error: unknown) => error,
    );
    const { cover } = this.#options;
    if (cover !== undefined && picture !== undefined)
      await writeCover(cover, picture, this.#logRoot.child({ scope: "files" }));
    const resume = fault === undefined ? await this.#keepPoint(client, picture) : undefined;
    return [battery, recording, resume].filter((error) => error !== undefined).map(asInputError);
  }

  /** A button or a key of the game has been pressed. */
  #isPlayed(): void {
    this.#resume.pressed();
    this.#screen?.buttonPressed();
  }

  /** True if the player has played, and quit in any way but by a fault. */
  get #isLeft(): boolean {
    const ends: readonly string[] = ["quit", "open", "interrupted", "terminal-gone"];
    return this.#resume.hasPlayed && ends.includes(this.#end?.kind ?? "");
  }

  /** Keeps the moment at which the player has quit. Returns the error if it could not be written. */
  async #keepPoint(client: EmuClient, picture: Uint8Array | undefined): Promise<unknown> {
    const state = client.lastGoodState();
    if (!this.#isLeft || this.#session?.settings.resumes !== true || state === undefined) return undefined;
    return this.#resume.store(state, client.battery(), picture).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  #makeScreen(session: PlaySession): GameScreen {
    const { library, gamesFolder, loadSymbols, keepSetting, keepKeys } = this.#options;
    return new GameScreen(session, this.#picture, {
      library,
      gamesFolder,
      loadSymbols,
      core: this.#options.core,
      devices: this.#options.devices ?? {},
      plugged: () => this.#terminal.setMouse(this.#isCorePointed),
      reportsMouse: () => this.#terminal.reportsMouse,
      keepSetting: keepSetting ?? (async () => {}),
      keepKeys: keepKeys ?? (async () => {}),
      releaseKeys: () => this.#releaseKeys(),
      setBindings: (bindings) => this.#controls.setBindings(bindings),
      applyPicture: (settings) => this.#applyPicture(settings),
      openDebugger:
        this.#options.canDebug === true ? (state) => this.#over.resolve({ kind: "debug", state }) : undefined,
      openGame: (path, continues) => this.#over.resolve({ kind: "open", path, continues }),
      quit: () => this.#over.resolve({ kind: "quit" }),
      failed: (error) => this.#fail(error),
    });
  }

  async #applyPicture(settings: Settings): Promise<void> {
    await this.#picture.change(settings);
    this.#screen?.draw();
    await this.#terminal.handOverNewest(() => this.#picture.presentAnew());
  }

  /** Takes over what the terminal has reported. */
  #learn(capabilities: TerminalCapabilities): void {
    const { answers } = capabilities;
    this.#log.debug(capabilities, answers ? "the terminal has answered" : "the terminal does not answer");
    // Bit 1 of the flags: event types, so releases are reported.
    this.#controls.setReleaseEvents((capabilities.keyboardFlags & 2) !== 0);
    this.#devices?.setReleaseEvents(this.#controls.hasReleases, this.#controls.keyState);
    this.#picture.learn(capabilities);
  }

  #takeMouse(mouse: MouseEvent): void {
    const screen = this.#screen;
    if (screen?.isMenuOpen === true) screen.menu.handleMouse(mouse);
    else if (screen?.opensMenuAt(mouse) !== true) {
      const pointed = this.#pointer ?? this.#devices;
      pointed?.pointAt(this.#picture.pixelAt(mouse.column, mouse.row));
      if (mouse.button === undefined) return;
      pointed?.button(mouse.button, mouse.isDown);
      if (needsMouse(this.#options.devices) || this.#isCorePointed) this.#isPlayed();
    }
  }

  #take(token: Token): void {
    const mouse = mouseOf(token);
    if (mouse !== undefined) this.#takeMouse(mouse);
    else if (token.kind === "paste") this.#screen?.menu.paste(token);
    else {
      const key = this.#screen?.isMenuOpen === true ? keyOf(token) : undefined;
      const isForMenu = key !== undefined && this.#screen?.menu.wants(key) === true;
      if (key !== undefined && (isForMenu || !isUrgent(this.#bindingOf(key)))) this.#screen?.handleKey(key);
      else this.#controls.handle(token);
    }
  }

  /** Releases everything, because the game gets no keys for a while. */
  #releaseKeys(): void {
    this.#controls.release();
    this.#pointer?.release();
  }

  get #isCorePointed(): boolean {
    return this.#options.core?.plugged.some(isPointed) === true;
  }

  #bindingOf(key: Parameters<Bindings["find"]>[0]): string {
    const binding = new Bindings(this.#session?.settings.keys).find(key);
    return binding?.kind === "action" ? binding.action : "";
  }

  /** Another window size may need another renderer. */
  #resize(): void {
    this.#screen?.draw();
    if (this.#picture.resize()) void this.#terminal.handOverNewest(() => this.#picture.presentAnew());
  }

  #makeTerminal(): ProgramTerminal {
    const picture = this.#picture;
    const writer: ScreenWriter = {
      hold: () => picture.hold(),
      redraw: () => picture.redraw(),
      end: () => picture.end(),
      report: () => {
        picture.report();
        this.#options.onLatency?.(picture.latencyMicroseconds);
      },
    };
    const host: TerminalHost = {
      writer,
      learn: (capabilities) => this.#learn(capabilities),
      take: (token) => this.#take(token),
      resized: () => this.#resize(),
      ended: (end) => this.#over.resolve(end),
      // Ctrl-Z pauses the game until the shell resumes it.
      pause: () => {
        this.#log.debug({}, "the terminal goes back to the shell");
        this.#releaseKeys();
        return this.#session?.suspend(true);
      },
      resume: () => (this.#screen?.isMenuOpen === true ? undefined : this.#session?.suspend(false)),
    };
    return new ProgramTerminal(host, needsMouse(this.#options.devices) || this.#isCorePointed);
  }

  #try(action: () => unknown): void {
    Promise.try(action).catch((error) => this.#fail(error));
  }

  /**
   * An `InputError`, such as an empty slot or a full disk, is shown to the player, and the game continues.
   * Any other error is a bug of emu.
   */
  #fail(error: unknown): void {
    const text = complaint(error);
    if (text === undefined) this.#over.resolve({ kind: "bug", error });
    else {
      this.#logRoot.child({ scope: "files" }).warn({ error: text }, "shown to the player");
      this.#screen?.say(text);
    }
  }

  async #perform(action: ActionName): Promise<void> {
    if (!this.#terminal.perform(action)) await this.#screen?.perform(action);
  }
}

/** Returns true for actions that also work in the menu. */
function isUrgent(action: string): boolean {
  return action === "quit" || action === "interrupt" || action === "suspend";
}
