import type { Graded } from "../grade.ts";
import { seal, unseal } from "./seal.ts";

/** A result in Redis. */
export interface StoredResult {
  readonly graded: Graded;
  /** The worker that ran the test. */
  readonly worker: string;
  /** Present if the test was given up because workers ended while they ran it. */
  readonly isPoison?: true;
}

/** A result as it is stored for a test of a run. Bytes are stored as `{ "base64": … }`. */
export function encodeStored(run: string, index: number, stored: StoredResult): string {
  return seal(placeOf(run, index), jsonOf(stored));
}

/** Throws `InputError` ("data") if the result is damaged. */
export function decodeStored(run: string, index: number, text: string): StoredResult {
  return JSON.parse(unseal(placeOf(run, index), text, "the result of this test"), (_key, value) =>
    typeof value === "object" && value !== null && typeof value.base64 === "string"
      ? new Uint8Array(Buffer.from(value.base64, "base64"))
      : value,
  );
}

const placeOf = (run: string, index: number): string => `${run} ${index}`;

function jsonOf(stored: StoredResult): string {
  return JSON.stringify(stored, (_key, value) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value,
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
  return jsonOf({ graded: { ...graded, result: { ...graded.result, milliseconds: 0 } }, worker: "" });
}
