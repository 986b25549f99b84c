import { isIP } from "node:net";

/** Whether an address is this computer's own, as far as the text alone tells. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Whether a request was meant for this server by whoever wrote it. A page elsewhere can make a browser
 * send requests here, but not without naming itself as their origin; and a name of its own that it makes
 * point here stands in `Host`. So a host is an address or localhost, and an origin is that same host.
 */
export function isOurs(headers: Headers): boolean {
  const host = headers.get("host") ?? "";
  const name = /^\[([0-9a-f:.]+)\](:\d+)?$/i.exec(host)?.[1] ?? host.replace(/:\d+$/, "");
  if (!isLoopback(name.toLowerCase()) && isIP(name) === 0) return false;
  const origin = headers.get("origin");
  return origin === null || origin === `http://${host}`;
}
