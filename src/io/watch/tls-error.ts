import { InputError } from "../../emu/input-error.ts";
import { IoError } from "../runtime/io-error.ts";
import type { TlsOptions } from "../runtime/sockets/types.ts";

const UNKNOWN_ISSUER: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const PIN = "if its owner has told you the fingerprint that emu serve prints, add --tls-fingerprint";

/**
 * The error to show for a failed connection: with the reason and a remedy if TLS is the reason, otherwise
 * `error` itself.
 */
export function explainTls(error: unknown, tls: TlsOptions | undefined, where: string): unknown {
  if (tls === undefined || !(error instanceof IoError)) return error;
  const unavailable = (what: string, remedy: string) => new InputError("unavailable", what, where, remedy);
  const { code } = error;
  if (UNKNOWN_ISSUER.has(code))
    return unavailable("no known authority has signed the server's certificate", `${PIN}, or --tls-ca`);
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return unavailable("the server's certificate has expired", PIN);
    case "CERT_NOT_YET_VALID":
      return unavailable("the server's certificate is not valid yet", "check this computer's date");
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return unavailable("the server's certificate is for another host name", PIN);
    case "ERR_TLS_FINGERPRINT":
      return unavailable(
        "the server's certificate has another fingerprint than --tls-fingerprint",
        "the connection may be intercepted: ask the server's owner for the fingerprint",
      );
    case "ECONNRESET":
    case "EPROTO":
    case "ETIMEDOUT":
      return unavailable(
        "the TLS handshake failed",
        "for a server without --tls-cert use HOST:PORT, without tls://; a server whose connections are all in use also ends the handshake",
      );
    default:
      return error;
  }
}
