import { robotText } from "../../emu/nes/input/robot-text.ts";
import { type PanelReport, panelReport } from "../../emu/nes/playchoice/panel-status.ts";
import type { DeviceInput } from "../input/device-input.ts";
import { labelOfKey, panelKeys, playingKeys } from "../input/key-labels.ts";
import { hasFineDetail } from "../render/fine-detail.ts";
import type { Display } from "./display.ts";
import { FigureCounter, type Figures, figureTexts, SpeedWatch } from "./figures.ts";
import type { PlaySession } from "./play-session.ts";
import type { GameLink } from "./play-types.ts";
import type { StatusRow } from "./status-line.ts";

const UPDATE_MS = 1000;
const MESSAGE_MS = 3000;
const ADVICE_MS = 8000;
/** Time for which the keys stay after the first button was pressed: the game may then ask for another one. */
const HINT_AFTER_PRESS_MS = 8000;

/** True if this process has given the advice about coarse pictures, in any game. */
let wasAdvised = false;

/**
 * The contents of the row below the picture: messages, warnings, the keys that play, or the game's name and
 * active modes. Before a game on a PlayChoice-10, the keys of its panel; during one, the time that is left.
 */
export class GameNotices {
  /** Time for which the game ran. */
  playedSeconds = 0;
  readonly #session: PlaySession;
  readonly #picture: Display;
  readonly #draw: () => void;
  readonly #counter = new FigureCounter();
  readonly #watch = new SpeedWatch();
  #figures: Figures | undefined;
  #warning = "";
  /** The keys that play; empty after the player has used one of them. */
  #hint: readonly string[] = [];
  /** The keys of a PlayChoice-10's panel. */
  #panelHint: readonly string[] = [];
  #hintTimer: ReturnType<typeof setTimeout> | undefined;
  #hasPressed = false;
  #hasEnded = false;
  #link: GameLink | undefined;
  #devices: DeviceInput | undefined;
  #message = "";
  #messageTimer: ReturnType<typeof setTimeout> | undefined;
  #updateTimer: ReturnType<typeof setInterval> | undefined;

  /** The text of the start, until the link of a game with others no longer covers it. */
  #opening = "";

  /** `draw` is called when the row has changed. */
  constructor(session: PlaySession, picture: Display, draw: () => void) {
    this.#session = session;
    this.#picture = picture;
    this.#draw = draw;
  }

  /** See `GameScreen.begin`. */
  begin(link: GameLink | undefined, devices: DeviceInput, opening = ""): void {
    this.#link = link;
    this.#devices = devices;
    devices.onStates = () => this.#draw();
    const isFree = (key: string) => !devices.takes(key);
    const { keys } = this.#session.settings;
    this.#hint = [...devices.hints, ...playingKeys(keys, isFree)];
    this.#panelHint = panelKeys(keys, isFree);
    this.#updateTimer = setInterval(() => this.#update(), UPDATE_MS);
    this.#draw();
    this.#update();
    if (opening === "") return;
    this.say(opening);
    if (link !== undefined) this.#opening = opening;
  }

  end(): void {
    this.#hasEnded = true;
    clearInterval(this.#updateTimer);
    clearTimeout(this.#messageTimer);
    clearTimeout(this.#hintTimer);
  }

  /** A button was pressed: the player needs the keys only a little longer. */
  buttonPressed(): void {
    // The buttons of a PlayChoice-10's panel are not those of the game that follows.
    if (this.#hasPressed || this.#panel?.isPlayed === false) return;
    this.#hasPressed = true;
    this.#hintTimer = setTimeout(() => this.#endHint(), HINT_AFTER_PRESS_MS);
  }

  /** Stops showing the keys that play. */
  #endHint(): void {
    if (this.#hint.length === 0) return;
    this.#hint = [];
    // A machine that ends before it has given its picture needs no advice.
    this.#advise().catch(() => {});
    this.#draw();
  }

  /** Shows a line of text for a few seconds. */
  say(text: string, forMs = MESSAGE_MS): void {
    clearTimeout(this.#messageTimer);
    this.#message = text;
    this.#picture.setMessageRow(true);
    this.#messageTimer = setTimeout(() => {
      this.#message = "";
      this.#draw();
      this.#picture.setMessageRow(false);
    }, forMs);
    this.#draw();
  }

  /** True if there is a row to draw. */
  get isShown(): boolean {
    return this.#message !== "" || this.#picture.hasStatusRow;
  }

  get #panel(): PanelReport | undefined {
    return panelReport(this.#session.client.stats().panel);
  }

  /** The row's contents now. */
  row(): StatusRow {
    const { states: on, slot, files, settings, client } = this.#session;
    const states = [...on, ...(this.#devices?.states ?? []), this.#link?.status ?? ""].filter(
      (state) => state !== "",
    );
    const menuKey = settings.keys.menu?.find((key) => this.#devices?.takes(key) !== true);
    const corner = [`slot ${slot}`, ...(menuKey === undefined ? [] : [`${labelOfKey(menuKey)} menu`])];
    const exact = this.#picture.exactPercent;
    const warning = exact < 100 ? `slow link: ${exact} % of the picture is exact` : this.#warning;
    // A player who does not know the keys needs them more than a warning about speed.
    const panel = this.#panel;
    const hint = panel?.isPlayed === false ? this.#panelHint : this.#hint;
    const alert = this.#message === "" && hint.length === 0 ? warning : this.#message;
    const { statsLine } = settings;
    if (alert !== "" && !(statsLine && this.#message === ""))
      return { states, parts: [alert], isAlert: true, corner };
    if (statsLine) return { states, parts: this.#figureTexts(), isAlert: false, corner };
    const robot = robotText(client.stats().robot);
    const name = robot === "" ? [files.name] : [robot, files.name];
    const parts = [...timeLeft(panel), ...(hint.length > 0 ? hint : name)];
    return { states, parts, isAlert: false, corner };
  }

  #figureTexts(): string[] {
    const { sink, isMuted, settings } = this.#session;
    const volume = isMuted ? "muted" : `${settings.volumePercent} %`;
    return figureTexts(this.#figures, sink === "" ? "" : `${sink} ${volume}`, this.#picture.renderer);
  }

  /**
   * Tells the player once how to make the game's text readable if the window is too coarse for it and the
   * picture may have small text.
   */
  async #advise(): Promise<void> {
    if (!this.#canAdvise) return;
    const { pixels, width, height } = await this.#session.client.sizedPicture();
    // Another game may have advised in the meantime.
    const wanted = this.#canAdvise ? this.#picture.windowForText : undefined;
    if (wanted === undefined || !hasFineDetail(pixels, width, height)) return;
    wasAdvised = true;
    const { columns, rows } = wanted;
    this.say(`bigger window or smaller font: text is readable from ${columns}×${rows} cells`, ADVICE_MS);
  }

  get #canAdvise(): boolean {
    const isFree = this.#picture.hasStatusRow && this.#message === "";
    const isNeeded = this.#picture.windowForText !== undefined;
    return isNeeded && isFree && !wasAdvised && !this.#hasEnded && this.#session.settings.advises;
  }

  /** Called once a second. */
  #update(): void {
    const session = this.#session;
    const { client } = session;
    const { lateness } = client.blocks.stats;
    this.#figures = this.#counter.count(client.stats(), lateness, performance.now());
    if (session.isRunning) this.playedSeconds += UPDATE_MS / 1000;
    const normal = session.isAtNormalSpeed ? this.#figures : undefined;
    this.#warning = this.#watch.warning(normal, client.ready.geometry.frameRateHz);
    const notice = this.#link?.notice ?? "";
    const text = notice === "" ? this.#opening : notice;
    if (notice === "") this.#opening = "";
    if (text !== "") this.say(text);
    else if (this.#picture.hasStatusRow) this.#draw();
  }
}

/** The time display of a PlayChoice-10 while its game is played; 0 means that the program does not use it. */
function timeLeft(panel: PanelReport | undefined): string[] {
  const isShown = panel?.isPlayed === true && /[1-9]/.test(panel.time);
  return isShown ? [`time left: ${panel.time.trim()}`] : [];
}
