import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import manifest from "../../../package.json" with { type: "json" };
import { addPrompts } from "./prompts.ts";
import { addResources } from "./resources.ts";
import type { McpSession } from "./session.ts";
import { addDebugTools } from "./tools/debug-tools.ts";
import { addGameTools } from "./tools/game-tools.ts";
import { addMemoryTools } from "./tools/memory-tools.ts";
import { addPlayTools } from "./tools/play-tools.ts";
import { addSeeTools } from "./tools/see-tools.ts";
import { addTestTools } from "./tools/test-tools.ts";

const INSTRUCTIONS = `An NES that you play, watch and debug. It stands still between calls, and is deterministic: the same input gives the same result. Load a game, play frames, see the screen. Save states before you try something. Addresses are numbers, "$0300", or names of symbols. Errors say what to do next.`;

/** Limit on array elements and members of a call: as many as the largest valid call has. */
const MAX_INPUT_ELEMENTS = 16_384;

/** A Model Context Protocol server whose tools work on `session`. Connect it to a transport. */
export function createMcpServer(session: McpSession): McpServer {
  const server = new McpServer(
    { name: "emu", title: "emu, an NES", version: manifest.version },
    { instructions: INSTRUCTIONS, maxToolInputElements: MAX_INPUT_ELEMENTS },
  );
  const box = { server, session };
  addGameTools(box);
  addPlayTools(box);
  addSeeTools(box);
  addMemoryTools(box);
  addDebugTools(box);
  addTestTools(box);
  addResources(server, session);
  addPrompts(server);
  return server;
}
