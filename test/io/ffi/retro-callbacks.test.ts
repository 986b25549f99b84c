/** The callbacks of libretro cores: machine code where there is some, and the same in JavaScript. */

import { CFunction, type Pointer, ptr } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { inputPlace, RetroCallbacks } from "../../../src/io/ffi/retro-callbacks.ts";

const variants = [new RetroCallbacks(true), new RetroCallbacks(false)];
const MASK_ID = 256;

function functionsOf({ addresses }: RetroCallbacks) {
  const at = (address: number) => address as Pointer;
  return {
    inputState: CFunction({
      ptr: at(addresses.inputState),
      args: ["u32", "u32", "u32", "u32"],
      returns: "i16",
    }),
    audioSample: CFunction({ ptr: at(addresses.audioSample), args: ["i16", "i16"], returns: "void" }),
    audioBatch: CFunction({ ptr: at(addresses.audioBatch), args: ["ptr", "u64"], returns: "u64" }),
    videoRefresh: CFunction({
      ptr: at(addresses.videoRefresh),
      args: ["u64", "u32", "u32", "u64"],
      returns: "void",
    }),
  };
}

for (const [index, callbacks] of variants.entries())
  describe(index === 0 ? "as machine code, if this system has it" : "in JavaScript", () => {
    const functions = functionsOf(callbacks);

    test("input is looked up by port, device, index and id; everything else is 0", () => {
      for (let at = 0; at < callbacks.input.length; at++)
        callbacks.input[at] = ((at * 40_503) & 0xffff) - 0x8000;
      const edge = fc.oneof(fc.nat(40), fc.constantFrom(255, MASK_ID, 257, 0x7fff_ffff, 0xffff_ffff));
      fc.assert(
        fc.property(edge, edge, edge, edge, (port, device, place, id) => {
          const at = inputPlace(port, device, place, id);
          const expected = at < 0 ? 0 : callbacks.input[at]!;
          expect(functions.inputState(port, device, place, id)).toBe(expected);
        }),
        { seed: 7, numRuns: 500 },
      );
    });

    test("sound is collected in order, and dropped when there is too much", () => {
      callbacks.beginFrame();
      functions.audioSample(-32_768, 32_767);
      const batch = Int16Array.from({ length: 2 * 70_000 }, (_, at) => at & 0x7fff);
      expect(Number(functions.audioBatch(ptr(batch), 3))).toBe(3);
      expect(callbacks.audioPairs).toBe(4);
      expect([...callbacks.samples.subarray(0, 8)]).toEqual([-32_768, 32_767, 0, 1, 2, 3, 4, 5]);
      expect(Number(functions.audioBatch(ptr(batch), 70_000))).toBe(70_000);
      expect(callbacks.audioPairs).toBe(65_536);
      functions.audioSample(1, 1);
      expect(callbacks.audioPairs).toBe(65_536);
      callbacks.beginFrame();
      expect(callbacks.audioPairs).toBe(0);
    });

    test("a picture is copied up to its last pixel; repeats, GPU pictures and too large ones are told apart", () => {
      callbacks.bytesPerPixel = 4;
      const pixels = Uint8Array.from({ length: 100 }, (_, at) => at + 1);
      callbacks.beginFrame();
      expect(callbacks.picture.kind).toBe("repeated");
      callbacks.pixels.fill(0, 0, 200);
      // 3 × 2 pixels of 4 bytes with a pitch of 20: 32 bytes.
      functions.videoRefresh(ptr(pixels), 3, 2, 20);
      expect(callbacks.picture).toEqual({ kind: "picture", width: 3, height: 2, pitchBytes: 20 });
      expect([...callbacks.pixels.subarray(0, 34)]).toEqual([...pixels.subarray(0, 32), 0, 0]);
      callbacks.beginFrame();
      functions.videoRefresh(0, 3, 2, 20);
      expect(callbacks.picture.kind).toBe("repeated");
      functions.videoRefresh(0xffff_ffff_ffff_ffffn, 640, 480, 0);
      expect(callbacks.picture.kind).toBe("hardware");
      callbacks.beginFrame();
      functions.videoRefresh(ptr(pixels), 100_000, 100_000, 400_000);
      expect(callbacks.picture.kind).toBe("too-large");
    });
  });
