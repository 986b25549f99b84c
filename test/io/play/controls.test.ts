import { expect, test } from "bun:test";
import { Bindings } from "../../../src/io/input/bindings.ts";
import { Controls } from "../../../src/io/play/controls.ts";

test("buttons and devices are released when the window loses the focus", () => {
  const log: string[] = [];
  const controls = new Controls(new Bindings(), {
    setButtons: (word) => log.push(`buttons ${word}`),
    act: () => {},
    released: () => log.push("devices released"),
  });
  controls.handle({ kind: "text", text: "x" });
  controls.handle({ kind: "csi", text: "O" });
  expect(log).toEqual(["buttons 1", "buttons 0", "devices released"]);
});
