import { isIP } from "node:net";
import { ioErrorFrom } from "../io-error.ts";
import type { Endpoint } from "./types.ts";

/**
 * Resolves an endpoint's host name: one endpoint with a numeric host for each address of the name, in the
 * order that the system prefers. Names are looked up on Bun's own threads. Throws `IoError` (usually
 * ENOTFOUND).
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
