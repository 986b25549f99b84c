import { expect, test } from "bun:test";
import { failedTests, junitCounts, skippedTests } from "../../.ci/junit.ts";

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

test("failed tests and counts are read from a report of Bun", () => {
  const xml = `<testsuites name="bun test" tests="3" failures="1" skipped="1" time="0.004">
    <testcase name="fails" classname="g" file="test/a.test.ts" line="2" assertions="1">
      <failure type="AssertionError" message="no">no</failure>
    </testcase>
    <testcase name="passes" classname="g" file="test/a.test.ts" line="3" assertions="1" />
    <testcase name="later" classname="g" file="test/a.test.ts" line="4"><skipped /></testcase></testsuites>`;
  expect(failedTests(xml)).toEqual([{ file: "test/a.test.ts", line: 2, name: "fails" }]);
  expect(junitCounts(xml)).toEqual({ passed: 1, failed: 1, skipped: 1 });
});

test("a crash is a failure of no test, so that it is never run again", () => {
  const xml = `<testsuites name="bun test" tests="2" failures="1" skipped="0" time="0.4">
    <testcase name="(worker crashed)" classname="" time="0" file="test/c.test.ts" assertions="0">
      <failure type="Error" message="worker process crashed before reporting results" />
    </testcase>
    <testcase name="passes" classname="g" file="test/a.test.ts" line="3" assertions="1" /></testsuites>`;
  expect(failedTests(xml)).toEqual([]);
  expect(junitCounts(xml)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});
