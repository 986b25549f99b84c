import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { portableSha1 } from "../../../src/io/core/sha1.ts";

const ofNode = (parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

test("SHA-1 of any parts is that of the platform", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), (parts) => {
      expect(portableSha1(parts)).toBe(ofNode(parts));
    }),
  );
});

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 40_976])("SHA-1 of %i bytes", (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 0xff);
  expect(portableSha1([bytes])).toBe(ofNode([bytes]));
});
