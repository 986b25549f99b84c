import type { TextScreen } from "../terminal/text-screen.ts";
import type { Display } from "./display.ts";
import type { PlaySession } from "./play-session.ts";
import { RewindStrip, stripArea } from "./rewind-strip.ts";

/** While rewinding, the strip or the line shows where it is. */
const REWIND_MS = 100;
/** The strip comes after this time: it makes the picture smaller, which short steps back do not need. */
const STRIP_AFTER_MS = 300;

/** The strip of past pictures, which is shown while the player rewinds. */
export class RewindView {
  readonly #session: PlaySession;
  readonly #picture: Display;
  readonly #changed: () => void;
  readonly #strip: RewindStrip;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** When rewinding began. */
  #sinceMs: number | undefined;

  /** `changed` is called while the key is held, to draw again. */
  constructor(session: PlaySession, picture: Display, changed: () => void) {
    this.#session = session;
    this.#picture = picture;
    this.#changed = changed;
    this.#strip = new RewindStrip(picture.past);
  }

  /** The key that rewinds was pressed or released. */
  hold(isHeld: boolean): void {
    clearInterval(this.#timer);
    if (isHeld) this.#timer = setInterval(() => this.#changed(), REWIND_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** Draws the strip. Returns its first row; undefined if it is not shown. */
  draw(screen: TextScreen): number | undefined {
    const session = this.#session;
    const place = session.rewindPlace;
    const area = screen.showsPictures ? stripArea(this.#picture.stripWindow) : undefined;
    const now = performance.now();
    if (place === undefined) {
      if (this.#sinceMs !== undefined) this.#picture.past.forgetAfter(session.client.stats().rewindPosition);
      this.#sinceMs = undefined;
    } else this.#sinceMs ??= now;
    const isLong = now - (this.#sinceMs ?? now) >= STRIP_AFTER_MS;
    session.hasRewindStrip = place !== undefined && area !== undefined && isLong;
    if (place === undefined || area === undefined || !isLong) return undefined;
    this.#strip.draw(screen, this.#picture.stripWindow, area, place);
    return area.top;
  }
}
