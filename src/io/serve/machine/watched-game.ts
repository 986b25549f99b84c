import type { Palette } from "../../render/colors/palette.ts";
import type { FrameFeed } from "./frame-feed.ts";
import type { ServedShape } from "./served-picture.ts";

/** Everything about a game that a server needs to show it to spectators and to let them play. */
export interface WatchedGame {
  readonly feed: FrameFeed;
  /** The shape of the game's first picture. */
  readonly geometry: ServedShape;
  readonly palette: Palette;
  /** The machine's own colours, if it has any, for viewers who draw for themselves. */
  readonly colors?: Palette | undefined;
  /** True if its pictures are colours and not palette indices. */
  readonly isRgb: boolean;
  /** Pixels of its largest picture. */
  readonly mostPixels: number;
  /** Buttons per port. */
  readonly portBits: number;
  /** Sets the buttons that `peer` holds on a port. */
  press(peer: object, port: number, buttons: number): void;
  /** Releases all buttons of a peer that has left. */
  release(peer: object): void;
}
