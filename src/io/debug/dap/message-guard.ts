import { Transform, type TransformCallback } from "node:stream";

/** Maximum length of a message. Requests of editors are shorter: those with memory are limited to 64 KiB. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 1024;
const END_OF_HEADER = "\r\n\r\n";

/**
 * Passes on messages of the Debug Adapter Protocol and fails at anything else. Without it, the protocol
 * library would wait forever for the end of garbage, buffer any announced length, and accept the body of an
 * HTTP request, which any web page can send, as a message.
 */
export class MessageGuard extends Transform {
  #header = "";
  /** Number of bytes of the current message that have not arrived yet; 0 while a header is read. */
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left);
        this.#left -= part.length;
        at += part.length;
        this.push(part);
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
    // The library accepts only this form.
    this.push(Buffer.from(`Content-Length: ${bytes}${END_OF_HEADER}`));
    this.#header = "";
    this.#left = bytes;
    return undefined;
  }
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
