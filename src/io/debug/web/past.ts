import { InputError } from "../../../emu/input-error.ts";
import { hex } from "../../library/place-map.ts";
import { bind } from "../../symbols/expressions/evaluate.ts";
import { parseTree } from "../../symbols/expressions/parse.ts";
import { profileFrames } from "../history.ts";
import type { Profile } from "../profile.ts";
import type { DebugSession } from "../session.ts";
import { TraceLines } from "../trace.ts";
import { placeAt } from "./code-view.ts";
import type { FlameNode, PastWriteFacts, ProfileFacts, TraceRow } from "./protocol.ts";

/** Other work gets a turn between pieces. Each begins with a run from the state before it. */
const PIECE = 65_536;
/** With a filter, this many instructions are searched. */
const SEARCHED = 600_000;

/**
 * The last `count` instructions before the current position, or those of them for which the filter is not 0.
 * The program runs again to find them. Throws `InputError` if the filter is invalid.
 */
export async function traceRows(session: DebugSession, count: number, filter: string): Promise<TraceRow[]> {
  const { timeline, target, probe } = session;
  const isWanted = filter.trim() === "" ? undefined : bind(parseTree(filter), session.scope());
  const here = timeline.position;
  const lines = new TraceLines(target, probe, "emu");
  let rows: TraceRow[] = [];
  let from = Math.max(timeline.start, here - (isWanted === undefined ? count : SEARCHED));
  while (from < here) {
    const to = Math.min(here, from + PIECE);
    session.replay(from, to, () => {
      if (isWanted === undefined || isWanted() !== 0)
        rows.push({ position: timeline.position, text: lines.line() });
    });
    if (rows.length > 2 * count) rows = rows.slice(-count);
    from = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows.slice(-count);
}

/** Where the last frames spent their time. */
export function profileFacts(session: DebugSession, frames: number): ProfileFacts {
  const profile = profileFrames(session, frames);
  const flame = flameOf(profile, session.target.rom.fileName);
  const routines = profile
    .costs()
    .map(({ name, selfCycles, totalCycles }) => ({ name, self: selfCycles, total: totalCycles }))
    .filter(({ total }) => total > 0);
  const past = session.nes.frame - session.timeline.spans[0]!.frame;
  return { frames: Math.max(1, Math.min(frames, past)), cycles: flame.cycles, routines, flame };
}

interface GrowingNode {
  readonly name: string;
  cycles: number;
  readonly children: GrowingNode[];
}

/** All samples merged into one tree of calls. */
function flameOf(profile: Profile, name: string): FlameNode {
  const { shared, profiles } = JSON.parse(profile.speedscope(name)) as {
    shared: { frames: { name: string }[] };
    profiles: { samples: number[][]; weights: number[] }[];
  };
  const root: GrowingNode = { name: "all", cycles: 0, children: [] };
  const { samples, weights } = profiles[0]!;
  for (const [index, sample] of samples.entries()) {
    const weight = weights[index]!;
    let node = root;
    node.cycles += weight;
    for (const frame of sample) {
      const routine = shared.frames[frame]!.name;
      let child = node.children.find((each) => each.name === routine);
      if (child === undefined) {
        child = { name: routine, cycles: 0, children: [] };
        node.children.push(child);
      }
      child.cycles += weight;
      node = child;
    }
  }
  return root;
}

/** The instruction that wrote a byte last. Throws `InputError` if nothing in the history has written it. */
export async function lastWriteFacts(
  session: DebugSession,
  space: "cpu" | "ppu",
  address: number,
): Promise<PastWriteFacts> {
  const write = await session.lastWrite(space, address);
  if (write === undefined) {
    throw new InputError("usage", `nothing has written ${hex(address, 4)} since the start of the history`);
  }
  const { position, pc, value, before, frame, cycle } = write;
  const by = session.target.places.describe(pc);
  const text = `${by} wrote ${hex(value, 2)} over ${hex(before, 2)} in frame ${frame}, cycle ${cycle}`;
  return { position, text, place: placeAt(session, pc, session.target.places.prgOffsetAt(pc)) };
}
