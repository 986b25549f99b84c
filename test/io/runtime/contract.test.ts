import { describe } from "bun:test";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { coreContract } from "./core-contract.ts";
import { socketContract } from "./socket-contract.ts";

for (const backend of BACKEND_NAMES) {
  const reason = probeBackend(backend);
  describe.skipIf(reason !== undefined)(`${backend}${reason === undefined ? "" : ` (${reason})`}`, () => {
    coreContract(backend);
    socketContract(backend);
  });
}
