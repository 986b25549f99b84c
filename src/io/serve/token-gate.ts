import { timingSafeEqual } from "node:crypto";
import { InputError } from "../../emu/input-error.ts";
import { readFileCapped } from "../files/read-file.ts";
import { printable } from "../files/text.ts";

/** About 95 bits in random letters and digits, which cannot be guessed over a network. */
const MIN_TOKEN_CHARACTERS = 16;
export const MAX_TOKEN_CHARACTERS = 1024;
/** Wrong tokens that an address may send within WINDOW_MS. */
const MAX_WRONG = 20;
const WINDOW_MS = 10_000;
/** Limit on remembered addresses; the oldest is forgotten first. */
const MAX_ADDRESSES = 4096;

/** The verdict on a token. "wait": not checked, because the address has sent too many wrong ones. */
export type TokenVerdict = "right" | "wrong" | "wait";

const HOW_TO_MAKE = "make one: openssl rand -hex 16 > token";
/** What text without a decoding error does not contain, and what would end or hide a part of the token. */
const NOT_TEXT = /[\p{Cc}\ufffd]/u;

/**
 * Reads a token from a file, without spaces around it. Throws `InputError` if the file cannot be read, or
 * ("data") if it is not one line of text.
 */
export async function readTokenFile(path: string): Promise<string> {
  const token = new TextDecoder().decode(await readFileCapped(path, MAX_TOKEN_CHARACTERS)).trim();
  if (!NOT_TEXT.test(token)) return token;
  throw new InputError(
    "data",
    "not a token: it is not one line of text in UTF-8",
    printable(path),
    HOW_TO_MAKE,
  );
}

/** Throws `InputError` ("usage") for a token that is too easy to guess. */
export function checkTokenStrength(token: string, where: string): void {
  const { length } = token.trim();
  if (length >= MIN_TOKEN_CHARACTERS && length <= MAX_TOKEN_CHARACTERS) return;
  const range = `${MIN_TOKEN_CHARACTERS} to ${MAX_TOKEN_CHARACTERS} characters`;
  throw new InputError(
    "usage",
    length === 0 ? "the token is empty" : `the token has ${length} characters; ${range} are needed`,
    where,
    HOW_TO_MAKE,
  );
}

/** Checks tokens for all transports of a server, and counts wrong ones by address. */
export class TokenGate {
  readonly #hash: Uint8Array | undefined;
  readonly #wrong = new Map<string, { sinceMs: number; count: number }>();

  /** Without a token, every peer is authorized. */
  constructor(token: string | undefined) {
    this.#hash = token === undefined ? undefined : sha256(token);
  }

  /** True if peers must send a token. */
  get isClosed(): boolean {
    return this.#hash !== undefined;
  }

  /** Checks the token of a peer at `address`. The time it takes does not reveal where tokens differ. */
  check(given: string, address: string, nowMs = performance.now()): TokenVerdict {
    if (this.#hash === undefined) return "right";
    const from = networkOf(address);
    const record = this.#wrong.get(from);
    const isCurrent = record !== undefined && nowMs - record.sinceMs < WINDOW_MS;
    if (isCurrent && record.count >= MAX_WRONG) return "wait";
    if (timingSafeEqual(sha256(given), this.#hash)) return "right";
    if (isCurrent) record.count++;
    else this.#remember(from, nowMs);
    return "wrong";
  }

  #remember(from: string, nowMs: number): void {
    this.#wrong.delete(from);
    this.#wrong.set(from, { sinceMs: nowMs, count: 1 });
    for (const oldest of this.#wrong.keys()) {
      if (this.#wrong.size <= MAX_ADDRESSES) break;
      this.#wrong.delete(oldest);
    }
  }
}

/** The network of an address, without the port. One IPv6 customer has a whole /64. */
function networkOf(address: string): string {
  const host = /^\[(.*)\](:\d+)?$/.exec(address)?.[1] ?? address;
  const groups = host.split(":");
  if (groups.length > 2) return groups.slice(0, 4).join(":");
  return groups[0]!;
}

function sha256(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
