/** The recorder thread: takes complete frames from the machine's ring and writes them to a file. */
import type { MachineGeometry } from "../../emu/machine.ts";
import type { Palette } from "../render/colors/palette.ts";
import { TapReader } from "../shared/frame-tap.ts";
import { attachShared, type SharedDescription } from "../shared/layout.ts";
import { reportError } from "../thread/error-report.ts";
import type { ErrorReport } from "../thread/messages.ts";
import { openRecording } from "./open-recording.ts";
import { FRAMES_APART, type RecordingFormat } from "./recording-writer.ts";

/** The message that starts the thread. */
export interface RecorderStart {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  readonly geometry: MachineGeometry;
  readonly palette: Palette;
  readonly format: RecordingFormat;
  readonly path: string;
}

/** What the thread reports: that it is ready for frames, and what became of them. */
export type RecorderMessage =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly frames: number; readonly lost: number }
  | { readonly type: "failed"; readonly error: ErrorReport };

/** The ring holds a second, so looking this often is more than enough. */
const PAUSE_MS = 8;

async function record(start: RecorderStart, onReady: () => void): Promise<{ frames: number; lost: number }> {
  const { geometry, palette, format, path } = start;
  const reader = new TapReader(attachShared(start.buffer, start.description).tap);
  const every = FRAMES_APART[format];
  // A count above 1, so that PNGs go to a folder.
  const writer = openRecording(format, path, { geometry, palette, every, count: Number.MAX_SAFE_INTEGER });
  const lostBefore = reader.lost;
  let frames = 0;
  let hasBegun = false;
  try {
    onReady();
    for (;;) {
      const isWanted = reader.isWanted;
      hasBegun ||= isWanted;
      while (
        reader.next((pixels, samples, size) => {
          if (frames++ % every === 0) writer.write(frames - 1, pixels, samples, size);
        })
      );
      if (hasBegun && !isWanted) break;
      await writer.settle();
      await Bun.sleep(PAUSE_MS);
    }
    // A file without a picture is none: ffmpeg rejects its input, and players reject a GIF.
    if (frames === 0) writer.abort();
    else await writer.commit();
    return { frames, lost: reader.lost - lostBefore };
  } catch (error) {
    writer.abort();
    throw error;
  }
}

if (!Bun.isMainThread) {
  const scope = globalThis as unknown as Worker;
  const post = (message: RecorderMessage) => postMessage(message);
  scope.onmessage = (event: MessageEvent<RecorderStart>) => {
    record(event.data, () => post({ type: "ready" })).then(
      ({ frames, lost }) => post({ type: "done", frames, lost }),
      (error) => post({ type: "failed", error: reportError(error) }),
    );
  };
}
