import type { Graded } from "../grade.ts";

/** A result in Redis. */
export interface StoredResult {
  readonly graded: Graded;
  /** The worker that ran the test. */
  readonly worker: string;
  /** Present if the test was given up because workers ended while they ran it. */
  readonly isPoison?: true;
}

/** Bytes are stored as `{ "base64": … }`. */
export function encodeStored(stored: StoredResult): string {
  return JSON.stringify(stored, (_key, value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value,
  );
}

export function decodeStored(text: string): StoredResult {
  return JSON.parse(text, (_key, value) =>
    typeof value === "object" && value !== null && typeof value.base64 === "string"
      ? new Uint8Array(Buffer.from(value.base64, "base64"))
      : value,
  );
}

/** Describes how two executions of a test differ, other than in time; undefined if they agree. */
export function disagreement(a: StoredResult, b: StoredResult): string | undefined {
  if (a.isPoison === true || b.isPoison === true) return undefined;
  if (comparable(a) === comparable(b)) return undefined;
  const texts = [a, b].map(({ worker, graded: { result } }) => {
    return `${result.verdict} after ${result.frames} frames on ${worker} (${result.detail})`;
  });
  return `determinism broken: ${texts.join(", ")}`;
}

function comparable({ graded, worker: _worker }: StoredResult): string {
  return encodeStored({ graded: { ...graded, result: { ...graded.result, milliseconds: 0 } }, worker: "" });
}
