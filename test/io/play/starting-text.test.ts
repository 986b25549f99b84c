import { expect, test } from "bun:test";
import { startingText } from "../../../src/io/play/starting-text.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

test.each([
  ["Swingby", 80, 24, 11, `${" ".repeat(36)}Swingby`],
  ["Río Bravo 漢字", 30, 9, 4, `${" ".repeat(8)}Río Bravo 漢字`],
  ["A Game with a Long Name", 12, 3, 1, " A Game wi…"],
  ["Bad\x1b[2JName", 40, 5, 2, /^ +\S*Bad.*Name$/],
])("%p is in the middle of %d × %d cells", async (name, columns, rows, row, text) => {
  const terminal = new VirtualTerminal(columns, rows);
  const window = { columns, rows, cellWidthPixels: 0, cellHeightPixels: 0 };
  await terminal.write("first line");
  await terminal.write(startingText(name, window));
  const shown = terminal.text(row).trimEnd();
  if (typeof text === "string") expect(shown).toBe(text);
  else expect(shown).toMatch(text);
  expect(terminal.text(0).trimEnd()).toBe(row === 0 ? shown : "first line");
});
