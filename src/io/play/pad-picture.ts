import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import { type BindingTable, describeTarget } from "../input/bindings.ts";
import { type DeviceNote, deviceNotes } from "../input/device-notes.ts";
import { keyLabels } from "../input/key-labels.ts";
import { fitParts } from "./fit-text.ts";
import { notesAsText } from "./menu/draw-notes.ts";

/** The pad, 69 columns wide. `PLACES` says where the keys of its buttons are written. */
const OUTLINE = [
  "╭───────────────────────────────────────────────────────────────────╮",
  "│                                                                   │",
  "│             ┌───┐                                                 │",
  "│             │ ▲ │                                                 │",
  "│         ┌───┘   └───┐          Select    Start      B        A    │",
  "│         │ ◀       ▶ │          ╭────╮   ╭────╮    ╭───╮    ╭───╮  │",
  "│         └───┐   ┌───┘          ╰────╯   ╰────╯    ╰───╯    ╰───╯  │",
  "│             │ ▼ │                                                 │",
  "│             └───┘                                                 │",
  "│                                                                   │",
  "╰───────────────────────────────────────────────────────────────────╯",
];

/** Where a button's keys are written: the column of the text's middle, end or beginning. */
interface Place {
  readonly button: string;
  readonly row: number;
  readonly column: number;
  readonly align: "middle" | "right" | "left";
  /** Columns for the text. */
  readonly room: number;
  /** Keys are written one below the other. */
  readonly isColumn?: true;
}

/** Columns of the list: it fits the narrowest usual window. */
const LIST_COLUMNS = 79;
/** The line in which the shell asks for the next command. */
const PROMPT_ROWS = 1;

const PLACES: readonly Place[] = [
  { button: "up", row: 1, column: 16, align: "middle", room: 24 },
  { button: "down", row: 9, column: 16, align: "middle", room: 24 },
  { button: "left", row: 5, column: 8, align: "right", room: 7 },
  { button: "right", row: 5, column: 24, align: "left", room: 8 },
  { button: "select", row: 7, column: 36, align: "middle", room: 11, isColumn: true },
  { button: "start", row: 7, column: 44, align: "middle", room: 9, isColumn: true },
  { button: "b", row: 7, column: 53, align: "middle", room: 8, isColumn: true },
  { button: "a", row: 7, column: 62, align: "middle", room: 9, isColumn: true },
];

/** A picture of player 1's pad with the keys of its buttons, one line of text each. */
function padPicture(bindings: BindingTable): string[] {
  const lines = OUTLINE.map((line) => [...line]);
  const write = (row: number, { column, align }: Place, text: string) => {
    const characters = [...text];
    const before = { left: 0, middle: characters.length >> 1, right: characters.length - 1 }[align];
    characters.forEach((character, i) => {
      lines[row]![column - before + i] = character;
    });
  };
  for (const place of PLACES) {
    const labels = keyLabels(bindings, place.button);
    const rows = place.isColumn === true ? linesOf(labels, place.room) : [fitParts(labels, " ", place.room)];
    rows.forEach((text, i) => {
      write(place.row + i, place, [...text].slice(0, place.room).join(""));
    });
  }
  return lines.map((line) => line.join(""));
}

/** At most three lines; the last one says how many keys have no room. */
function linesOf(labels: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const label of labels) {
    const longer = `${lines.at(-1) ?? ""} ${label}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(label);
  }
  return lines.length <= 3 ? lines : [...lines.slice(0, 2), "…"];
}

/**
 * All keys and what they do, also on `devices`: a picture of the pad, and a list of everything else in two
 * columns. In a window with too few rows for both, the list has the pad's keys too and there is no picture,
 * so that nothing scrolls away.
 */
export function describeKeys(
  bindings: BindingTable,
  windowRows = Number.POSITIVE_INFINITY,
  devices: DeviceSetup = {},
): string {
  const drawn = new Set(PLACES.map(({ button }) => button));
  const list = (isListed: (target: string) => boolean) => listOf(bindings, deviceNotes(devices), isListed);
  const whole = [...padPicture(bindings), "", ...list((target) => !drawn.has(target))];
  const lines = whole.length + PROMPT_ROWS <= windowRows ? whole : list(() => true);
  return `${lines.join("\n")}\n`;
}

function listOf(
  bindings: BindingTable,
  first: readonly DeviceNote[],
  isListed: (target: string) => boolean,
): string[] {
  const notes = Object.entries(bindings)
    .filter(([target, keys]) => isListed(target) && keys.length > 0)
    .map(([target]) => ({ keys: keyLabels(bindings, target), text: describeTarget(target) }));
  notes.unshift(...first.map(({ keys, text }) => ({ keys: [...keys], text })));
  return notes.length === 0 ? [] : notesAsText(notes, LIST_COLUMNS);
}
