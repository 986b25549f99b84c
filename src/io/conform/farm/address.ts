import { InputError } from "../../../emu/input-error.ts";
import { printable } from "../../files/text.ts";

const DEFAULT_PORT = 6379;
const REMEDY =
  "redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT, rediss://… (TLS) or redis+unix://:PASSWORD@/PATH; " +
  "in names and passwords, write signs such as @ / # % as %40 %2F %23 %25";

/** The environment variable with the password of addresses that have none. */
export const PASSWORD_VARIABLE = "EMU_FARM_PASSWORD";

/** The address of a Redis. */
export interface FarmAddress {
  /** The address for Bun's client. It contains the password. */
  readonly clientUrl: string;
  /** The address for messages, without name and password. */
  readonly shown: string;
  readonly isTls: boolean;
  /** The arguments of AUTH: name and password, the password alone, or nothing. */
  readonly login: readonly string[];
  readonly socket: { readonly unix: string } | { readonly hostname: string; readonly port: number };
}

/**
 * Reads an address of the command line. A password can also come from `EMU_FARM_PASSWORD`, which `ps` does
 * not show. Throws `InputError` ("usage"), whose text has no password.
 */
export function parseFarmAddress(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): FarmAddress {
  const shown = printable(withoutPassword(text));
  const fail = (what: string, remedy = REMEDY): never => {
    throw new InputError("usage", what, shown, remedy);
  };
  const [, scheme = "", login, host = "", path = ""] =
    /^(rediss?|redis\+tls|redis\+unix|redis\+tls\+unix):\/\/(?:([^/@]*)@)?([^/@]*)(.*)$/s.exec(text) ?? [];
  if (scheme === "") return fail("is not the address of a Redis");
  const words = loginOf(login ?? "", env[PASSWORD_VARIABLE]) ?? fail("has a name or password with a bad %");
  const isTls = scheme === "rediss" || scheme.includes("tls");
  const userInfo = words.length === 0 ? "" : `${words.map(encodeURIComponent).join(":")}@`;
  const shared = { shown, isTls, login: words.filter((word, i) => i > 0 || word !== "") };
  if (scheme.endsWith("unix")) {
    if ((host !== "" && host !== "localhost") || path.length < 2)
      return fail("is not the address of a Redis");
    // Bun's client only reads a name and password before a host, which it does not use.
    return { ...shared, clientUrl: `${scheme}://${userInfo}localhost${path}`, socket: { unix: path } };
  }
  const clientUrl = `${scheme}://${userInfo}${host}${path}`;
  const { hostname, port } = URL.canParse(clientUrl) ? new URL(clientUrl) : { hostname: "", port: "" };
  if (hostname === "" || !/^(\/\d*)?$/.test(path)) return fail("is not the address of a Redis");
  return { ...shared, clientUrl, socket: { hostname, port: port === "" ? DEFAULT_PORT : Number(port) } };
}

/** Name (which can be "") and password, decoded; empty without a password; undefined if a % is wrong. */
function loginOf(login: string, fallback: string | undefined): readonly string[] | undefined {
  const colon = login.indexOf(":");
  const [name, given] = colon < 0 ? [login, ""] : [login.slice(0, colon), login.slice(colon + 1)];
  try {
    const password = given === "" ? (fallback ?? "") : decodeURIComponent(given);
    return password === "" ? [] : [decodeURIComponent(name), password];
  } catch {
    return undefined;
  }
}

/** Replaces what can be a name or password in an address of a Redis, also in one that is wrong. */
export function withoutPassword(text: string): string {
  return text.replace(/^(redis[a-z+]*:\/\/)(?:.*@|:.*)/s, "$1");
}
