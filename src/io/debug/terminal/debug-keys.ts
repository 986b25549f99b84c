import { type KeyEvent, typedText } from "../../input/keys.ts";
import type { Movement } from "../movement.ts";

/** Actions without parameters. */
export type PlainAction =
  | "here"
  | "toggle-breakpoint"
  | "toggle-mode"
  | "watch"
  | "memory-at"
  | "command"
  | "zoom"
  | "help"
  | "leave";

/** What a key does while the program is stopped. */
export type DebugAction =
  | { readonly kind: PlainAction }
  | { readonly kind: "move"; readonly movement: Movement; readonly direction: "forward" | "back" }
  | { readonly kind: "to-cursor"; readonly direction: "forward" | "back" }
  | { readonly kind: "cursor"; readonly by: number; readonly isPage?: true }
  | { readonly kind: "frame"; readonly by: number }
  | { readonly kind: "memory"; readonly pages: number };

interface KeyRow {
  readonly keys: readonly string[];
  readonly help: string;
  readonly action: DebugAction;
}

const move = (movement: Movement, direction: "forward" | "back" = "forward"): DebugAction => ({
  kind: "move",
  movement,
  direction,
});
const line = (kind: "into" | "over" | "out"): Movement => ({ kind, by: "line" });
const INSTRUCTION: Movement = { kind: "into", by: "instruction" };

/** A key, and with Shift the same movement backwards. */
function bothWays(
  keys: readonly string[],
  back: readonly string[],
  help: string,
  movement: Movement,
): KeyRow[] {
  const [key = ""] = keys;
  return [
    { keys, help, action: move(movement) },
    { keys: [key.toUpperCase(), ...back], help: "", action: move(movement, "back") },
  ];
}

/** All keys, with a help text for each that is listed. */
const KEYS: readonly KeyRow[] = [
  ...bothWays(["c", "f5"], ["shift+f5"], "continue", { kind: "continue" }),
  ...bothWays(["s", "f11"], [], "step into", line("into")),
  ...bothWays(["n", "f10"], ["shift+f10"], "step over (next)", line("over")),
  ...bothWays(["o", "shift+f11"], [], "step out", line("out")),
  ...bothWays(["i"], [], "one instruction", INSTRUCTION),
  ...bothWays(["y"], [], "one cycle", { kind: "cycles", count: 1 }),
  ...bothWays(["f"], [], "one frame", { kind: "frame" }),
  ...bothWays(["l"], [], "one line of the picture", { kind: "scanline" }),
  ...bothWays(["v"], [], "to the next NMI (vertical blank)", { kind: "nmi" }),
  { keys: ["t"], help: "to the cursor", action: { kind: "to-cursor", direction: "forward" } },
  { keys: ["T"], help: "", action: { kind: "to-cursor", direction: "back" } },
  { keys: ["space", "f9"], help: "breakpoint at the cursor", action: { kind: "toggle-breakpoint" } },
  { keys: ["up", "k"], help: "cursor up", action: { kind: "cursor", by: -1 } },
  { keys: ["down", "j"], help: "cursor down", action: { kind: "cursor", by: 1 } },
  { keys: ["page_up"], help: "a page up", action: { kind: "cursor", by: -1, isPage: true } },
  { keys: ["page_down"], help: "a page down", action: { kind: "cursor", by: 1, isPage: true } },
  { keys: [".", "home"], help: "cursor to the program", action: { kind: "here" } },
  { keys: ["d"], help: "source or instructions", action: { kind: "toggle-mode" } },
  { keys: ["left"], help: "inner routine of the stack", action: { kind: "frame", by: -1 } },
  { keys: ["right"], help: "outer routine of the stack", action: { kind: "frame", by: 1 } },
  { keys: ["w"], help: "watch an expression, or no longer", action: { kind: "watch" } },
  { keys: ["m"], help: "show memory", action: { kind: "memory-at" } },
  { keys: ["["], help: "memory back", action: { kind: "memory", pages: -1 } },
  { keys: ["]"], help: "memory ahead", action: { kind: "memory", pages: 1 } },
  { keys: [":", "/", "enter"], help: "command or expression", action: { kind: "command" } },
  { keys: ["z"], help: "large picture while running", action: { kind: "zoom" } },
  { keys: ["?", "h", "f1"], help: "help", action: { kind: "help" } },
  // Not Escape: it stops a running game, which a breakpoint may have stopped just before.
  { keys: ["q"], help: "leave the debugger", action: { kind: "leave" } },
];

const ACTIONS = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)));

/** The action of a key; undefined if it has none. */
export function debugAction(event: KeyEvent): DebugAction | undefined {
  if (event.kind === "release" || event.control || event.alt) return undefined;
  const typed = event.key === "space" ? "space" : typedText(event);
  return ACTIONS.get(typed ?? `${event.shift ? "shift+" : ""}${event.key}`);
}

/** The help, in lines. */
export function debugKeysHelp(): readonly string[] {
  const rows = KEYS.filter(({ help }) => help !== "").map(
    ({ keys, help }) =>
      `${keys
        .map((key) => (key === " " ? "space" : key))
        .join(" ")
        .padEnd(14)} ${help}`,
  );
  return [
    "With Shift, c s n o i y f l v t go backwards.",
    ...rows,
    "",
    "While the game runs, keys play it; Escape stops it.",
    ": help lists the commands. Ctrl+Q quits emu.",
  ];
}
