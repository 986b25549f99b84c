import { InputError } from "../../emu/input-error.ts";

/** Splits "HOST:PORT", "[::1]:PORT"; throws `InputError` ("usage") for anything else. */
export function parseHostPort(text: string, option: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new InputError("usage", `"${text}" is not HOST:PORT`, option, "such as 127.0.0.1:6502");
  return { host: match[1] ?? match[2]!, port };
}
