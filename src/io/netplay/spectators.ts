import { NES_PORT_BITS } from "../input/held-keys.ts";
import { paletteFor } from "../render/colors/palette.ts";
import { FrameFeed } from "../serve/machine/frame-feed.ts";
import type { WatchedGame } from "../serve/machine/watched-game.ts";
import { SpectatorServer, type SpectatorServerOptions } from "../serve/spectators/server.ts";
import { NO_LOG_ROOT } from "../shared/log.ts";
import type { EmuClient } from "../thread/emu-client.ts";

/** An address for the spectators of a game. */
export interface SpectatorAddress extends Pick<SpectatorServerOptions, "tls" | "option"> {
  readonly host: string;
  /** Undefined for the number of the game's own port. If that is in use, there are no spectators. */
  readonly port: number | undefined;
}

/**
 * Opens the address; `gamePort` is the game's own port. Resolves with undefined if no port was given and that
 * one is in use. Rejects as `SpectatorServer.open` does.
 */
export async function openToSpectators(
  { host, port, option, tls }: SpectatorAddress,
  gamePort: number,
  options: Pick<SpectatorServerOptions, "token" | "onError" | "log">,
): Promise<SpectatorServer | undefined> {
  const address = { host, port: port ?? gamePort, option, ...(tls === undefined ? {} : { tls }) };
  try {
    return await SpectatorServer.open({ ...address, ...options });
  } catch (error) {
    if (port !== undefined) throw error;
    const log = (options.log ?? NO_LOG_ROOT).child({ scope: "netplay" });
    log.warn({ host, port: gamePort, error: String(error) }, "the port is not available for spectators");
    return undefined;
  }
}

/** The game on this computer as spectators see it: what its player sees, predictions included. */
export function watchedGame({ blocks, ready }: EmuClient): WatchedGame {
  const { geometry } = ready;
  const { widthPixels, heightPixels } = blocks.sizes;
  const feed = new FrameFeed();
  feed.attach(blocks.watched, geometry);
  return {
    feed,
    geometry,
    palette: paletteFor(geometry),
    colors: geometry.colors,
    isRgb: false,
    mostPixels: widthPixels * heightPixels,
    portBits: NES_PORT_BITS,
    press: () => undefined,
    release: () => undefined,
  };
}
