import type { KeyEvent } from "../input/keys.ts";
import type { MenuNote } from "../play/menu/page.ts";

/** What a key of the music player does. */
export type MusicAction =
  | { readonly kind: "seek" | "volume" | "select" | "page"; readonly by: number }
  | { readonly kind: "track"; readonly by: 1 | -1 }
  | { readonly kind: "toggle-channel"; readonly channel: number }
  | {
      readonly kind:
        | "pause"
        | "restart"
        | "choose"
        | "focus"
        | "mute"
        | "solo"
        | "all-channels"
        | "repeat"
        | "shuffle"
        | "help"
        | "quit";
    };

const SHORT_SECONDS = 5;
const LONG_SECONDS = 30;
const VOLUME_STEPS = 1;
/** Digits are the first ten channels. */
const DIGITS = "1234567890";

const PLAIN: Readonly<Record<string, MusicAction>> = {
  space: { kind: "pause" },
  n: { kind: "track", by: 1 },
  ".": { kind: "track", by: 1 },
  p: { kind: "track", by: -1 },
  ",": { kind: "track", by: -1 },
  up: { kind: "select", by: -1 },
  k: { kind: "select", by: -1 },
  down: { kind: "select", by: 1 },
  j: { kind: "select", by: 1 },
  page_up: { kind: "page", by: -1 },
  page_down: { kind: "page", by: 1 },
  enter: { kind: "choose" },
  tab: { kind: "focus" },
  home: { kind: "restart" },
  m: { kind: "mute" },
  s: { kind: "solo" },
  a: { kind: "all-channels" },
  r: { kind: "repeat" },
  x: { kind: "shuffle" },
  "+": { kind: "volume", by: VOLUME_STEPS },
  "=": { kind: "volume", by: VOLUME_STEPS },
  "-": { kind: "volume", by: -VOLUME_STEPS },
  "?": { kind: "help" },
  h: { kind: "help" },
  f1: { kind: "help" },
  q: { kind: "quit" },
  escape: { kind: "quit" },
};

/** The action of a key; undefined for keys without one. */
export function musicAction({ key, kind, shift, control, alt, typed }: KeyEvent): MusicAction | undefined {
  if (kind === "release" || control || alt) return undefined;
  if (key === "left" || key === "right") {
    const by = (shift ? LONG_SECONDS : SHORT_SECONDS) * (key === "left" ? -1 : 1);
    return { kind: "seek", by };
  }
  const action = PLAIN[typed ?? key] ?? PLAIN[key];
  if (action !== undefined) return action;
  const channel = DIGITS.indexOf(key);
  return channel < 0 ? undefined : { kind: "toggle-channel", channel };
}

/** All keys, for the help: texts that fit into the narrowest list. */
export const MUSIC_HELP: readonly MenuNote[] = [
  { keys: ["Space"], text: "pause, play" },
  { keys: ["Left", "Right"], text: "5 s; Shift: 30 s" },
  { keys: ["Home"], text: "start of track" },
  { keys: ["n", "p"], text: "next, previous" },
  { keys: ["Up", "Down"], text: "move in the list" },
  { keys: ["Enter"], text: "play; on/off" },
  { keys: ["Tab"], text: "tracks, channels" },
  { keys: ["1", "2", "…", "0"], text: "channels on/off" },
  { keys: ["m"], text: "channel on/off" },
  { keys: ["s"], text: "channel alone" },
  { keys: ["a"], text: "all channels on" },
  { keys: ["r"], text: "repeat mode" },
  { keys: ["x"], text: "shuffle on/off" },
  { keys: ["+", "-"], text: "volume" },
  { keys: ["q", "Esc"], text: "quit" },
];

/** The keys for the last row; as many as fit are shown. */
export const MUSIC_HINT = [
  "Space pause",
  "? help",
  "q quit",
  "Left Right seek",
  "n p track",
  "1-9 channels",
  "s solo",
  "r repeat",
  "x shuffle",
  "+ - volume",
  "Tab channels",
];
