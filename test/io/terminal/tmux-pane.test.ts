import { describe, expect, test } from "bun:test";
import { parsePane } from "../../../src/io/terminal/tmux-pane.ts";

describe("parsePane", () => {
  test.each([
    ["a pane alone, status line below", "0 0 on bottom  \n", { left: 0, top: 0 }],
    ["status line above", "0 0 on top  \n", { left: 0, top: 1 }],
    ["three lines of status above", "0 0 3 top  \n", { left: 0, top: 3 }],
    ["the right lower of four panes", "41 13 on bottom  \n", { left: 41, top: 13 }],
    ["no status line", "41 13 off top  \n", { left: 41, top: 13 }],
    ["a window larger than the terminal, moved", "50 20 on bottom 30 12\n", { left: 20, top: 8 }],
    ["nothing", "\n", undefined],
  ])("reads %s", (_, answer, place) => {
    expect(parsePane(answer)).toEqual(place as { left: number; top: number });
  });
});
