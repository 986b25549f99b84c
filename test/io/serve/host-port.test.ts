import { describe, expect, test } from "bun:test";
import { parseHostPort, parseServerAddress } from "../../../src/io/serve/host-port.ts";

describe("an address", () => {
  test.each([
    ["localhost:1", "localhost", 1],
    ["[::1]:65535", "::1", 65_535],
  ])("%s", (text, host, port) => {
    expect(parseHostPort(text, "")).toEqual({ host, port });
    expect(parseServerAddress(text, "")).toEqual({ host, port });
  });

  test.each(["", "localhost", ":1", "::1:1", "a:b", "a:65536", "a:-1", "a:1 "])("not %p", (text) => {
    expect(() => parseHostPort(text, "--bind")).toThrow("is not HOST:PORT");
  });

  test("with port 0 is for listening only", () => {
    expect(parseHostPort("localhost:0", "--bind").port).toBe(0);
    expect(() => parseServerAddress("localhost:0", "<address>")).toThrow("no server has port 0");
  });
});
