import type { StopCause } from "../checker.ts";
import type { Movement } from "../movement.ts";
import type { DebugSession } from "../session.ts";
import type { PageBreakpoints } from "./page-breakpoints.ts";
import type { WantedViews } from "./protocol.ts";

/** The game as requests of the page see it. */
export interface DebuggedGame {
  readonly session: DebugSession;
  readonly breakpoints: PageBreakpoints;
  watches: readonly string[];
  /** The frame of the call stack whose variables are shown. */
  stackFrame: number;
  /** Why the program stopped last. */
  readonly stop: StopCause;
  /** Starts a movement. Throws `InputError` if that is not possible now. */
  move(movement: Movement, direction: "forward" | "back"): void;
  /** Runs a long operation, during which the program cannot be moved. */
  occupied<T>(action: () => Promise<T>): Promise<T>;
  hasStopped(stop: StopCause): void;
  /** Powers the game on again. */
  restart(): Promise<void>;
  /**
   * Call it when something that the page shows has changed. The page gets the state when all current requests
   * are done.
   */
  changed(): void;
  show(views: WantedViews): void;
  acknowledge(serial: number): void;
}
