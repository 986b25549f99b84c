/** Grades like the real worker, except for ROMs whose names request trouble. */

import type { ConformOrder } from "../../../../src/io/conform/conform-worker.ts";
import { grade } from "../../../../src/io/conform/grade.ts";
import { sleepMs, threadCpuClock } from "../../../../src/io/ffi/clock.ts";

declare const self: Worker;

self.postMessage({ cpuClock: threadCpuClock() });

self.onmessage = async ({ data: { spec, options } }: MessageEvent<ConformOrder>) => {
  if (spec.name.startsWith("hang")) for (;;);
  if (spec.name.startsWith("sleep")) sleepMs(2500);
  if (spec.name.startsWith("block")) for (;;) sleepMs(1000);
  if (spec.name.startsWith("crash")) throw new Error("the worker threw");
  if (spec.name.startsWith("exit")) process.exit(3);
  if (spec.name.startsWith("bug")) {
    self.postMessage({ error: { message: "TypeError: of the machine", stack: "at nes.ts" } });
    return;
  }
  self.postMessage({ graded: await grade(spec, options) });
};
