import { expect, test } from "bun:test";
import { readable } from "../../../src/io/conform/screen.ts";

test.each([
  "1 Player Story\n1 Player Solitaire\n(Press Select for details)",
  "LJ65 ACTION PUZZLE GAME\n2009 DAMIAN YERRICK\nNO WARRANTY.",
  "01-basics\n\nPassed",
  "APU TEST\n$04 $02\nFAILED: #3",
])("words are a text: %j", (text) => {
  expect(readable(text)).toBe(text);
});

test.each([
  "! \"# $ % &; '( )*+'(, ,\nHIJKLM\nJK NOOOOOOP\nO QORSTUVWOX\na f aObcdcdeOf\ng n gOhijklmOn",
  '12341225167512341225\n89\n:;<=>?\n#$"@A!" BC %&\'',
  "IJKLM KNNKJO P| RSTU\nVWXYZ [\\\\[W] ^} `abc\ndefghijk lmnopqrs",
  "AAAA AAAA BBBB\nABABAB @@@@@",
  "",
])("tiles of a picture are none: %j", (text) => {
  expect(readable(text)).toBe("");
});
