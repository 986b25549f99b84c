import { describe, expect, test } from "bun:test";
import { parseFarmAddress, withoutPassword } from "../../../../src/io/conform/farm/address.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";

describe("an address of a farm", () => {
  test.each([
    ["redis://farm", "redis://farm", []],
    ["redis://farm:7000/3", "redis://farm:7000/3", []],
    ["redis://:secret@farm", "redis://:secret@farm", ["secret"]],
    ["redis://me:s%40%2Fcret@[::1]:7", "redis://me:s%40%2Fcret@[::1]:7", ["me", "s@/cret"]],
    ["rediss://me:secret@farm", "rediss://me:secret@farm", ["me", "secret"]],
    ["redis+unix:///tmp/s", "redis+unix://localhost/tmp/s", []],
    ["redis+unix://:secret@/tmp/s", "redis+unix://:secret@localhost/tmp/s", ["secret"]],
    [
      "redis+unix://me:secret@localhost/tmp/a@b",
      "redis+unix://me:secret@localhost/tmp/a@b",
      ["me", "secret"],
    ],
  ] as const)("%s", (text, clientUrl, login) => {
    const address = parseFarmAddress(text, {});
    expect([address.clientUrl, address.login] as unknown[]).toEqual([clientUrl, login as unknown]);
    expect(address.shown).not.toContain("cret");
  });

  test("takes a password from the environment if it has none", () => {
    const env = { EMU_FARM_PASSWORD: "a b@c" };
    expect(parseFarmAddress("redis://farm", env).clientUrl).toBe("redis://:a%20b%40c@farm");
    expect(parseFarmAddress("redis://me@farm", env).login).toEqual(["me", "a b@c"]);
    expect(parseFarmAddress("redis+unix:///tmp/s", env).clientUrl).toBe(
      "redis+unix://:a%20b%40c@localhost/tmp/s",
    );
    expect(parseFarmAddress("redis://:other@farm", env).login).toEqual(["other"]);
  });

  test.each([
    "http://farm",
    "redis://",
    "redis://:secret",
    "redis://:se/cret@farm",
    "redis://me:se/cret@farm:1",
    "redis://:secret%zz@farm",
    "redis://:secret@farm:port",
    "redis://:secret@farm/zero",
    "redis+unix://:secret@",
    "redis+unix://:secret@/",
    "redis+unix://:secret@farm/tmp/s",
    "redis+unix://:sec/ret@/tmp/s",
    "redis://:secret\n@",
  ])("%j is rejected, and its password not shown", (text) => {
    const error = inputErrorOf(() => parseFarmAddress(text, {}));
    expect(error.kind).toBe("usage");
    for (const part of [error.message, error.where, error.remedy]) expect(part).not.toMatch(/se\/?c|ret@/);
  });
});

test("logs have no password of an address", () => {
  for (const text of [
    "redis://:s@cret@farm",
    "rediss://me:s/cret@farm",
    "redis+unix://:scret@/tmp/s",
    "redis://:cret",
  ])
    expect(withoutPassword(text)).not.toContain("cret");
});
