import { Transform, type TransformCallback } from "node:stream";

/** Maximum length of a message. Requests of editors are shorter: those with memory are limited to 64 KiB. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 1024;
const END_OF_HEADER = "\r\n\r\n";

/**
 * Passes on messages of the Debug Adapter Protocol and fails at anything else. Without it, the protocol
 * library would wait forever for the end of garbage, buffer any announced length, and accept the body of an
 * HTTP request, which any web page can send, as a message. It would also say nothing about JSON that is not a
 * request.
 */
export class MessageGuard extends Transform {
  #header = "";
  /** The part of the current message that has arrived. */
  #parts: Buffer[] = [];
  /** Number of bytes of the current message that have not arrived yet; 0 while a header is read. */
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left);
        this.#left -= part.length;
        at += part.length;
        this.#parts.push(part);
        if (this.#left > 0) continue;
        const message = Buffer.concat(this.#parts);
        this.#parts = [];
        if (!isMessage(message)) {
          done(new Error("a message is not a request of the Debug Adapter Protocol"));
          return;
        }
        // The library accepts only this form of the header.
        this.push(Buffer.from(`Content-Length: ${message.length}${END_OF_HEADER}`));
        this.push(message);
        continue;
      }
      const error = this.#readHeader(String.fromCharCode(chunk[at]!));
      if (error !== undefined) {
        done(new Error(error));
        return;
      }
      at++;
    }
    done();
  }

  /** Takes a character of a header. Returns the error, if there is one. */
  #readHeader(character: string): string | undefined {
    this.#header += character;
    if (this.#header.length > MAX_HEADER_BYTES) return "the header of a message is too long";
    if (!this.#header.endsWith(END_OF_HEADER)) {
      return isBeginning(this.#header) ? undefined : "this is not the Debug Adapter Protocol";
    }
    const length = /^Content-Length: *(\d{1,10})\r\n/im.exec(this.#header)?.[1];
    if (length === undefined) return "a message has no Content-Length";
    const bytes = Number(length);
    if (bytes === 0 || bytes > MAX_MESSAGE_BYTES) return `a message has ${bytes} bytes`;
    this.#header = "";
    this.#left = bytes;
    return undefined;
  }
}

/** True for JSON that is a request, or another message that a client can send. */
function isMessage(bytes: Buffer): boolean {
  let message: unknown;
  try {
    message = JSON.parse(bytes.toString());
  } catch {
    return false;
  }
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  const { type } = message;
  if (type !== "request") return type === "response" || type === "event";
  return "command" in message && typeof message.command === "string";
}

/** True if each line so far is, or can become, a Content-Length or Content-Type. */
function isBeginning(header: string): boolean {
  return header.split("\r\n").every((line) => {
    const name = line.split(":", 1)[0]!.toLowerCase();
    return line.includes(":")
      ? name === "content-length" || name === "content-type"
      : "content-length".startsWith(name) || "content-type".startsWith(name) || line.endsWith("\r");
  });
}
