import { afterAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { MessageGuard } from "../../../../src/io/debug/dap/message-guard.ts";
import { dapServer, rawConnection, TestClient } from "../../../support/dap.ts";
import { LIBRARY_ROM } from "../../../support/library-game.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-dap-"));
const program = join(folder, "game.nes");
await Bun.write(program, LIBRARY_ROM);
afterAll(() => rmSync(folder, { recursive: true }));

/** Sends bytes that are not the server's protocol. The server closes the connection; returns its reason. */
async function rejection(bytes: string): Promise<string | undefined> {
  const { server, rejected } = await dapServer(program);
  const socket = await rawConnection(server.port);
  socket.write(bytes);
  await once(socket, "close");
  await server.close();
  return rejected[0];
}

describe("--dap-listen", () => {
  test("gives each client its own game", async () => {
    const { server } = await dapServer(program);
    const clients = await Promise.all([TestClient.connect(server.port), TestClient.connect(server.port)]);
    for (const client of clients) await client.stopAfter(() => client.launchGame({ stopOnEntry: true }));
    const [first, second] = clients as [TestClient, TestClient];
    await first.stopAfter(() => first.repl("ahead frame"));
    await first.stopAfter(() => first.repl("ahead frame"));
    expect([await first.repl("frame"), await second.repl("frame")]).toEqual(["2 ($02)", "0 ($00)"]);
    await first.stop();
    await second.stopAfter(() => second.repl("ahead frame"));
    expect(await second.repl("frame")).toBe("1 ($01)");
    await second.stop();
    await server.close();
  });

  test("survives a client that dies while its game runs", async () => {
    const { server } = await dapServer(program);
    const client = await TestClient.connect(server.port);
    await client.launchGame({});
    (client as unknown as { _socket: { destroy(): void } })._socket.destroy();
    while (server.clients > 0) await Bun.sleep(1);
    const next = await TestClient.connect(server.port);
    await next.stopAfter(() => next.launchGame({ stopOnEntry: true }));
    expect(await next.repl("frame")).toBe("0 ($00)");
    await next.stop();
    await server.close();
  });

  test.each<[bytes: string, why: string]>([
    ["\u0000\u0001\u0002garbage", "this is not the Debug Adapter Protocol"],
    ["POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n", "this is not the Debug Adapter Protocol"],
    ["Content-Length: 99999999\r\n\r\n", "a message has 99999999 bytes"],
    ["Content-Length: 0\r\n\r\n", "a message has 0 bytes"],
    ["Content-Length: x\r\n\r\n", "a message has no Content-Length"],
    ["Content-Type: a\r\n\r\n", "a message has no Content-Length"],
    [`Content-Type: ${"a".repeat(2000)}`, "the header of a message is too long"],
    ...["null", "[]", "{bad}", "1", "{}", '{"type":"request"}', '{"type":"request","command":1}'].map(
      (body): [string, string] => [
        `Content-Length: ${body.length}\r\n\r\n${body}`,
        "a message is not a request of the Debug Adapter Protocol",
      ],
    ),
  ])("drops who sends %j", async (bytes, why) => {
    expect(await rejection(bytes)).toBe(why);
  });

  test("disconnects a client that sends anything but JSON", async () => {
    const { server } = await dapServer(program);
    const socket = await rawConnection(server.port);
    socket.write("Content-Length: 3\r\n\r\n{x}");
    socket.resume();
    await once(socket, "close");
    expect(server.clients).toBe(0);
    await server.close();
  });

  test("takes plain addresses as data, and names data IDs that are invalid", async () => {
    const { server } = await dapServer(program);
    const client = await TestClient.connect(server.port);
    await client.stopAfter(() => client.launchGame({ stopOnEntry: true }));
    const info = async (name: string): Promise<string | null> =>
      (await client.customRequest("dataBreakpointInfo", { name })).body.dataId;
    expect(await Promise.all(["$0304", "0x304", "772", "[$0304]"].map(info))).toEqual(
      Array(4).fill("cpu:0x0304+1"),
    );
    expect(await Promise.all(["$10000", "65536", "1 + 1", "a", "ppu[$4000]", "oam[256]"].map(info))).toEqual(
      Array(6).fill(null),
    );
    const breakpoints = ["nonsense", "cpu:0x0304", "xyz:1+1", "cpu:0xFFFF+2"].map((dataId) => ({ dataId }));
    const { body } = await client.customRequest("setDataBreakpoints", { breakpoints });
    expect(body.breakpoints).toEqual([
      { verified: false, message: "nonsense is not a data ID (such as cpu:0x0300+1)" },
      { verified: false, message: "cpu:0x0304 is not a data ID (such as cpu:0x0300+1)" },
      { verified: false, message: "memory reference xyz:1 (such as 0x0300 or ppu:0x2000)" },
      { verified: false, message: "nothing accesses cpu:0xFFFF+2" },
    ]);
    await client.stop();
    await server.close();
  });

  test("requires the token", async () => {
    const { server } = await dapServer(program, (token) => token === "right");
    const client = await TestClient.connect(server.port);
    await expect(client.launchRequest({ token: "wrong" } as never)).rejects.toThrow(
      "token: the token is missing or wrong",
    );
    await expect(client.attachRequest({} as never)).rejects.toThrow("token");
    await expect(client.evaluateRequest({ expression: "a" })).rejects.toThrow("no game is loaded");
    await client.stopAfter(() => client.launchGame({ token: "right", stopOnEntry: true }));
    await client.stop();
    await server.close();
  });

  test("limits the number of clients", async () => {
    const { server, rejected } = await dapServer(program);
    const sockets = await Promise.all(Array.from({ length: 8 }, () => rawConnection(server.port)));
    while (server.clients < 8) await Bun.sleep(1);
    const ninth = await rawConnection(server.port);
    await once(ninth, "close");
    expect(rejected).toEqual(["too many clients"]);
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
});

describe("the message guard", () => {
  const messages = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 });

  test("passes messages on, however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 50 }), async (texts, size) => {
        const encoded = texts
          .map((text) => JSON.stringify({ type: "request", command: text }))
          .map((text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
          .join("");
        const guard = new MessageGuard();
        const bytes = Buffer.from(encoded);
        for (let at = 0; at < bytes.length; at += size) guard.write(bytes.subarray(at, at + size));
        guard.end();
        let out = "";
        for await (const chunk of guard.setEncoding("latin1")) out += chunk;
        expect(out).toBe(bytes.toString("latin1"));
      }),
      { seed: 16, numRuns: 100 },
    );
  });
});
