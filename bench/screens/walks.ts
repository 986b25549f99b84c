/** What the tour of `bench/screens.ts --all` does with emu, and where it takes pictures. */

/** A key by its X name, held for a time; keys without one are pressed and released. */
type Press = string | { readonly hold: string; readonly ms: number };

/** Keys, then a wait, then a picture with this name; the keys in `held` stay down until it is taken. */
interface Stop {
  readonly picture: string;
  readonly keys?: readonly Press[];
  readonly held?: string;
  /** The window's new size as a share of the old one. */
  readonly resize?: number;
  /** Default: `USUAL_WAIT_MS`. */
  readonly waitMs?: number;
}

/** One start of emu. */
export interface Walk {
  readonly name: string;
  readonly args: readonly string[];
  /** Games that the library finds; undefined for a home folder without any. */
  readonly games?: number;
  /** More lines of the config file. */
  readonly config?: string;
  /** True if the walk is also taken in terminals with `isShort`. */
  readonly isShort?: true;
  /** For commands that print and end. */
  readonly isPrint?: true;
  readonly stops: readonly Stop[];
}

export const USUAL_WAIT_MS = 900;
/** Wait after the first picture, until the game shows its title. */
const START_MS = 3000;

const times = (count: number, key: string): string[] => new Array<string>(count).fill(key);
/** Opens an entry of the menu's first page, counted from its end. */
const fromEnd = (count: number): string[] => ["F1", ...times(count, "Up"), "Return"];
const SETTINGS_PAGE = fromEnd(8);
/** The second page of cheats. */
const SEARCH_PAGE = [...fromEnd(6), "Down", "Return"];
const settings = (down: number): string[] => [...SETTINGS_PAGE, ...times(down, "Down"), "Return"];
const close = ["F1"];

/** `{tune}` stands for the path of the tour's tune. */
export const WALKS: readonly Walk[] = [
  {
    name: "game",
    args: ["run", "swingby", "--sound", "none"],
    isShort: true,
    stops: [
      { picture: "1-second", waitMs: 1000 },
      { picture: "3-seconds", waitMs: 2000 },
      { picture: "5-seconds", waitMs: 2000 },
      { picture: "button", keys: ["x"], waitMs: 3000 },
      { picture: "menu", keys: ["F1"] },
      { picture: "help", keys: [...close, "h"] },
    ],
  },
  {
    name: "settings",
    args: ["run", "swingby", "--sound", "none"],
    stops: [
      { picture: "list", keys: SETTINGS_PAGE, waitMs: START_MS },
      ...["picture", "colours", "sound", "controls", "play", "files"].map((picture, at) => ({
        picture,
        keys: [...close, ...settings(at)],
      })),
      { picture: "slider", keys: [...close, ...settings(1), "Down", "Down", "Right", "Right", "Right"] },
      { picture: "cheats", keys: [...close, ...fromEnd(6)] },
      { picture: "ram-search", keys: [...close, ...SEARCH_PAGE] },
      { picture: "ram-places", keys: ["Down", "Down", "Down", "Down", "Return", "1", "Return", "End"] },
    ],
  },
  {
    name: "slots",
    args: ["run", "swingby", "--sound", "none"],
    stops: [
      { picture: "saved", keys: ["F5", "F6", "x"], waitMs: START_MS },
      { picture: "list", keys: ["F5", "F1", "Down", "Return", "Up"] },
      { picture: "paused", keys: ["F1", "p"] },
      { picture: "slow", keys: ["p", "g"] },
      { picture: "rewind-short", keys: ["g", { hold: "x", ms: 3000 }], held: "r", waitMs: 700 },
      { picture: "rewind", keys: [{ hold: "Right", ms: 3000 }], held: "r", waitMs: 2500 },
      { picture: "rewind-loaded", keys: ["F7"], held: "r", waitMs: 1200 },
      { picture: "fast", keys: [], held: "f" },
      { picture: "message", keys: ["F3"], waitMs: 400 },
      { picture: "figures", keys: ["F2"], waitMs: 1500 },
      { picture: "no-line", keys: ["F2"] },
      { picture: "smaller", keys: ["F2"], resize: 0.7, waitMs: 1500 },
      { picture: "larger", resize: 1.6, waitMs: 1500 },
      { picture: "larger-menu", keys: ["F1"] },
    ],
  },
  {
    name: "square",
    args: ["run", "swingby", "--sound", "none"],
    config: '[picture]\npixels = "square"\n',
    stops: [{ picture: "game", waitMs: START_MS }],
  },
  {
    name: "test-card",
    args: ["run", "test-card", "--sound", "none"],
    isShort: true,
    stops: [{ picture: "game", waitMs: START_MS }],
  },
  {
    name: "keys",
    args: ["run", "--keys"],
    isPrint: true,
    isShort: true,
    stops: [{ picture: "list" }],
  },
  {
    name: "new-library",
    args: ["run", "--library", "--sound", "none"],
    stops: [
      { picture: "start", waitMs: START_MS },
      { picture: "nothing-found", keys: ["q", "q"] },
      { picture: "add", keys: ["Escape", "End", "Return"] },
    ],
  },
  {
    name: "library",
    args: ["run", "--library", "--sound", "none"],
    games: 200,
    isShort: true,
    stops: [
      { picture: "start", waitMs: START_MS },
      { picture: "built-in", keys: ["Down"] },
      { picture: "search", keys: ["s", "t", "a", "r"] },
      { picture: "cleared", keys: ["Escape"] },
      { picture: "favourites", keys: ["Tab", "Down", "Down", "Down", "Tab"] },
      { picture: "end", keys: ["Page_Down", "Page_Down", "Page_Down"] },
      { picture: "last", keys: ["End"] },
    ],
  },
  {
    name: "music",
    args: ["run", "{tune}", "--sound", "none"],
    isShort: true,
    stops: [
      { picture: "start", waitMs: START_MS },
      { picture: "seek", keys: ["Right", "Right"] },
      { picture: "channel-off", keys: ["2", "4"] },
      { picture: "repeat", keys: ["r"], waitMs: 400 },
      { picture: "channels", keys: ["Tab", "Up", "Up", "s"] },
      { picture: "next", keys: ["n"] },
      { picture: "help", keys: ["question"] },
    ],
  },
];
