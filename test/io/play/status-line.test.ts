import { expect, test } from "bun:test";
import { drawStatusRow, type StatusRow } from "../../../src/io/play/status-line.ts";
import { TextScreen } from "../../../src/io/terminal/text-screen.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

const PLAYING: StatusRow = {
  states: [],
  parts: ["Swingby"],
  isAlert: false,
  corner: ["slot 3", "F1 menu"],
};
const KEYS = ["Z = B", "X = A", "Enter = Start", "arrows or WASD = move"];
const LONG = `/home/player/captures/${"x".repeat(70)}.png`;

async function row(content: StatusRow, columns: number): Promise<string> {
  const screen = new TextScreen(columns, 2, "true");
  drawStatusRow(screen, 1, content);
  const terminal = new VirtualTerminal(columns, 2);
  await terminal.write(screen.encode());
  return terminal.text(1);
}

test("the line names the game at the left, the slot and the menu's key at the right", async () => {
  const text = await row(PLAYING, 80);
  expect(text).toHaveLength(80);
  expect(text).toMatch(/^ Swingby +slot 3 {3}F1 menu $/);
});

test.each([
  [80, / Z = B {3}X = A {3}Enter = Start {3}arrows or WASD = move {2,}slot 3 {3}F1 menu $/],
  [60, /^ Z = B {3}X = A {3}Enter = Start {2,}slot 3 {3}F1 menu $/],
  [20, /^ Z = B +F1 menu $/],
  [10, /^ Z = B *$/],
  [4, /^ Z …$/],
])("in %d columns the keys that play are not cut in the middle", async (columns, expected) => {
  expect(await row({ ...PLAYING, parts: KEYS }, columns)).toMatch(expected);
});

test.each([80, 60, 40])("a notice of any length hides no state in %d columns", async (columns) => {
  const states = ["● REC", "‖ paused"];
  for (const notice of ["volume 70 %", LONG]) {
    const text = await row({ ...PLAYING, states, parts: [notice], isAlert: true }, columns);
    expect(text).toStartWith(" ● REC  ‖ paused   ");
    // A path keeps its file's name.
    expect(text).toContain(notice.slice(-10));
  }
});
