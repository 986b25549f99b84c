import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIBRARY_ROM } from "../../support/library-game.ts";
import { McpClient, startMcpHttp } from "../../support/mcp.ts";

const TOKEN = "0123456789abcdefghij";
const folder = mkdtempSync(join(tmpdir(), "emu-mcp-http-"));
writeFileSync(join(folder, "presses.nes"), LIBRARY_ROM);
cpSync(join(import.meta.dir, "../../../roms/test-card.nes"), join(folder, "card.nes"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("emu mcp --http", () => {
  let service: { url: string; stop(): Promise<number> };
  beforeAll(async () => {
    service = await startMcpHttp(["--root", folder, "--token", TOKEN, "--sessions", "2"]);
  });
  afterAll(() => service.stop());

  const headers = { accept: "application/json, text/event-stream", "content-type": "application/json" };
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
  };
  const post = (more: Record<string, string>, body: unknown = initialize) =>
    fetch(service.url, {
      method: "POST",
      headers: { ...headers, ...more },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const authorization = `Bearer ${TOKEN}`;

  test.each([
    [{ authorization, host: "example.org" }, 403, "use the IP address or localhost"],
    [{ authorization, origin: "http://example.org" }, 403, "use the IP address or localhost"],
    [{}, 401, "Authorization"],
    [{ authorization: "Bearer wrong" }, 401, "Authorization"],
    [{ authorization, "mcp-session-id": "none" }, 404, "no such session"],
  ])("%j is rejected", async (more, status, text) => {
    const response = await post(more as Record<string, string>);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(text)]);
  });

  test("a request that does not start a session is rejected", async () => {
    for (const [body, status] of [
      ["{", 400],
      ["[]", 400],
      [{ jsonrpc: "2.0", id: 1, method: "tools/list" }, 400],
      ["x".repeat(1024 * 1024 + 1), 413],
    ] as const)
      expect((await post({ authorization }, body)).status).toBe(status);
    expect(
      (await fetch(service.url, { headers: { authorization, accept: "text/event-stream" } })).status,
    ).toBe(400);
    expect((await fetch(new URL("/", service.url))).status).toBe(404);
  });

  test("each session has its own machine, up to the limit", async () => {
    const [one, two] = [await McpClient.http(service.url, TOKEN), await McpClient.http(service.url, TOKEN)];
    await one.facts("load", { rom: "presses.nes" });
    expect((await two.call("play", { inputs: [{ frames: 1 }] })).text).toContain("no game is loaded");
    await two.facts("load", { rom: "card.nes" });
    await one.facts("play", { inputs: [{ frames: 9 }] });
    expect((await two.facts("load")).frame).toBe(0);
    expect((await post({ authorization })).status).toBe(503);
    await Promise.all(
      [one, two].map(async ({ client }) => {
        await (client.transport as { terminateSession?(): Promise<void> }).terminateSession?.();
        await client.close();
      }),
    );
    const third = await McpClient.http(service.url, TOKEN);
    for (const rom of ["swingby", "test-card"])
      expect(await third.facts("load", { rom })).toMatchObject({ frame: 0 });
    await third.close();
  });
});
