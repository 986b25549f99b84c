import { reportError } from "../thread/error-report.ts";
import type { ErrorReport } from "../thread/messages.ts";
import { type Graded, grade } from "./grade.ts";
import type { TestSpec } from "./types.ts";

/** What a worker answers to each `TestSpec` that it is sent. */
export type ConformAnswer = { readonly graded: Graded } | { readonly error: ErrorReport };

declare const self: Worker;

self.onmessage = async ({ data }: MessageEvent<TestSpec>) => {
  try {
    self.postMessage({ graded: await grade(data) } satisfies ConformAnswer);
  } catch (error) {
    self.postMessage({ error: reportError(error) } satisfies ConformAnswer);
  }
};
