import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";
import type { Suite } from "./suite.ts";
import { unpackSuite } from "./unpack.ts";

/** The largest file that is fetched. */
const BYTES_MAX = 1024 * 1024 * 1024;
/** A server that sends nothing for so long is given up. */
const SILENCE_MILLISECONDS = 30_000;
const HASH_CHUNK_BYTES = 1024 * 1024;

export interface PullOptions {
  /** Where suites are kept. */
  readonly cache: string;
  /** Bytes that are there, and in all where the server says so. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  readonly silenceMilliseconds?: number;
}

export type Pulled = "pulled" | "there already";

/**
 * Fetches a suite, unless it is there: the file to `<sha256>.part`, where an interrupted pull goes on, then
 * checks it and unpacks it to `<sha256>`, which appears whole or not at all. Throws `InputError`:
 * "unavailable" when it cannot be fetched, "data" when it is another file than the manifest means, "io" when
 * the cache cannot be written.
 */
export async function pullSuite(suite: Suite, options: PullOptions): Promise<Pulled> {
  try {
    return await pull(suite, options);
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error) || !("code" in error)) throw error;
    throw new InputError("io", `cannot be kept: ${error.code}`, printable(options.cache));
  }
}

async function pull(suite: Suite, options: PullOptions): Promise<Pulled> {
  const folder = join(options.cache, suite.sha256);
  if (await exists(folder)) return "there already";
  await mkdir(options.cache, { recursive: true });
  const part = `${folder}.part`;
  const resumed = await fetchTo(part, suite, options);
  let sha256 = await sha256Of(part);
  if (sha256 !== suite.sha256 && resumed) {
    // What was there may have been the beginning of another file.
    await rm(part);
    await fetchTo(part, suite, options);
    sha256 = await sha256Of(part);
  }
  if (sha256 !== suite.sha256) {
    await rm(part);
    const what = `its SHA-256 is ${sha256}, the manifest says ${suite.sha256}`;
    throw new InputError("data", what, printable(suite.url), "correct the manifest where you trust the file");
  }
  const unpacked = `${folder}.new-${process.pid}`;
  try {
    await unpackSuite(part, suite.url, unpacked);
    await rename(unpacked, folder);
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    // Another pull of the same suite may have been quicker.
    if (!(await exists(folder))) throw error;
  }
  await rm(part, { force: true });
  return "pulled";
}

/** Fetches what `part` lacks. Answers whether it began with something. */
async function fetchTo(part: string, suite: Suite, options: PullOptions): Promise<boolean> {
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  const silence = new AbortController();
  const signal = AbortSignal.any([silence.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const limit = options.silenceMilliseconds ?? SILENCE_MILLISECONDS;
  let timer = setTimeout(() => silence.abort(), limit);
  try {
    let response = await request(suite.url, have, signal);
    if (response.status === 416 && have > 0) {
      // There is nothing behind what we have: all of it, or more than there should be.
      await response.body?.cancel();
      const total = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]);
      if (total === have) return true;
      response = await request(suite.url, 0, signal);
    }
    const isRest = response.status === 206;
    if (!response.ok)
      throw failed(suite, `the server answers ${response.status} ${response.statusText}`.trimEnd());
    const start = isRest ? have : 0;
    const length = response.headers.get("content-length");
    const total = length === null ? undefined : start + Number(length);
    if (total !== undefined && total > BYTES_MAX)
      throw failed(suite, `it has ${total} bytes, ${BYTES_MAX} at most are taken`);
    const file = await open(part, isRest ? "a" : "w");
    try {
      let bytes = start;
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), limit);
        bytes += chunk.length;
        if (bytes > BYTES_MAX) throw failed(suite, `it is longer than ${BYTES_MAX} bytes`);
        await file.write(chunk);
        options.onProgress?.(bytes, total);
      }
      if (total !== undefined && bytes < total)
        throw failed(suite, `it ends after ${bytes} of ${total} bytes`);
    } finally {
      await file.close();
    }
    return isRest;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    if (silence.signal.aborted) throw failed(suite, `the server sends nothing for ${limit / 1000} s`);
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw failed(suite, code);
  } finally {
    clearTimeout(timer);
  }
}

function request(url: string, from: number, signal: AbortSignal): Promise<Response> {
  // Compressed on the way, the bytes of a range would not be those of the file.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers.range = `bytes=${from}-`;
  return fetch(url, { headers, signal, decompress: false });
}

function failed(suite: Suite, what: string): InputError {
  const remedy = "run it again: it goes on where it was";
  return new InputError("unavailable", `cannot be fetched: ${what}`, printable(suite.url), remedy);
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

/** Whether a file or a folder is there. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
