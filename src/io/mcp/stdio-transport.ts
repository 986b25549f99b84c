import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  ErrorCode,
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import { InputError } from "../../emu/input-error.ts";

/** The longest message. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The protocol on standard streams, a message per line. Unlike the SDK's transport, it answers lines that are
 * no messages (JSON-RPC 2.0, section 5.1), and knows when all requests are answered.
 */
export class StdioTransport implements Transport {
  onmessage?: Transport["onmessage"] & {};
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /**
   * Resolves when the input has ended and its requests are answered, and when the output is closed. Rejects
   * with `InputError` ("data") after a line that is too long: its end, and so the next message, is unknown.
   */
  readonly ended: Promise<void>;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #outcome = Promise.withResolvers<void>();
  /** Called when the input has ended. */
  readonly #onInputEnd: () => void;
  /** Requests that are not answered yet. */
  readonly #unanswered = new Set<RequestId>();
  /** The line that has begun. */
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #hasInputEnded = false;
  #isClosed = false;

  constructor(input: Readable, output: Writable, onInputEnd: () => void) {
    this.#input = input;
    this.#output = output;
    this.#onInputEnd = onInputEnd;
    this.ended = this.#outcome.promise;
    this.ended.catch(() => {});
  }

  start(): Promise<void> {
    this.#input.on("data", (chunk: Uint8Array) => this.#read(chunk));
    this.#input.on("error", (error) => this.onerror?.(error));
    for (const event of ["end", "close"]) this.#input.on(event, () => this.#endInput());
    // The client has closed our standard output: the answers have no reader.
    this.#output.on("error", () => this.#outcome.resolve());
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    const sent = this.#write(message);
    if ("id" in message && !("method" in message) && message.id !== undefined) this.#settle(message.id);
    return sent;
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#input.removeAllListeners("data");
      this.#input.pause();
      this.#outcome.resolve();
      this.onclose?.();
    }
    return Promise.resolve();
  }

  #read(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#append(chunk.subarray(start));
  }

  #append(part: Uint8Array): void {
    if (this.#isClosed) return;
    this.#bytes += part.length;
    if (part.length > 0) this.#parts.push(part);
    if (this.#bytes <= MAX_MESSAGE_BYTES) return;
    this.#outcome.reject(
      new InputError("data", `a message has more than ${MAX_MESSAGE_BYTES} bytes`, "standard input"),
    );
    void this.close();
  }

  #endLine(): void {
    const line = Buffer.concat(this.#parts).toString().trim();
    this.#parts = [];
    this.#bytes = 0;
    if (line === "" || this.#isClosed) return;
    let given: unknown;
    try {
      given = JSON.parse(line);
    } catch {
      this.#refuse(null, ErrorCode.ParseError, "Parse error: the line is not JSON");
      return;
    }
    const { success, data: message } = JSONRPCMessageSchema.safeParse(given);
    if (success) this.#receive(message);
    else this.#refuse(idOf(given), ErrorCode.InvalidRequest, "Invalid Request: not a JSON-RPC 2.0 message");
  }

  #receive(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#unanswered.add(message.id);
    this.onmessage?.(message);
    // A cancelled request gets no answer.
    if (isJSONRPCNotification(message) && message.method === "notifications/cancelled")
      this.#settle(message.params?.requestId as RequestId);
  }

  #refuse(id: RequestId | null, code: ErrorCode, message: string): void {
    void this.#write({ jsonrpc: "2.0", id, error: { code, message } });
  }

  #write(message: unknown): Promise<void> {
    return new Promise((resolve) => {
      this.#output.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }

  #settle(id: RequestId): void {
    this.#unanswered.delete(id);
    this.#endIfDone();
  }

  #endInput(): void {
    if (this.#hasInputEnded || this.#isClosed) return;
    if (this.#bytes > 0) this.#endLine();
    this.#hasInputEnded = true;
    this.#onInputEnd();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#hasInputEnded && this.#unanswered.size === 0) this.#outcome.resolve();
  }
}

/** The id of something that is no valid request; null if it has none. */
function idOf(given: unknown): RequestId | null {
  const id = (given as { id?: unknown } | null)?.id;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
