import { openSink } from "../files/sink.ts";
import { Profile } from "./profile.ts";
import type { DebugSession } from "./session.ts";
import { MAX_TRACE, TraceLines, type TraceOptions } from "./trace.ts";

/** Each piece begins with a run from the state before it, so that short pieces would be slow. */
const LINES_AT_ONCE = 32_768;

/**
 * The last instructions before the current position, as pieces of text with one line each. The program runs
 * again to produce them, so nothing has to be recorded beforehand.
 */
export async function* traceLines(
  session: DebugSession,
  options: TraceOptions = {},
): AsyncGenerator<string[]> {
  const { count = MAX_TRACE, format = "emu", filter } = options;
  const here = session.timeline.position;
  const lines = new TraceLines(session.target, session.probe, format);
  let piece: string[] = [];
  let from = Math.max(session.timeline.start, here - count);
  while (from < here) {
    const to = Math.min(here, from + LINES_AT_ONCE);
    session.replay(from, to, () => {
      if (filter === undefined || filter() !== 0) piece.push(lines.line());
    });
    from = to;
    yield piece;
    piece = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Writes the last instructions to a file. Returns the number of lines. Throws `InputError` ("io"). */
export async function writeTrace(
  session: DebugSession,
  path: string,
  options: TraceOptions = {},
): Promise<number> {
  const sink = openSink(path);
  const encoder = new TextEncoder();
  let count = 0;
  try {
    for await (const lines of traceLines(session, options)) {
      count += lines.length;
      if (lines.length > 0) sink.write(encoder.encode(`${lines.join("\n")}\n`));
    }
    sink.commit();
    return count;
  } finally {
    sink.abort();
  }
}

/** Measures the routines in the last `frames` frames before the current position. */
export function profileFrames(session: DebugSession, frames: number): Profile {
  const { timeline, probe } = session;
  const here = timeline.position;
  const first = session.nes.frame - frames;
  const span = timeline.spans.findLast(({ frame, start }) => frame <= first && start <= here);
  let profile: Profile | undefined;
  session.replay(span?.start ?? timeline.start, here, () => {
    if (profile === undefined && session.nes.frame >= first) profile = new Profile(session.frames, probe);
    else profile?.note();
  });
  return profile ?? new Profile(session.frames, probe);
}
