import { isIP } from "node:net";
import { ioErrorFrom } from "../io-error.ts";
import type { Endpoint } from "./types.ts";

/**
 * An endpoint with its host as numbers: one for every address that the name has, in the order in which
 * the system prefers them. Names are looked up on Bun's own threads. Throws `IoError` (ENOTFOUND, usually).
 */
export async function resolveEndpoints(endpoint: Endpoint): Promise<[Endpoint, ...Endpoint[]]> {
  if ("path" in endpoint || isIP(endpoint.host) !== 0) return [endpoint];
  const { host, port } = endpoint;
  try {
    const found = await Bun.dns.lookup(host, { socketType: "tcp" });
    const [first, ...others] = found.map(({ address }) => ({ host: address, port }));
    if (first !== undefined) return [first, ...others];
  } catch (error) {
    throw ioErrorFrom(error, "resolving", host);
  }
  throw ioErrorFrom({ code: "ENOTFOUND" }, "resolving", host);
}
