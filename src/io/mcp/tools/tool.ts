import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import { errorAnswer } from "../answer.ts";
import type { McpSession } from "../session.ts";

/** A server with the session that its tools work on. */
export interface Toolbox {
  readonly server: McpServer;
  readonly session: McpSession;
}

interface ToolDescription<Shape extends z.ZodRawShape> {
  readonly title: string;
  readonly description: string;
  readonly input: Shape;
  /** True if it changes neither the game nor a file. */
  readonly readOnly?: boolean;
}

/**
 * Adds a tool. The calls of one session are carried out one after the other; an `InputError` becomes the
 * tool's answer. `signal` fires when the client cancels the call or leaves. A call that is cancelled before
 * its turn is not begun.
 */
export function addTool<Shape extends z.ZodRawShape>(
  { server, session }: Toolbox,
  name: string,
  { title, description, input, readOnly = false }: ToolDescription<Shape>,
  call: (parameters: z.infer<z.ZodObject<Shape>>, signal: AbortSignal) => Promise<CallToolResult>,
): void {
  const inputSchema = z.strictObject(input, {
    error: (issue) => unknownArguments(issue, Object.keys(input)),
  });
  const annotations = { title, readOnlyHint: readOnly, destructiveHint: false, openWorldHint: false };
  const run = (parameters: unknown, { signal }: { signal: AbortSignal }): Promise<CallToolResult> =>
    session
      .exclusive(() => {
        if (signal.aborted) throw new InputError("usage", "the call was cancelled");
        const given = parameters as z.infer<z.ZodObject<Shape>>;
        return call(given, AbortSignal.any([signal, session.signal]));
      })
      .catch((error) => errorAnswer(error, session.root, session.onBug));
  server.registerTool(
    name,
    { title, description, inputSchema: inputSchema as z.ZodObject, annotations },
    run,
  );
}

/**
 * The message for unknown arguments, which lists the known ones; undefined for other errors, to keep zod's.
 */
function unknownArguments(issue: z.core.$ZodRawIssue, known: readonly string[]): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const names = issue.keys.map((key) => printable(key, MAX_NAME)).join(", ");
  return `unknown argument ${names}: ${known.length === 0 ? "there are none" : `one of ${known.join(", ")}`}`;
}

const MAX_NAME = 40;
const MAX_TEXT = 2000;

/** An address or a symbol. */
export const place = z
  .union([z.int().min(0).max(0xffff), z.string().min(1).max(200)])
  .describe('an address as a number, "$0300" or "0x300", or the name of a symbol');

/** Buttons as text. */
export const buttons = z
  .string()
  .max(100)
  .describe(
    'buttons held, joined by +: a, b, select, start, up, down, left, right; "" for none; p2.a for player 2',
  );

/** An expression over memory. */
export const expression = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .describe(
    "an expression over memory: lives, [$0075], u16(x), digits($0304, 6), bcd(a, n), prev(x), delta(x), frame; operators as in C",
  );

/** A part of a picture. */
export const region = z
  .strictObject({
    x: z.int().min(0).max(4095),
    y: z.int().min(0).max(4095),
    width: z.int().min(1).max(4096),
    height: z.int().min(1).max(4096),
  })
  .describe("only this part of the picture, in pixels");

/** A place as an address or a symbol: texts such as "$0300" are addresses. */
export function addressOrSymbol(given: number | string): number | string {
  const match = typeof given === "string" ? /^(?:\$|0x)([0-9a-f]{1,4})$/i.exec(given.trim()) : null;
  return match === null ? given : Number.parseInt(match[1]!, 16);
}
