import type { BreakpointFacts } from "../../web/protocol.ts";
import { ask } from "../state/model.ts";

export const CODE_ROW_PX = 20;

interface GutterProps {
  readonly breakpoint: BreakpointFacts | undefined;
  readonly label: string;
  readonly isCurrent: boolean;
  onToggle(): void;
}

/** The place beside a line of code where a breakpoint is set by clicking. */
export function Gutter({ breakpoint, label, isCurrent, onToggle }: GutterProps) {
  const kind =
    breakpoint === undefined
      ? "none"
      : !breakpoint.isEnabled
        ? "off"
        : breakpoint.logMessage !== ""
          ? "log"
          : breakpoint.condition !== "" || breakpoint.hitCondition !== ""
            ? "condition"
            : "on";
  return (
    <button
      type="button"
      class="gutter"
      tabIndex={-1}
      data-breakpoint={kind}
      data-current={isCurrent}
      aria-label={`Breakpoint at ${label}`}
      aria-pressed={breakpoint !== undefined}
      onClick={onToggle}
    />
  );
}

/** Removes a breakpoint, or sets one at a place. */
export function toggleBreakpoint(known: BreakpointFacts | undefined, place: object): void {
  if (known === undefined) void ask("addBreakpoint", place);
  else void ask("removeBreakpoint", { id: known.id });
}
