import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { maskOf } from "../../library/pads.ts";
import { answer, type Facts, ramChanges, situation } from "../answer.ts";
import type { McpSession, StopCondition } from "../session.ts";
import { screenPngOf, textFacts } from "./see-tools.ts";
import { addressOrSymbol, addTool, buttons, expression, place, type Toolbox } from "./tool.ts";

/** About ten minutes of play, so that no call takes longer than some seconds. */
const MAX_FRAMES = 36_000;
const MAX_INPUTS = 2000;

/** Additional facts that a run can report. */
const RETURNS = ["picture", "ram", "text", "lag"] as const;
const returns = z
  .array(z.enum(RETURNS))
  .max(RETURNS.length)
  .default([])
  .describe(
    "picture: the screen as PNG; ram: bytes of RAM that changed; text: text on the screen; lag: frames in which the game did not read the controllers",
  );

/** Runs `action` and reports the requested facts. */
async function reportRun(
  session: McpSession,
  wanted: readonly (typeof RETURNS)[number][],
  action: () => Promise<Facts>,
) {
  const before = session.game.ram.slice();
  const { frame, lagFrames } = session.game;
  const facts = await action();
  const { game } = session;
  return answer(
    {
      ...facts,
      framesRun: game.frame - frame,
      ...situation(session),
      ...(wanted.includes("lag") ? { lagFrames: game.lagFrames - lagFrames } : {}),
      ...(wanted.includes("text") ? textFacts(session, {}) : {}),
      ...(wanted.includes("ram") ? { ram: ramChanges(session, before) } : {}),
    },
    ...(wanted.includes("picture") ? [screenPngOf(session, 1)] : []),
  );
}

/** Adds `play`, `run_until`, `state` and `rewind`. */
export function addPlayTools(box: Toolbox): void {
  addPlay(box);
  addRunUntil(box);
  addState(box);
  addRewind(box);
}

function addPlay(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "play",
    {
      title: "Play",
      description:
        "Hold buttons for a number of frames (60 frames are about a second), one input after the other. Many games read a " +
        "button only when it goes down: hold it for 2 to 4 frames, then release it.",
      input: {
        inputs: z
          .array(z.strictObject({ buttons: buttons.default(""), frames: z.int().min(1).max(MAX_FRAMES) }))
          .min(1)
          .max(MAX_INPUTS),
        return: returns,
      },
    },
    async ({ inputs, return: wanted }) => {
      const frames = inputs.reduce((sum, input) => sum + input.frames, 0);
      if (frames > MAX_FRAMES)
        throw new InputError(
          "usage",
          `${frames} frames are too many for one call`,
          "inputs",
          `at most ${MAX_FRAMES}: call play again`,
        );
      const masks = inputs.map((input) => maskOf(input.buttons));
      return reportRun(session, wanted, async () => {
        for (const [i, input] of inputs.entries()) {
          const stopped = await session.run(masks[i]!, input.frames);
          if (stopped !== undefined) return { stopped: stopped.reason };
        }
        return {};
      });
    },
  );
}

function addRunUntil(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "run_until",
    {
      title: "Run until",
      description:
        "Hold buttons and run until a condition holds at the end of a frame, an instruction is about to be executed, or an " +
        "address is read or written. The first of those that are given stops the game; execute, read and write can stop in " +
        "mid-frame.",
      input: {
        condition: expression.optional(),
        execute: place.optional(),
        write: place.optional(),
        read: place.optional(),
        buttons: buttons.default(""),
        max_frames: z.int().min(1).max(MAX_FRAMES).default(600),
        return: returns,
      },
    },
    async ({ condition, execute, write, read, buttons: held, max_frames, return: wanted }) => {
      if ([condition, execute, write, read].every((each) => each === undefined))
        throw new InputError("usage", "nothing to run until", "", "give condition, execute, write or read");
      const mask = maskOf(held);
      const stop = stopWhen(session, { condition, execute, write, read });
      return reportRun(session, wanted, async () => {
        try {
          const stopped = await session.run(mask, max_frames, stop.condition);
          return stopped === undefined
            ? { stopped: `not within ${max_frames} frames`, reached: false }
            : { stopped: stopped.reason, reached: true };
        } finally {
          stop.release();
        }
      });
    },
  );
}

interface StopPlaces {
  readonly condition?: string | undefined;
  readonly execute?: number | string | undefined;
  readonly write?: number | string | undefined;
  readonly read?: number | string | undefined;
}

/** Observes the game until `release` is called. */
function stopWhen(
  session: McpSession,
  { condition, execute, write, read }: StopPlaces,
): { readonly condition: StopCondition; release(): void } {
  const { game } = session;
  const value = condition === undefined ? undefined : session.expression(condition);
  const stops: (() => void)[] = [];
  let hit: string | undefined;
  const take = (): string | undefined => {
    const reason = hit;
    hit = undefined;
    return reason;
  };
  for (const [kind, given] of [["write", write] as const, ["read", read] as const]) {
    if (given === undefined) continue;
    const observe = kind === "write" ? game.onWrite.bind(game) : game.onRead.bind(game);
    const report = ({ pc, value: byte, before }: { pc: number; value: number; before: number }): void => {
      hit ??= `${kind} of ${given} by ${game.places.describe(pc)}: ${kind === "write" ? `${before} → ` : ""}${byte}`;
    };
    stops.push(observe(addressOrSymbol(given), report));
  }
  const target = execute === undefined ? undefined : game.places.resolve(addressOrSymbol(execute));
  const isThere = (): boolean => target!.candidates.includes(game.pc) && target!.isMapped(game.pc);
  const afterFrame = (): string | undefined =>
    value !== undefined && value.commit() !== 0 ? `condition holds: ${condition}` : undefined;
  const afterInstruction = (): string | undefined =>
    take() ??
    (target !== undefined && isThere() ? `about to execute ${game.places.describe(game.pc)}` : undefined);
  const observes = target !== undefined || stops.length > 0;
  return {
    condition: { afterFrame, ...(observes ? { afterInstruction } : {}) },
    release: () => {
      for (const stop of stops) stop();
    },
  };
}

function addState(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "state",
    {
      title: "Save and load states",
      description:
        "Save the whole console under a name, load it, list or delete states. States are exact and instant: save before " +
        "anything risky, load to try again.",
      input: {
        action: z.enum(["save", "load", "list", "delete"]),
        name: z.string().min(1).max(100).default("quick"),
      },
    },
    async ({ action, name }) => {
      if (action === "save") session.save(name);
      else if (action === "load") session.restore(name);
      else if (action === "delete") {
        session.stateOf(name);
        session.states.delete(name);
      }
      const states = [...session.states].map(([each, { frame }]) => [each, `frame ${frame}`]);
      return answer({ ...situation(session), states: Object.fromEntries(states) });
    },
  );
}

function addRewind(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "rewind",
    {
      title: "Rewind",
      description: "Go back a number of frames. What came after is forgotten.",
      input: { frames: z.int().min(1).max(10_000_000) },
    },
    async ({ frames }) => {
      session.requireFrameEnd();
      session.rewind(frames);
      return answer({ ...situation(session), canRewind: session.tape.length - session.tape.start });
    },
  );
}
