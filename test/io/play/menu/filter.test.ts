import { expect, test } from "bun:test";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import { TextScreen } from "../../../../src/io/terminal/text-screen.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

test("a page with a filter has it below the title and an empty line", async () => {
  const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
  let text = "";
  let labels = ["a", "b"];
  menu.open({
    title: "games",
    picture: () => undefined,
    noPicture: "no picture yet",
    entries: () => labels.map((label) => ({ label })),
    filter: {
      get text() {
        return text;
      },
      set: (next: string) => {
        text = next;
      },
    },
  });
  const rows = async () => {
    const screen = new TextScreen(80, 24, "true");
    menu.draw(screen);
    const terminal = new VirtualTerminal(80, 24);
    await terminal.write(screen.encode());
    return Array.from({ length: 24 }, (_, row) => terminal.text(row).trim());
  };
  expect((await rows()).slice(0, 5)).toEqual(["games", "", "type to find a game", "a", "b"]);
  menu.handle({ key: "q", kind: "press", shift: false, alt: false, control: false, typed: "q" });
  labels = [];
  const empty = await rows();
  expect(empty.slice(1, 5)).toEqual(["", "Find: q_", "nothing found", ""]);
  expect(empty.join("\n")).not.toContain("no picture yet");
});
