import { type Command, Option } from "commander";
import { checkTokenStrength, readTokenFile } from "../io/serve/token-gate.ts";

/** A token on the command line, or in a file, where other users of this computer cannot read it. */
export interface TokenOptions {
  readonly token?: string;
  readonly tokenFile?: string;
}

/** Adds `--token <text>`, described by `purpose`, and `--token-file`. Commander rejects both together. */
export function addTokenOptions(command: Command, purpose: string): Command {
  return command
    .option("--token <text>", purpose)
    .addOption(new Option("--token-file <file>", "read the token from a file").conflicts("token"));
}

/**
 * Returns the token without spaces around it; undefined without one. Throws `InputError` for a file that
 * cannot be read, and ("usage") for a token that is easy to guess.
 */
export async function tokenOf({ token, tokenFile }: TokenOptions): Promise<string | undefined> {
  const given = tokenFile === undefined ? token : await readTokenFile(tokenFile);
  if (given !== undefined) checkTokenStrength(given, tokenFile ?? "--token");
  return given?.trim();
}
