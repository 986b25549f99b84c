import { describe, expect, test } from "bun:test";
import { skipCondition } from "../../.ci/skips.ts";

const SOURCE = `import { test } from "bun:test";
test.skipIf(!HAS_A)("one", () => {});
describe.skipIf(Bun.which("b") === null)("group", () => {
  beforeAll(() => {});
  test("two", () => {});
  test.if(process.getuid?.() === 0)("three", () => {});
  test.skipIf(!HAS_C)(
    "four",
    () => {},
  );
});
`;

describe("the condition that skips a test", () => {
  test.each([
    [2, "!HAS_A"],
    [5, 'Bun.which("b") === null'],
    [6, "not process.getuid?.() === 0"],
    [8, "!HAS_C"],
    [1, undefined],
  ])("at line %i is %p", (line, condition) => {
    expect(skipCondition(SOURCE, line)).toBe(condition);
  });

  test.each([
    ["is always skipped", 'test.skip("later", () => {});\n', 1],
    ["follows a group that is skipped", `${SOURCE}test("five", () => {});\n`, 12],
    ["is always skipped in a group", SOURCE.replace("test(", "test.skip("), 5],
  ])("is missing for a test that %s", (_, source, line) => {
    expect(skipCondition(source, line)).toBeUndefined();
  });
});
