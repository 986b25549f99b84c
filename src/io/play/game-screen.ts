import { InputError } from "../../emu/input-error.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import { type ActionName, Bindings, type BindingTable, type HoldName } from "../input/bindings.ts";
import type { DeviceInput } from "../input/device-input.ts";
import type { KeyEvent } from "../input/keys.ts";
import { CLICKS_ON, MOUSE_OFF, type MouseEvent } from "../input/mouse.ts";
import type { Palette } from "../render/colors/palette.ts";
import { NO_SYMBOLS, type Symbols } from "../symbols/symbols.ts";
import type { Display } from "./display.ts";
import { GameNotices } from "./game-notices.ts";
import type { GameLibrary } from "./games/game-library.ts";
import type { MenuContext } from "./menu/context.ts";
import { helpPage } from "./menu/help-page.ts";
import { mainPage } from "./menu/main-page.ts";
import { Menu } from "./menu/menu.ts";
import type { MenuPage } from "./menu/page.ts";
import { panelOf } from "./menu/panel.ts";
import { resumePage } from "./menu/resume-page.ts";
import { complaint, type PlaySession } from "./play-session.ts";
import type { GameLink, PlayedCore } from "./play-types.ts";
import type { ResumePoint } from "./resume-file.ts";
import { RewindView } from "./rewind-view.ts";
import { type SettingName, type Settings, withKeys } from "./settings.ts";
import { drawStatusRow } from "./status-line.ts";

/** What the screen needs from the game around it. */
export interface GameScreenHost {
  readonly library: GameLibrary | undefined;
  readonly gamesFolder: string;
  /** Reads the symbol files beside the game. */
  readonly loadSymbols: (() => Promise<Symbols>) | undefined;
  readonly core: PlayedCore | undefined;
  /** The devices plugged in. */
  readonly devices: DeviceSetup;
  plugged(): Promise<void>;
  /** True if the terminal reports its mouse to the game. */
  reportsMouse(): boolean;
  keepSetting<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void>;
  keepKeys(target: string, keys: readonly string[]): Promise<void>;
  releaseKeys(): void;
  setBindings(bindings: Bindings): void;
  /** Shows the picture again, with changed settings. */
  applyPicture(settings: Settings): Promise<void>;
  openGame(path: string, continues: boolean): void;
  /** Ends the game with this state, to debug it; undefined if it cannot be debugged. */
  readonly openDebugger: ((state: Uint8Array) => void) | undefined;
  quit(): void;
  failed(error: unknown): void;
}

/** How the picture is shown with pages of a shape. */
const COVERS = { none: "none", middle: "dimmed", window: "dimmed", beside: "beside" } as const;

/** Text on the game's screen: menu, status line and messages. It also performs the actions of keys. */
export class GameScreen implements MenuContext {
  readonly menu: Menu;
  readonly session: PlaySession;
  readonly #picture: Display;
  readonly #host: GameScreenHost;
  readonly #notices: GameNotices;
  #symbols: Promise<Symbols> | undefined;
  readonly #rewind: RewindView;

  constructor(session: PlaySession, picture: Display, host: GameScreenHost) {
    this.session = session;
    this.#picture = picture;
    this.#host = host;
    this.#rewind = new RewindView(session, picture, () => this.draw());
    this.#notices = new GameNotices(session, picture, () => this.draw());
    this.menu = new Menu({
      changed: () => this.draw(),
      closed: () => this.#leaveMenu(),
      failed: (error) => host.failed(error),
    });
  }

  /**
   * Shows the status line from now on, if it is enabled. In a game with others, also shows what it waits for.
   * `devices` are what else the player's keys and mouse work; `opening` is a text to begin with.
   */
  begin(link: GameLink | undefined, devices: DeviceInput, opening = ""): void {
    this.#notices.begin(link, devices, opening);
  }

  /**
   * Asks whether to continue at a point, or does so `atOnce`. Calls `continued` if the game goes on there.
   * Call it before the clock starts. A position that the machine rejects, such as one of another version of
   * emu, is not offered, and a message says why.
   */
  async offer(point: ResumePoint, atOnce: boolean, continued: () => void): Promise<void> {
    const { session } = this;
    const { client } = session;
    try {
      if (!point.isCurrent)
        throw new InputError(
          "data",
          "the battery save has changed since; the place is in the menu, under Load",
        );
      // Only loading the state checks all of it.
      const beginning = (await client.saveState()).bytes;
      await client.loadState(point.state);
      if (atOnce) {
        continued();
        return this.say("continued where you stopped");
      }
      await client.loadState(beginning);
    } catch (error) {
      const text = complaint(error);
      if (text === undefined) throw error;
      return this.say(`cannot continue where you stopped: ${text}`);
    }
    const resume = async () => {
      await client.loadState(point.state);
      continued();
    };
    await this.#openPage(resumePage(this.menu, point, session.settings.keys, resume));
  }

  /** Call when the player has pressed a button of the game. */
  buttonPressed(): void {
    this.#notices.buttonPressed();
  }

  /** Time for which the game ran. */
  get playedSeconds(): number {
    return this.#notices.playedSeconds;
  }

  end(): void {
    this.#notices.end();
    this.#rewind.end();
  }

  get isMenuOpen(): boolean {
    return this.menu.isOpen;
  }

  get settings(): Settings {
    return this.session.settings;
  }

  get palette(): Palette {
    return this.#picture.palette;
  }

  get bindings(): BindingTable {
    return this.settings.keys;
  }

  get library(): GameLibrary | undefined {
    const { library } = this.#host;
    return library;
  }

  get gamesFolder(): string {
    return this.#host.gamesFolder;
  }

  symbols(): Promise<Symbols> {
    this.#symbols ??= this.#host.loadSymbols?.() ?? Promise.resolve(NO_SYMBOLS);
    return this.#symbols;
  }

  get devices(): DeviceSetup {
    return this.#host.devices;
  }

  get core(): PlayedCore | undefined {
    return this.#host.core;
  }

  plugged(): Promise<void> {
    return this.#host.plugged();
  }

  /** Handles a key while the menu is open. */
  handleKey(event: KeyEvent): void {
    this.menu.handle(event);
  }

  /** Opens the menu if the mouse clicks on its name in the status line. Returns true if it does. */
  opensMenuAt({ row, column, button, isDown }: MouseEvent): boolean {
    const { columns, rows } = this.#picture.window();
    const name = this.#notices.isShown ? (this.#notices.row().corner.at(-1) ?? "") : "";
    const isHit = row === rows - 1 && column >= columns - 1 - name.length && name.endsWith("menu");
    if (!isHit || button !== 0 || !isDown) return false;
    this.#openMenu("main").catch((error) => this.#host.failed(error));
    return true;
  }

  /** Shows a line of text for a few seconds. */
  say(text: string): void {
    this.#notices.say(text);
  }

  /** Draws the menu, status line and message in their current state. */
  draw(): void {
    const screen = this.#picture.newText();
    // A game that uses the mouse has turned on all its reports already.
    const takesClicks = this.isMenuOpen || this.#notices.isShown;
    if (!this.#host.reportsMouse()) screen.before = takesClicks ? CLICKS_ON : MOUSE_OFF;
    const stripTop = this.isMenuOpen ? undefined : this.#rewind.draw(screen);
    this.menu.draw(screen);
    const last = screen.rows - 1;
    if (this.#notices.isShown) drawStatusRow(screen, last, this.#notices.row());
    this.#picture.showText(screen);
    // The text first: what clears the window also writes the text again, and the old one would stay.
    if (stripTop !== undefined) {
      const { columns, rows } = screen;
      this.#picture.cover("above", { left: 0, top: stripTop, columns, rows: rows - stripTop });
      return;
    }
    const { shape } = this.menu;
    const { row, column, rows, columns } = panelOf(screen, shape);
    this.#picture.cover(COVERS[shape ?? "none"], { left: column, top: row, columns, rows });
  }

  /** A key with a hold was pressed or released. */
  async hold(name: HoldName, isHeld: boolean): Promise<void> {
    await this.session.hold(name, isHeld);
    if (name === "rewind") this.#rewind.hold(isHeld);
    this.draw();
  }

  /** Performs an action. Throws `InputError` if it is impossible. */
  async perform(action: Exclude<ActionName, "quit" | "interrupt" | "suspend">): Promise<void> {
    const { session } = this;
    switch (action) {
      case "menu":
        return this.#openMenu("main");
      case "help":
        return this.#openMenu("help");
      case "pause":
        await session.setPaused(!session.isPaused);
        break;
      case "step":
        await session.step();
        break;
      case "debug":
        return this.#openDebugger();
      case "fast-forward":
        await session.toggleFast();
        break;
      case "slow":
        await session.toggleSlow();
        break;
      case "save":
        await session.save(session.slot, this.palette);
        break;
      case "load":
        await session.load();
        break;
      case "next-slot":
      case "previous-slot":
        session.selectSlot(session.slot + (action === "next-slot" ? 1 : -1));
        break;
      case "screenshot":
        await session.screenshot(this.palette);
        break;
      case "record":
        await session.toggleRecording(this.palette);
        break;
      case "mute":
        session.setMuted(!session.isMuted);
        // With a sound system the status line says "muted" as long as it is true.
        if (session.sink === "") this.say(session.aboutSound(session.isMuted ? "muted" : "not muted"));
        break;
      case "louder":
      case "quieter":
        session.isMuted = false;
        await this.changeSetting("volumePercent", session.volumeAfter(action === "louder" ? 1 : -1));
        this.say(session.aboutSound(`volume ${this.settings.volumePercent} %`));
        break;
      case "status":
        await this.#changeStatusLine();
        break;
      case "disk":
        await session.changeDisk();
        break;
      case "coin":
        await session.insertCoin(0);
        break;
      case "service":
        await session.insertCoin("service");
        break;
      case "screen":
        await session.changeScreen();
        break;
      case "reset":
        await session.reset("reset");
    }
    this.draw();
  }

  async changeSetting<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void> {
    const before = this.settings;
    const settings: Settings = { ...before, [name]: value };
    this.session.settings = settings;
    try {
      await this.#apply(name, settings);
    } catch (error) {
      this.session.settings = before;
      throw error;
    }
    await this.#host.keepSetting(name, value);
  }

  async changeKeys(target: string, keys: readonly string[]): Promise<void> {
    const changed = withKeys(this.bindings, target, keys);
    this.session.settings = { ...this.settings, keys: changed };
    this.#host.setBindings(new Bindings(changed));
    await this.#host.keepKeys(target, keys);
  }

  openGame(path: string, continues = false): void {
    this.#host.openGame(path, continues);
  }

  quit(): void {
    this.#host.quit();
  }

  async #apply(name: SettingName, settings: Settings): Promise<void> {
    const { session } = this;
    switch (name) {
      case "sound":
        return session.startSound();
      case "volumePercent":
        return session.setMuted(session.isMuted);
      case "runAheadFrames":
        return session.client.setRunAhead(settings.runAheadFrames);
      case "slowPercent":
        return session.applySpeed();
      case "screens":
      case "rewindMebibytes":
      case "captureFolder":
        return this.say("takes effect with the next game");
      case "recordingFormat":
      case "resumes":
      case "advises":
      case "libraryFolders":
        return;
      default:
        await this.#host.applyPicture(settings);
        if (name === "renderer" && this.#picture.isDoubtful)
          this.say(`this terminal has not reported that it shows ${this.#picture.renderer}; Del is auto`);
        this.draw();
    }
  }

  async #openDebugger(): Promise<void> {
    const { openDebugger } = this.#host;
    if (openDebugger === undefined) this.say("the debugger is for NES games from files, without a movie");
    else openDebugger((await this.session.client.saveState()).bytes);
  }

  #openMenu(page: "main" | "help"): Promise<void> {
    return this.#openPage(page === "main" ? mainPage(this) : helpPage(this));
  }

  async #openPage(page: MenuPage): Promise<void> {
    this.#host.releaseKeys();
    // The keys that follow already go to the menu.
    this.menu.open(page);
    await this.session.suspend(true);
  }

  #leaveMenu(): void {
    this.draw();
    this.session.suspend(false).catch((error) => this.#host.failed(error));
  }

  /** The line, the line with figures, no line, and so on. */
  async #changeStatusLine(): Promise<void> {
    const { statusLine, statsLine } = this.settings;
    if (statusLine && !statsLine) return this.changeSetting("statsLine", true);
    if (statsLine) await this.changeSetting("statsLine", false);
    await this.changeSetting("statusLine", !statusLine);
  }
}
