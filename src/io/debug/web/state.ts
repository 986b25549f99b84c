import { InputError } from "../../../emu/input-error.ts";
import type { DebugSession } from "../session.ts";
import { valueText, wholeText } from "../value-text.ts";
import { placeAt } from "./code-view.ts";
import type { DebuggedGame } from "./debugged-game.ts";
import type {
  DebugState,
  RegisterGroupFacts,
  StackFrameFacts,
  VariableFacts,
  WatchFacts,
} from "./protocol.ts";

/** What the page shows in text. The program is not running backwards. */
export function stateOf(game: DebuggedGame, version: number): DebugState {
  const { session, stop } = game;
  const { timeline, nes, moving } = session;
  return {
    event: "state",
    ...(moving === undefined ? { stop } : { moving }),
    position: timeline.position,
    start: timeline.start,
    end: timeline.end,
    frame: nes.frame,
    startFrame: timeline.spans[0]!.frame,
    version,
    registers: registerFacts(session),
    stack: stackFacts(session),
    locals: localFacts(session, game.stackFrame),
    watches: game.watches.map((expression) => watchFacts(session, expression, game.stackFrame)),
    breakpoints: game.breakpoints.facts(session),
  };
}

function registerFacts({ registers }: DebugSession): RegisterGroupFacts[] {
  return registers.map(({ name, registers: list }) => ({
    name,
    registers: list.map(({ name: register, place }) => ({
      name: register,
      value: place.get(),
      digits: place.type === "decimal" ? 0 : 2 * (place.bytes ?? 1),
      isEditable: place.set !== undefined,
    })),
  }));
}

function stackFacts(session: DebugSession): StackFrameFacts[] {
  return session.frames.all().map(({ name, kind, pc, prgOffset }) => ({
    name,
    ...(kind === undefined ? {} : { kind }),
    ...placeAt(session, pc, prgOffset),
  }));
}

function localFacts(session: DebugSession, frame: number): VariableFacts[] {
  const scope = session.scope(frame);
  return session.frames.locals(frame).map((local) => {
    const place = scope.local(local);
    return { name: local.variable.name, value: wholeText(scope, place), type: place.type ?? "" };
  });
}

function watchFacts(session: DebugSession, expression: string, frame: number): WatchFacts {
  try {
    const place = session.place(expression, frame);
    if (place === undefined) {
      const value = session.read(expression, frame);
      return { expression, value: valueText({ get: () => value, bytes: 1 }) };
    }
    return { expression, value: wholeText(session.scope(frame), place) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { expression, error: error.message };
  }
}
