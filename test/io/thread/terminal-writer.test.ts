import { expect, test } from "bun:test";
import { SYNC_BEGIN, SYNC_END } from "../../../src/io/render/ansi.ts";
import { TerminalWriter } from "../../../src/io/thread/terminal-writer.ts";

/** A writer, and what each of its writes has written. At most `most` bytes are taken at once. */
function writerTo(synchronizes: boolean, most = Number.POSITIVE_INFINITY) {
  const written: string[] = [];
  const states: boolean[] = [];
  let isBusy = false;
  const observer = { setWriting: (isWriting: boolean) => void states.push(isWriting) };
  const writer = new TerminalWriter(9, synchronizes, observer, (fd, bytes, offset, length) => {
    expect(fd).toBe(9);
    isBusy = !isBusy && most < Number.POSITIVE_INFINITY;
    if (isBusy) throw Object.assign(new Error(), { code: "EAGAIN" });
    const taken = Math.min(most, length);
    written.push(Buffer.from(bytes.subarray(offset, offset + taken)).toString());
    return taken;
  });
  const bytes = (text: string) => [Buffer.from(`${text}rest`), text.length] as const;
  return { writer, written, bytes, states };
}

test.each([
  [false, "clearpicturetext"],
  [true, `${SYNC_BEGIN}clearpicturetext${SYNC_END}`],
])("a cleared window, its picture and its text are one write (mode 2026: %p)", (synchronizes, whole) => {
  const { writer, written, bytes } = writerTo(synchronizes);
  writer.hold(...bytes("clear"));
  writer.hold(...bytes("picture"));
  expect(written).toEqual([]);
  expect(writer.isHolding).toBe(true);
  writer.write(...bytes("text"));
  expect(written).toEqual([whole]);
  expect(writer.isHolding).toBe(false);
  writer.write(...bytes("next"));
  expect(written).toEqual([whole, "next"]);
});

test("without a picture, the window is cleared alone", () => {
  const { writer, written, bytes } = writerTo(true);
  writer.hold(...bytes("clear"));
  writer.flush();
  writer.flush();
  expect(written).toEqual(["clear"]);
});

test("a descriptor that does not block gets everything in pieces", () => {
  const { writer, written, bytes, states } = writerTo(false, 3);
  writer.write(...bytes("pictures"));
  expect(written).toEqual(["pic", "tur", "es"]);
  expect(states).toEqual([true, false]);
});

test("bytes that are dropped are not written", () => {
  const { writer, written, bytes } = writerTo(true);
  writer.hold(...bytes("clear"));
  writer.drop();
  writer.flush();
  writer.write(...bytes("next"));
  expect(written).toEqual(["next"]);
});
