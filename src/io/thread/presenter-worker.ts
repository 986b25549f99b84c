/** The presenter thread. It gets one start message, then runs its loop until main ends it. */
import { attachShared, type SharedDescription } from "../shared/layout.ts";
import { type PostedLine, postedLog } from "../shared/log.ts";
import { Presenter, type PresenterSetup } from "./presenter.ts";

/** The message that starts the thread. */
export interface PresenterStart {
  readonly buffer: SharedArrayBuffer;
  readonly description: SharedDescription;
  readonly setup: PresenterSetup;
  /** The terminal's descriptor. */
  readonly fd: number;
}

if (!Bun.isMainThread) {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = (event: MessageEvent<PresenterStart>) => {
    const { buffer, description, setup, fd } = event.data;
    const log = postedLog((line: PostedLine) => postMessage(line));
    new Presenter(attachShared(buffer, description), setup, fd, log, (past) => postMessage(past)).run();
    process.exit(0);
  };
}
