import { InputError } from "../../emu/input-error.ts";

/** Error codes of JSON-RPC 2.0, and emu's own from −32000 down. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** An `InputError`, from the machine or the file system: `data` has its kind. */
const REFUSED = -32000;
/** The peer must send the token first. */
export const UNAUTHORIZED = -32001;

export type RequestId = string | number | null;
export type Params = Readonly<Record<string, unknown>>;

/** A valid message of a peer. Without an id it gets no answer. */
export interface Request {
  readonly id: RequestId | undefined;
  readonly method: string;
  readonly params: Params;
}

/** An error in a message: its code, and the id to answer with if it could be read. */
export class RpcError extends Error {
  readonly code: number;
  readonly id: RequestId;

  constructor(code: number, message: string, id: RequestId = null) {
    super(message);
    this.code = code;
    this.id = id;
  }
}

const KNOWN_MEMBERS = new Set(["jsonrpc", "id", "method", "params"]);
const MAX_ID_CHARACTERS = 256;

/** Parses one message. Throws `RpcError` for anything but a JSON-RPC 2.0 request with named parameters. */
export function parseRequest(text: string): Request {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Bun throws a RangeError for deep nesting, which is rejected too.
    throw new RpcError(PARSE_ERROR, "not JSON");
  }
  if (Array.isArray(message))
    throw new RpcError(INVALID_REQUEST, "batches are not supported: send one request after the other");
  if (!isObject(message)) throw new RpcError(INVALID_REQUEST, "a request must be an object");
  const id = readId(message);
  const fail = (what: string) => new RpcError(INVALID_REQUEST, what, id ?? null);
  if (message.jsonrpc !== "2.0") throw fail('"jsonrpc" must be "2.0"');
  if (typeof message.method !== "string") throw fail('"method" must be a string');
  for (const name of Object.keys(message))
    if (!KNOWN_MEMBERS.has(name)) throw fail(`unknown member "${clip(name)}"`);
  const { params = {} } = message;
  if (!isObject(params)) throw new RpcError(INVALID_PARAMS, '"params" must be an object', id ?? null);
  return { id, method: message.method, params };
}

export function resultText(id: RequestId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function notificationText(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/** The answer to a request that failed. It reveals nothing about a bug but that there is one. */
export function errorText(id: RequestId, error: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: describeError(error) });
}

function describeError(error: unknown): object {
  if (error instanceof RpcError) return { code: error.code, message: error.message };
  if (!(error instanceof InputError)) return { code: INTERNAL_ERROR, message: "internal error" };
  const { kind, where, remedy, message } = error;
  return { code: REFUSED, message, data: { kind, where, remedy } };
}

/** Shortens a peer's text for an error message. */
export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function readId(message: Record<string, unknown>): RequestId | undefined {
  if (!Object.hasOwn(message, "id")) return undefined;
  const { id } = message;
  if (id === null || (typeof id === "number" && Number.isFinite(id))) return id;
  if (typeof id === "string" && id.length <= MAX_ID_CHARACTERS) return id;
  throw new RpcError(INVALID_REQUEST, '"id" must be a number, a short string or null');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
