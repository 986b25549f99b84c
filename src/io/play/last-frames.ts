import { writeFileWhole } from "../files/atomic-write.ts";
import type { Palette } from "../render/colors/palette.ts";
import type { Log } from "../shared/log.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { PlaySession } from "./play-session.ts";

/** Time that the last frame gets to appear before a run of counted frames ends. */
const LAST_FRAME_MS = 200;
/** Time that the machine gets for the picture of its last moment. */
const LAST_PICTURE_MS = 1500;

/** Resolves when `frames` frames have run and the last one has been shown, or the machine has ended. */
export async function framesShown(client: EmuClient, frames: number): Promise<void> {
  while (client.isRunning && client.stats().frames < frames) await Bun.sleep(1);
  const deadline = performance.now() + LAST_FRAME_MS;
  const total = () => client.stats().presented + client.stats().dropped + client.stats().skipped;
  while (total() < frames && performance.now() < deadline) await Bun.sleep(2);
}

/** The picture of this moment as PNG, for the player who quits; undefined if it does not come in time. */
export async function lastPicture(session: PlaySession, palette: Palette): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), LAST_PICTURE_MS);
  const picture = session.captures.png(palette).catch(() => undefined);
  const first = await Promise.race([picture, promise]);
  clearTimeout(timer);
  return first;
}

/** Writes the picture that the library shows for a game. A cover that cannot be written is only logged. */
export async function writeCover(path: string, picture: Uint8Array, log: Log): Promise<void> {
  await writeFileWhole(path, picture).catch((error) =>
    log.warn({ error: String(error) }, "the cover cannot be written"),
  );
}
