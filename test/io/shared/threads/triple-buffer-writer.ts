import { attachShared, type SharedDescription } from "../../../../src/io/shared/layout.ts";
import { TripleBufferWriter } from "../../../../src/io/shared/triple-buffer.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface WriterOrder {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  readonly frames: number;
}

/**
 * Publishes frames 1 to `frames`, each filled with its number: at full speed, alternating with short sleeps.
 */
serveThread(({ buffer, description, frames }: WriterOrder): number => {
  const blocks = attachShared(buffer, description);
  const writer = new TripleBufferWriter(blocks.frames);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  for (let frame = 1; frame <= frames; frame++) {
    writer.pixels.fill(frame & 0xffff);
    writer.publish(frame, frame * 2);
    const isSlow = (frame & 0x3fff) < 0x100;
    if (isSlow) Atomics.wait(idle, 0, 0, 0.05);
  }
  return writer.overwritten;
});
