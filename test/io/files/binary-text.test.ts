import { expect, test } from "bun:test";
import fc from "fast-check";
import { fromBase64, fromHex, toBase64, toHex } from "../../../src/io/files/binary-text.ts";

/** The result, or undefined if the function throws. */
function tried(parse: (text: string) => Uint8Array, text: string): number[] | undefined {
  try {
    return [...parse(text)];
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return undefined;
  }
}

test("bytes become the same text as in the engine, and come back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(toHex(bytes)).toBe(bytes.toHex());
      expect(toBase64(bytes)).toBe(bytes.toBase64());
      expect(fromHex(toHex(bytes))).toEqual(bytes);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

test("texts are accepted and rejected as by the engine", () => {
  const characters = fc.constantFrom(..."AZaz09+/=-_ \n~gG");
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 9 }), (text) => {
      expect(tried(fromHex, text)).toEqual(tried((each) => Uint8Array.fromHex(each), text));
      expect(tried(fromBase64, text)).toEqual(tried((each) => Uint8Array.fromBase64(each), text));
    }),
    { numRuns: 2000 },
  );
});
