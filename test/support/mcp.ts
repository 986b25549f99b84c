import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

const MAIN = join(import.meta.dir, "../../src/cli/main.ts");

/** A tool's answer. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** The text, and its contents if it is JSON. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each tool has facts of its own
  readonly facts: any;
  /** PNG files. */
  readonly pictures: readonly Uint8Array[];
}

/** A client of `emu mcp`, made with the SDK. */
export class McpClient {
  readonly client = new Client({ name: "test", version: "1.0.0" });

  private constructor() {}

  static async connect(transport: Transport): Promise<McpClient> {
    const mcp = new McpClient();
    await mcp.client.connect(transport);
    return mcp;
  }

  /** Starts `emu mcp` with these arguments and uses its standard streams. */
  static stdio(argv: readonly string[]): Promise<McpClient> {
    const args = [MAIN, "mcp", ...argv];
    return McpClient.connect(
      new StdioClientTransport({ command: process.execPath, args, stderr: "inherit" }),
    );
  }

  /** Opens a session at an address. */
  static http(url: string, token?: string): Promise<McpClient> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return McpClient.connect(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as Transport,
    );
  }

  async call(name: string, parameters: Record<string, unknown> = {}): Promise<ToolAnswer> {
    const result = await this.client.callTool({ name, arguments: parameters });
    const content = result.content as readonly { type: string; text?: string; data?: string }[];
    const text = content.find(({ type }) => type === "text")?.text ?? "";
    const pictures = content
      .filter(({ type }) => type === "image")
      .map(({ data = "" }) => Uint8Array.fromBase64(data));
    let facts: unknown;
    try {
      facts = JSON.parse(text);
    } catch {
      facts = undefined;
    }
    return { isError: result.isError === true, text, facts, pictures };
  }

  /** The facts of a call that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: each tool has facts of its own
  async facts(name: string, parameters: Record<string, unknown> = {}): Promise<any> {
    const { isError, text, facts } = await this.call(name, parameters);
    if (isError) throw new Error(`${name}: ${text}`);
    return facts;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** `emu mcp --http` in a separate process. */
export async function startMcpHttp(
  argv: readonly string[],
): Promise<{ url: string; stop(): Promise<number> }> {
  const child = Bun.spawn([process.execPath, MAIN, "mcp", "--http", "127.0.0.1:0", "--json", ...argv], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("emu mcp did not start");
    text += new TextDecoder().decode(value);
  }
  return {
    url: JSON.parse(text).http,
    stop: () => {
      child.kill("SIGTERM");
      return child.exited;
    },
  };
}
