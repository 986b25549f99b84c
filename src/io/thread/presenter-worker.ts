/** The presenter's thread: told once what to show where, it runs its loop until main wants the end. */
import { attachShared, type SharedDescription } from "../shared/layout.ts";
import { Presenter, type PresenterSetup } from "./presenter.ts";

/** What the thread is told. */
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
    new Presenter(attachShared(buffer, description), setup, fd).run();
    process.exit(0);
  };
}
