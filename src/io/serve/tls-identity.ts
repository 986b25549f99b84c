import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";

const MAX_PEM_BYTES = 256 * KIB;
const FINGERPRINT_DIGITS = 64;
/** With a shorter RSA key, the handshake with clients fails. */
const MIN_RSA_BITS = 1024;
const HOW_TO_MAKE =
  "make them: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -subj /CN=emu -days 365";

/** A server's certificate with its key. */
export interface TlsIdentity {
  /** PEM texts. The certificate may be followed by those of its issuers. */
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, in the usual form: "AB:CD:…". */
  readonly fingerprint: string;
  /** Why clients may reject it: sentences without a full stop. */
  readonly cautions: readonly string[];
}

/**
 * Reads a certificate and its key from PEM files. Throws `InputError`: "usage" if only one is named, and
 * "data" if they cannot be read as such, do not belong together, or are not usable for TLS.
 */
export async function readTlsIdentity(
  certPath: string | undefined,
  keyPath: string | undefined,
): Promise<TlsIdentity | undefined> {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) {
    const [given, missing] =
      certPath === undefined ? ["--tls-key", "--tls-cert"] : ["--tls-cert", "--tls-key"];
    throw new InputError("usage", `${given} needs ${missing}`, given, HOW_TO_MAKE);
  }
  const [cert, key] = await Promise.all([readPem(certPath), readPem(keyPath)]);
  const certificate = parseCertificate(cert, certPath);
  if (!certificate.checkPrivateKey(parseKey(key, keyPath)))
    throw new InputError("data", `not the key of ${certPath}`, keyPath, HOW_TO_MAKE);
  checkUsable(cert, key, certificate, certPath);
  return { cert, key, fingerprint: certificate.fingerprint256, cautions: cautionsOf(certificate) };
}

/** Reads certificates of authorities that are trusted besides those of the system. */
export async function readAuthorities(path: string): Promise<string> {
  const text = await readPem(path);
  parseCertificate(text, path);
  return text;
}

/** Parses a SHA-256 fingerprint, with or without colons. Throws `InputError` ("usage"). */
export function parseFingerprint(text: string, option: string): string {
  const digits = text
    .replace(/^sha256[:/ ]/i, "")
    .replaceAll(":", "")
    .toUpperCase();
  if (digits.length === FINGERPRINT_DIGITS && /^[0-9A-F]+$/.test(digits))
    return digits.match(/../g)!.join(":");
  throw new InputError(
    "usage",
    `a fingerprint has ${FINGERPRINT_DIGITS} hexadecimal digits`,
    option,
    "emu serve prints it; or: openssl x509 -in cert.pem -noout -fingerprint -sha256",
  );
}

async function readPem(path: string): Promise<string> {
  return new TextDecoder().decode(await readFileCapped(path, MAX_PEM_BYTES));
}

function parseCertificate(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new InputError("data", "not a certificate in PEM form", path, HOW_TO_MAKE);
  }
}

function parseKey(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new InputError("data", "not a private key in PEM form without a passphrase", path, HOW_TO_MAKE);
  }
}

/** Throws `InputError` if a server could not start with the files, or no client could connect to it. */
function checkUsable(cert: string, key: string, certificate: X509Certificate, path: string): void {
  const { modulusLength = MIN_RSA_BITS } = certificate.publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS)
    throw new InputError("data", `its key of ${modulusLength} bits is too short for TLS`, path, HOW_TO_MAKE);
  try {
    createSecureContext({ cert, key });
  } catch {
    // The first certificate and the key have been read, so a later one is damaged.
    throw new InputError("data", "the certificates after the first cannot be read", path, HOW_TO_MAKE);
  }
}

function cautionsOf({ validFrom, validTo }: X509Certificate): string[] {
  const now = Date.now();
  if (now > Date.parse(validTo))
    return [`the certificate has expired on ${validTo}: clients reject it unless they pin its fingerprint`];
  if (now < Date.parse(validFrom))
    return [
      `the certificate is not valid before ${validFrom}: clients reject it unless they pin its fingerprint`,
    ];
  return [];
}
