import { expect, test } from "bun:test";
import { PLAY_CHOICE_DIPS, PLAY_CHOICE_SWITCH_NAMES } from "../../../src/emu/nes/playchoice/dip-switches.ts";
import { changeDips, dipDigits, dipTexts } from "../../../src/io/shared/dip-texts.ts";
import { inputErrorOf } from "../../support/input-errors.ts";

test.each([5, 8, 16])("all of %i switches are given as digits, as the error says", (switchCount) => {
  const coins = { switches: [], switchCount };
  const { remedy } = inputErrorOf(() => changeDips(0, "nonsense", coins));
  const [, count, digits = ""] = /give (\d+) digits, as in ([01]+)/.exec(remedy)!;
  expect(count).toBe(`${switchCount}`);
  const dips = changeDips(0, digits, coins);
  expect(dipDigits(dips, coins)).toBe(digits);
});

test("a switch with many choices is described by their pattern, which names the first and the last", () => {
  const [prices = "", sounds = ""] = dipTexts(PLAY_CHOICE_SWITCH_NAMES, PLAY_CHOICE_DIPS);
  expect(prices.length).toBeLessThan(150);
  expect(prices).toStartWith("units-per-coin: [300/0], slot 1/slot 2: 300/0, ");
  const labels = PLAY_CHOICE_SWITCH_NAMES[0]!.choices.map(({ label }) => label);
  const named = prices.match(/\d+\/\d+/g) ?? [];
  expect(named.filter((label) => !labels.includes(label))).toEqual([]);
  for (const slot1 of [150, 300]) {
    const units = labels
      .filter((label) => label.startsWith(`${slot1}/`))
      .map((label) => Number(label.slice(4)));
    for (const end of [Math.min(...units), Math.max(...units)]) expect(named).toContain(`${slot1}/${end}`);
  }
  expect(sounds).toBe("demo-sounds: [on], off");
});
