import { InputError } from "../../emu/input-error.ts";

/** Error codes of JSON-RPC 2.0, and our own below −32000. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** The machine or the file system refused: `data` says what kind of refusal it was. */
const REFUSED = -32000;
/** A token is wanted first. */
export const UNAUTHORIZED = -32001;

export type RequestId = string | number | null;
export type Params = Readonly<Record<string, unknown>>;

/** A message of a peer that has the right shape. Without an id nobody waits for an answer. */
export interface Request {
  readonly id: RequestId | undefined;
  readonly method: string;
  readonly params: Params;
}

/** What is wrong with a message: its code, and the id to answer with as far as that could be told. */
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

/** Reads one message. Throws `RpcError` for anything that is no JSON-RPC 2.0 request with named parameters. */
export function parseRequest(text: string): Request {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Bun tells of too deep nesting by a RangeError: that is no JSON of ours either.
    throw new RpcError(PARSE_ERROR, "this is not JSON");
  }
  if (Array.isArray(message))
    throw new RpcError(INVALID_REQUEST, "no batches: send one request after the other");
  if (!isObject(message)) throw new RpcError(INVALID_REQUEST, "a request is an object");
  const id = readId(message);
  const fail = (what: string) => new RpcError(INVALID_REQUEST, what, id ?? null);
  if (message.jsonrpc !== "2.0") throw fail('"jsonrpc" must be "2.0"');
  if (typeof message.method !== "string") throw fail('"method" must be a string');
  for (const name of Object.keys(message))
    if (!KNOWN_MEMBERS.has(name)) throw fail(`no member "${clip(name)}"`);
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

/** An error as the answer to a request. Bugs of ours are told as such and nothing more. */
export function errorText(id: RequestId, error: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: describeError(error) });
}

function describeError(error: unknown): object {
  if (error instanceof RpcError) return { code: error.code, message: error.message };
  if (!(error instanceof InputError)) return { code: INTERNAL_ERROR, message: "internal error" };
  const { kind, where, remedy, message } = error;
  return { code: REFUSED, message, data: { kind, where, remedy } };
}

/** What a peer wrote, short enough to be said back. */
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
