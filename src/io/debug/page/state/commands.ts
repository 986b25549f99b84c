import { ask, isRunning, PANELS, showsSource, store, togglePanel } from "./model.ts";

/** Something that a key or a button does. */
export interface UserCommand {
  readonly name: string;
  /** `KeyboardEvent.key` values, "Shift+" before them if needed. */
  readonly keys: readonly string[];
  /** True if the program must be stopped. */
  readonly needsStop: boolean;
  run(): void;
}

type Steps = "continue" | "into" | "over" | "out" | "frame" | "nmi" | "scanline" | "cycles";

/** Starts a movement. In the source, steps go by lines, else by instructions. */
function move(kind: Steps, back = false): void {
  const by = showsSource(store.value) ? "line" : "instruction";
  void ask("move", { kind, by, back });
}

function toggleRunning(): void {
  if (isRunning()) void ask("pause");
  else move("continue");
}

function command(name: string, keys: string[], needsStop: boolean, run: () => void): UserCommand {
  return { name, keys, needsStop, run };
}

/** Focuses the first of these that the page has. */
function focus(...selectors: readonly string[]): void {
  const found = selectors.map((selector) => document.querySelector<HTMLElement>(selector));
  found.find((element) => element !== null)?.focus();
}

/** Movements: with Shift, the same key goes backwards. */
export const MOVEMENTS = {
  run: command("Continue or pause", ["C", "F5"], false, toggleRunning),
  over: command("Step over", ["N", "F10"], true, () => move("over")),
  into: command("Step into", ["S", "F11"], true, () => move("into")),
  out: command("Step out", ["O", "Shift+F11"], true, () => move("out")),
  cycle: command("One cycle", ["Y"], true, () => move("cycles")),
  scanline: command("To the next line of the picture", ["L"], true, () => move("scanline")),
  frame: command("To the next frame", ["F"], true, () => move("frame")),
  nmi: command("To the next NMI", ["V"], true, () => move("nmi")),
  runBack: command("Continue backwards", ["Shift+C", "Shift+F5"], true, () => move("continue", true)),
  overBack: command("Step over backwards", ["Shift+N"], true, () => move("over", true)),
  intoBack: command("Step into backwards", ["Shift+S"], true, () => move("into", true)),
  outBack: command("Back to the call", ["Shift+O"], true, () => move("out", true)),
  cycleBack: command("One cycle backwards", ["Shift+Y"], true, () => move("cycles", true)),
  scanlineBack: command("To the line before", ["Shift+L"], true, () => move("scanline", true)),
  frameBack: command("To the frame before", ["Shift+F"], true, () => move("frame", true)),
  nmiBack: command("To the NMI before", ["Shift+V"], true, () => move("nmi", true)),
} as const;

/** All commands with a key. Those of the code and memory panels work while these have the focus. */
export const COMMANDS: readonly UserCommand[] = [
  ...Object.values(MOVEMENTS),
  command("Go to an address or name", ["G"], false, () => focus("#goto")),
  command("Focus the code", ["K"], false, () => focus("#code")),
  command("Focus the game's picture", ["P"], false, () => focus("#screen")),
  command("Focus the memory", ["M"], false, () => focus("#memory")),
  command("Focus the history", ["H"], false, () => focus("#history")),
  command("Add a watch", ["W"], false, () => focus("#add-watch")),
  // Events have no place.
  command("Add a breakpoint", ["B"], false, () => focus("#breakpoint-place", "#add-breakpoint")),
  command("Show the keys", ["?"], false, () => store.set({ isHelpOpen: true })),
  ...PANELS.map((panel, index) =>
    command(`Open or close ${panel}`, [String(index + 1)], false, () => togglePanel(panel)),
  ),
];

/** The command of a key that was pressed outside of inputs. Function keys work everywhere. */
export function commandOf({ key, shiftKey }: KeyboardEvent): UserCommand | undefined {
  const name = key.length === 1 ? key.toUpperCase() : key;
  const isLetter = /^[A-Z]$/.test(name) || key.length > 1;
  const pressed = shiftKey && isLetter ? `Shift+${name}` : name;
  return COMMANDS.find(({ keys }) => keys.includes(pressed));
}
