/** Bytes as hexadecimal and base64. `Uint8Array.fromHex` and its relatives are missing in Node before 25. */

/** Throws `SyntaxError` for anything but pairs of hexadecimal digits. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text))
    throw new SyntaxError("hexadecimal digits in pairs were expected");
  return Uint8Array.from(Buffer.from(text, "hex"));
}

/** Throws `SyntaxError` for other characters; white space and missing padding are allowed. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/[ \t\r\n\f]/g, "");
  const padding = /={0,2}$/.exec(digits)![0].length;
  const body = digits.slice(0, digits.length - padding);
  const rest = body.length % 4;
  const isPadded = padding === 0 || rest + padding === 4;
  if (rest === 1 || !isPadded || /[^A-Za-z0-9+/]/.test(body)) throw new SyntaxError("base64 was expected");
  return Uint8Array.from(Buffer.from(digits, "base64"));
}

export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("hex");
}

export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
