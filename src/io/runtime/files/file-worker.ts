/** A file thread's entry point. Listed as an entry point when bundling. */
import { type FileJob, FileWorker } from "./thread-engine.ts";

declare const self: Worker;

const worker = new FileWorker();
self.onmessage = (event: MessageEvent<FileJob>) => worker.work(event.data);
