import { describe, expect, test } from "bun:test";
import { skipCondition, skippedTests } from "../../.ci/skips.ts";

const SOURCE = `import { test } from "bun:test";
test.skipIf(!HAS_A)("one", () => {});
describe.skipIf(Bun.which("b") === null)("group", () => {
  beforeAll(() => {});
  test("two", () => {});
  test.if(process.getuid?.() === 0)("three", () => {});
});
`;

describe("the condition that skips a test", () => {
  test.each([
    [2, "!HAS_A"],
    [5, 'Bun.which("b") === null'],
    [6, "not process.getuid?.() === 0"],
    [1, undefined],
  ])("at line %i is %p", (line, condition) => {
    expect(skipCondition(SOURCE, line)).toBe(condition);
  });

  test.each([
    ["is always skipped", 'test.skip("later", () => {});\n', 1],
    ["follows a group that is skipped", `${SOURCE}test("four", () => {});\n`, 8],
    ["is always skipped in a group", SOURCE.replace("test(", "test.skip("), 5],
  ])("is missing for a test that %s", (_, source, line) => {
    expect(skipCondition(source, line)).toBeUndefined();
  });
});

test("skipped tests are read from a report of Bun, without the hooks of their group", () => {
  const xml = `<testsuites tests="4" skipped="3"><testsuite name="a">
    <testcase name="(unnamed)" classname="g" file="test/a.test.ts" line="4"><skipped /></testcase>
    <testcase name="two" classname="g" file="test/a.test.ts" line="5">
      <skipped />
    </testcase>
    <testcase name="passes" classname="g" file="test/a.test.ts" line="6" assertions="1" />
    <testcase name="three" classname="g" file="test/a.test.ts" line="7">
      <skipped />
    </testcase></testsuite></testsuites>`;
  expect(skippedTests(xml)).toEqual([
    { file: "test/a.test.ts", line: 5, name: "two" },
    { file: "test/a.test.ts", line: 7, name: "three" },
  ]);
});
