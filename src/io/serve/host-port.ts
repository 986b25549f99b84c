import { InputError } from "../../emu/input-error.ts";
import { reasonOf } from "../files/system-errors.ts";
import { printable } from "../files/text.ts";
import { resolveEndpoints } from "../runtime/sockets/resolve.ts";
import { isLoopback } from "./web-guard.ts";

/** macOS has room for four bytes less than Linux; both lose one to the zero at the end. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Splits "HOST:PORT", "[::1]:PORT"; throws `InputError` ("usage") for anything else. */
export function parseHostPort(text: string, option: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new InputError("usage", `"${text}" is not HOST:PORT`, option, "such as 127.0.0.1:6502");
  return { host: match[1] ?? match[2]!, port };
}

/** Parses the address of a server to connect to. Throws like `parseHostPort`, and for port 0. */
export function parseServerAddress(text: string, option: string): { host: string; port: number } {
  const address = parseHostPort(text, option);
  if (address.port !== 0) return address;
  throw new InputError("usage", "no server has port 0", option, "name the port that the server shows");
}

/** The error for an address of `option` on which the server cannot listen. */
export function listenError(error: unknown, host: string, port: number, option: string): InputError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const where = `${option} ${host.includes(":") ? `[${host}]` : host}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return new InputError(
        "unavailable",
        "the port is in use",
        where,
        "choose another port, or 0 for any free one",
      );
    case "EACCES":
      return new InputError("unavailable", "this port is not permitted", where, "choose one above 1023");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new InputError(
        "unavailable",
        "this computer has no such address",
        where,
        "such as 127.0.0.1 or 0.0.0.0",
      );
    default:
      return new InputError("unavailable", `cannot listen: ${code ?? message}`, where);
  }
}

/** The error for the path of `--unix`, on which the server cannot listen. */
export function unixError(error: unknown, path: string): InputError {
  const isLong = Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES;
  const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
  const reason = isLong ? "its path is too long" : isAbsent ? "its folder does not exist" : reasonOf(error);
  const remedy = `choose a path of at most ${MAX_SOCKET_PATH_BYTES} bytes, in a folder that you may write to`;
  return new InputError("unavailable", `cannot listen: ${reason}`, `--unix ${printable(path)}`, remedy);
}

/**
 * Parses the address to listen on that `option` gives. Throws `InputError` ("usage") if it is not one, or if
 * other computers can reach it and there is no token.
 */
export async function checkedHostPort(
  text: string,
  option: string,
  hasToken: boolean,
): Promise<{ readonly host: string; readonly port: number }> {
  const { host, port } = parseHostPort(text, option);
  const [first] = await resolveEndpoints({ host, port });
  const address = "host" in first ? first.host : host;
  if (!hasToken && !isLoopback(address))
    throw new InputError(
      "usage",
      `other computers can reach ${host}, so a token is required`,
      option,
      "add --token, or use 127.0.0.1",
    );
  return { host: address, port };
}
