/** Writes, reads and compares a hundred files in two batches. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileBatch, openFileEngine, openFlags } from "emuterm/runtime";

const FILES = 100;
const FILE_BYTES = 1024;

const folder = mkdtempSync(join(tmpdir(), "emuterm-files-"));
const { engine, refused } = openFileEngine();
for (const { name, reason } of refused) console.log(`not ${name}: ${reason}`);

/** The written bytes, followed by the bytes read. */
const arena = new SharedArrayBuffer(2 * FILES * FILE_BYTES);
const bytes = new Uint8Array(arena);
const part = (index: number): Uint8Array<SharedArrayBuffer> =>
  bytes.subarray(index * FILE_BYTES, (index + 1) * FILE_BYTES);
for (let i = 0; i < FILES; i++) part(i).fill(i);

const batch = new FileBatch(engine, arena);
const { O_CREAT, O_WRONLY, O_RDONLY } = openFlags;

for (let i = 0; i < FILES; i++) {
  // Later operations of a batch can use a file that an earlier one opens.
  const file = batch.opened(batch.open(join(folder, `${i}`), O_CREAT | O_WRONLY));
  batch.write(file, part(i), 0);
  batch.close(file);
}
batch.complete();

const reads: number[] = [];
for (let i = 0; i < FILES; i++) {
  const file = batch.opened(batch.open(join(folder, `${i}`), O_RDONLY));
  reads.push(batch.read(file, part(FILES + i), 0));
  batch.close(file);
}
batch.complete();

const same = reads.filter((ticket, i) => {
  return batch.result(ticket) === FILE_BYTES && part(FILES + i).every((byte) => byte === i);
});
console.log(`${same.length} of ${FILES} files read as they were written, by ${batch.engine}`);
engine.close();
rmSync(folder, { recursive: true });
