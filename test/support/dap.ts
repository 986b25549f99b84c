import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { DebugClient } from "@vscode/debugadapter-testsupport";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { DapServer } from "../../src/io/debug/dap/dap-server.ts";
import { gameSource } from "../../src/io/debug/dap/game-source.ts";

/** A server in this process, for the clients of one test. */
export async function dapServer(
  program?: string,
  isTokenRight?: (token: string) => boolean,
): Promise<{ server: DapServer; rejected: string[] }> {
  const rejected: string[] = [];
  const server = await DapServer.listen({
    host: "127.0.0.1",
    port: 0,
    source: gameSource({ program, load: {}, machine: {} }),
    isTokenRight,
    onRejected: (_address, why) => rejected.push(why),
  });
  return { server, rejected };
}

/** A client of Microsoft's test library, connected and initialized. */
export class TestClient extends DebugClient {
  constructor() {
    super("", "", "emu");
    this.defaultTimeout = 60_000;
  }

  static async connect(port: number): Promise<TestClient> {
    const client = new TestClient();
    await client.start(port);
    client.defaultTimeout = 60_000;
    await client.initializeRequest();
    return client;
  }

  /** Talks to an adapter on its standard input and output. */
  attachTo(output: Readable, input: Writable): void {
    this.connect(output, input);
  }

  /** Launches a game that runs at full speed; `configure` sets breakpoints before it starts. */
  async launchGame(args: object, configure: () => Promise<unknown> = async () => undefined): Promise<void> {
    const initialized = this.waitForEvent("initialized");
    await this.launchRequest({ speed: 0, ...args } as DebugProtocol.LaunchRequestArguments);
    await initialized;
    await configure();
    await this.configurationDoneRequest();
  }

  /** Sends a request that moves the program. Returns the body of the event that reports its stop. */
  async stopAfter(request: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent["body"]> {
    const stopped = this.waitForEvent("stopped");
    await request();
    return ((await stopped) as DebugProtocol.StoppedEvent).body;
  }

  async frames(): Promise<DebugProtocol.StackFrame[]> {
    return (await this.stackTraceRequest({ threadId: 1 })).body.stackFrames;
  }

  /** `routine:line` of the innermost frames. */
  async where(count = 1): Promise<string> {
    const frames = (await this.frames()).slice(0, count);
    return frames.map(({ name, line }) => `${name}:${line}`).join(" < ");
  }

  async repl(expression: string): Promise<string> {
    return (await this.evaluateRequest({ expression, context: "repl" })).body.result;
  }
}

/** A connection without a client library, for bytes that no client sends. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}
