import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { reasonOf } from "../../files/system-errors.ts";
import { printable } from "../../files/text.ts";

/** Limit on the size of a fetched file. */
const MAX_BYTES = 1024 * MIB;
/** A download is abandoned if the server sends nothing for this long. */
const SILENCE_MILLISECONDS = 30_000;
const HASH_CHUNK_BYTES = MIB;

export interface FetchOptions {
  /** Receives the number of bytes so far, and the total if the server sends it. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  readonly silenceMilliseconds?: number;
}

/**
 * Fetches the file at `url` to `path` and checks its SHA-256. Resumes an interrupted download. Throws
 * `InputError`: "unavailable" if it cannot be fetched, "data" if its checksum differs.
 */
export async function fetchChecked(
  url: string,
  sha256: string,
  path: string,
  options: FetchOptions,
): Promise<void> {
  const resumed = await fetchRest(url, path, options);
  let actual = await sha256Of(path);
  if (actual !== sha256 && resumed) {
    // The partial file may be the beginning of another file.
    await rm(path);
    await fetchRest(url, path, options);
    actual = await sha256Of(path);
  }
  if (actual === sha256) return;
  await rm(path);
  const what = `its SHA-256 is ${actual}, the manifest says ${sha256}`;
  throw new InputError("data", what, printable(url), "correct the manifest if you trust the file");
}

/** Fetches the bytes that `part` does not have yet. Returns true if it resumed an earlier download. */
async function fetchRest(url: string, part: string, options: FetchOptions): Promise<boolean> {
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  const silence = new AbortController();
  const signal = AbortSignal.any([silence.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const limit = options.silenceMilliseconds ?? SILENCE_MILLISECONDS;
  let timer = setTimeout(() => silence.abort(), limit);
  try {
    let response = await request(url, have, signal);
    if (response.status === 416 && have > 0) {
      // No more bytes: the part is the whole file, or longer than the file.
      await response.body?.cancel();
      const total = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
      if (total === have) return true;
      response = await request(url, 0, signal);
    }
    const isRest = response.status === 206;
    if (!response.ok)
      throw failed(url, `the server answers ${response.status} ${response.statusText}`.trimEnd());
    const start = isRest ? have : 0;
    const length = response.headers.get("content-length");
    const total = length === null ? undefined : start + Number(length);
    if (total !== undefined && total > MAX_BYTES)
      throw failed(url, `it has ${total} bytes, more than the ${MAX_BYTES} that are allowed`);
    const file = await open(part, isRest ? "a" : "w");
    try {
      let bytes = start;
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), limit);
        bytes += chunk.length;
        if (bytes > MAX_BYTES) throw failed(url, `it is longer than ${MAX_BYTES} bytes`);
        await file.write(chunk);
        options.onProgress?.(bytes, total);
      }
      if (total !== undefined && bytes < total) throw failed(url, `it ends after ${bytes} of ${total} bytes`);
    } finally {
      await file.close();
    }
    return isRest;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    if (silence.signal.aborted) throw failed(url, `the server sends nothing for ${limit / 1000} s`);
    throw failed(url, reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function request(url: string, from: number, signal: AbortSignal): Promise<Response> {
  // With compression, byte ranges would not be those of the file.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers.range = `bytes=${from}-`;
  return fetch(url, { headers, signal, decompress: false });
}

function failed(url: string, what: string): InputError {
  const remedy = "run the command again: it resumes";
  return new InputError("unavailable", `cannot be fetched: ${what}`, printable(url), remedy);
}

async function sha256Of(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const file: FileHandle = await open(path, "r");
  try {
    const buffer = new Uint8Array(HASH_CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hasher.digest("hex");
      hasher.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
