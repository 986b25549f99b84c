/** A UNIF file of the given chunks, by their four letters; text chunks end with a zero. */
export function buildUnif(chunks: readonly (readonly [id: string, data: string | Uint8Array])[]): Uint8Array {
  const parts = chunks.map(([id, data]) => {
    const bytes = typeof data === "string" ? new TextEncoder().encode(`${data}\0`) : data;
    const chunk = new Uint8Array(8 + bytes.length);
    chunk.set(new TextEncoder().encode(id));
    new DataView(chunk.buffer).setUint32(4, bytes.length, true);
    chunk.set(bytes, 8);
    return chunk;
  });
  const file = new Uint8Array(32 + parts.reduce((sum, part) => sum + part.length, 0));
  file.set(new TextEncoder().encode("UNIF"));
  file[4] = 7;
  let at = 32;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
