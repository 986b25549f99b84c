import { render } from "preact";
import { App } from "./app.tsx";
import { link, snapshots, store } from "./state/model.ts";

render(<App />, document.getElementById("app")!);
link.connect();
// For measurements and tests.
Object.assign(globalThis, { emuDebug: { link, store, snapshots } });
