import { resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { builtInFor } from "../files/roms/built-in-game.ts";
import type { RomLoadOptions } from "../files/roms/rom-file.ts";
import { loadCartridge } from "../library/load.ts";
import { checkedHostPort } from "../serve/host-port.ts";
import { checkTokenStrength, TokenGate } from "../serve/token-gate.ts";
import type { Log } from "../shared/log.ts";
import { McpHttpServer } from "./http-server.ts";
import { RootFolder } from "./root-folder.ts";
import { createMcpServer } from "./server.ts";
import { McpSession } from "./session.ts";
import { StdioTransport } from "./stdio-transport.ts";

export interface McpServiceOptions {
  /** The ROM that sessions begin with. Without it, an agent has to load one. */
  readonly rom?: string;
  /** The folder that tools read and write files in. */
  readonly root: string;
  readonly nes: NesOptions;
  readonly load: RomLoadOptions;
  /** HOST:PORT for HTTP; without it, standard input and output are used. */
  readonly http?: string;
  readonly token?: string;
  readonly sessions: number;
  readonly log: Log;
  readonly onError: (error: unknown) => void;
}

/** A running service. */
export interface McpService {
  /** The address, if it serves HTTP. */
  readonly url?: string;
  /** Resolves when the client has closed standard input; never for HTTP. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts `emu mcp`. Throws `InputError` if the ROM, the folder or the address cannot be used. */
export async function startMcp(options: McpServiceOptions): Promise<McpService> {
  const { http, token, nes, load } = options;
  if (token !== undefined) checkTokenStrength(token, "--token");
  if (token !== undefined && http === undefined)
    throw new InputError("usage", "a token is for HTTP clients", "--token", "add --http");
  const root = await RootFolder.open(options.root);
  const cartridge =
    options.rom === undefined ? undefined : await loadCartridge(await wholePath(options.rom), load);
  const createSession = (): McpSession => {
    const session = new McpSession({ root, nes, load, onBug: options.onError });
    if (cartridge !== undefined) session.insert(cartridge);
    return session;
  };
  if (http === undefined) return serveStandardStreams(createSession(), options.onError);
  const server = new McpHttpServer({
    ...(await checkedHostPort(http, "--http", token !== undefined)),
    sessions: options.sessions,
    gate: new TokenGate(token?.trim()),
    log: options.log,
    createSession,
    onError: options.onError,
  });
  return { url: server.url, ended: new Promise(() => {}), close: () => server.close() };
}

async function serveStandardStreams(
  session: McpSession,
  onError: (error: unknown) => void,
): Promise<McpService> {
  const transport = new StdioTransport(process.stdin, process.stdout, () => session.end());
  const server = createMcpServer(session);
  server.server.onerror = onError;
  await server.connect(transport);
  return {
    // A tool whose request was cancelled is given the time to clean up.
    ended: transport.ended.then(() => session.exclusive(async () => {})),
    close: () => server.close(),
  };
}

/** The path from the root of the file system; the name of a game that comes with emu stays. */
async function wholePath(rom: string): Promise<string> {
  return (await builtInFor(rom)) ?? resolve(rom);
}
