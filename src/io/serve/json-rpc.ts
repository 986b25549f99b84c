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

/** Limit on the requests of a batch. */
const MAX_BATCH = 256;

/**
 * Parses a message into one request, unchecked, or an array with those of a batch. Throws `RpcError` if it is
 * not JSON, or if the batch is empty or too long.
 */
export function parseMessage(text: string): unknown {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Bun throws a RangeError for deep nesting, which is rejected too.
    throw new RpcError(PARSE_ERROR, "not JSON");
  }
  if (Array.isArray(message) && (message.length === 0 || message.length > MAX_BATCH))
    throw new RpcError(INVALID_REQUEST, `a batch has 1 to ${MAX_BATCH} requests, not ${message.length}`);
  return message;
}

/** Checks a request. Throws `RpcError` for anything but a JSON-RPC 2.0 request with named parameters. */
export function readRequest(message: unknown): Request {
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

/** A result whose picture follows as bytes instead of in base64. */
export class BinaryResult {
  readonly result: object;
  readonly bytes: Uint8Array;

  constructor(result: object, bytes: Uint8Array) {
    this.result = result;
    this.bytes = bytes;
  }
}

/** The first word of a binary answer. No packed picture begins with it: there it would be a frame number. */
const BINARY_ANSWER = 0xffffffff;
const BINARY_HEADER_BYTES = 8;

/**
 * An answer as a binary message: `BINARY_ANSWER` and the length of the text (4 bytes each, little-endian),
 * the text of the answer, then the bytes.
 */
export function binaryAnswer(id: RequestId, { result, bytes }: BinaryResult): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(resultText(id, result));
  const answer = new Uint8Array(BINARY_HEADER_BYTES + text.length + bytes.length);
  const header = new DataView(answer.buffer);
  header.setUint32(0, BINARY_ANSWER, true);
  header.setUint32(4, text.length, true);
  answer.set(text, BINARY_HEADER_BYTES);
  answer.set(bytes, BINARY_HEADER_BYTES + text.length);
  return answer;
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
