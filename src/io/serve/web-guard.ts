import { isIP } from "node:net";

/** Returns true if the text of an address shows that it is this computer. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The answer to a request that comes from elsewhere. */
export const NOT_OURS =
  "this host or origin is not served: use the IP address or localhost in the URL, not a host name";

/**
 * Returns true if a request does not come from a foreign web page. Such a page can make a browser send
 * requests here, but the browser then names the page in `Origin`; and if the page makes a host name of its
 * own point here (DNS rebinding), that name is in `Host`. So `Host` must be an address or localhost, and
 * `Origin` that same host.
 */
export function isOurs(headers: Headers, scheme: "http" | "https" = "http"): boolean {
  const host = headers.get("host") ?? "";
  const name = /^\[([0-9a-f:.]+)\](:\d+)?$/i.exec(host)?.[1] ?? host.replace(/:\d+$/, "");
  if (!isLoopback(name.toLowerCase()) && isIP(name) === 0) return false;
  const origin = headers.get("origin");
  return origin === null || origin === `${scheme}://${host}`;
}

/**
 * The response with a page. Its text has its own content policy; the headers add what only headers can say.
 */
export function pageResponse(html: string): Response {
  return new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  });
}
