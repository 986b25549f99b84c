import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { dapServer, TestClient } from "../../../support/dap.ts";
import { LIBRARY_ROM } from "../../../support/library-game.ts";
import { soakSize } from "../../../support/soak.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-dap-fuzz-"));
const program = join(folder, "game.nes");
await Bun.write(program, LIBRARY_ROM);
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS = (
  "initialize launch attach configurationDone threads setBreakpoints setFunctionBreakpoints " +
  "setInstructionBreakpoints setDataBreakpoints dataBreakpointInfo setExceptionBreakpoints exceptionInfo " +
  "breakpointLocations next stepIn stepOut stepBack reverseContinue pause goto gotoTargets stackTrace scopes " +
  "variables setVariable setExpression evaluate completions readMemory writeMemory disassemble loadedSources"
).split(" ");
const KEYS = (
  "name line source path breakpoints variablesReference frameId expression value context count offset start " +
  "memoryReference instructionOffset instructionCount data dataId instructionReference filters filterOptions " +
  "filterId condition hitCondition logMessage text column targetId granularity levels startFrame format bytes"
).split(" ");
const TEXTS = [
  "a",
  "tick",
  "0xc000",
  "ppu:0x2000",
  "cpu:0x20+1",
  "pc = 1",
  "[",
  "{a:x}",
  "jam",
  "% 2",
  "instruction",
];

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...TEXTS),
    fc.string({ maxLength: 12 }),
    fc.integer({ min: -3, max: 0x12000 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie("any"), { maxKeys: 6 }),
}));

test("any request has an answer, and none is a bug", async () => {
  const { server } = await dapServer(program);
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...COMMANDS), value.object), { maxLength: 30 }),
      async (requests) => {
        const client = await TestClient.connect(server.port);
        await client.stopAfter(() => client.launchGame({ stopOnEntry: true }));
        const answers = await Promise.all(
          requests.map(([command, args]) =>
            client.customRequest(command, args).then(
              () => "",
              (error: Error) => error.message,
            ),
          ),
        );
        done += answers.filter((answer) => answer === "").length;
        expect(answers.filter((answer) => answer.includes("bug"))).toEqual([]);
        await client.stop();
      },
    ),
    { seed: 16, numRuns: soakSize(20, 500) },
  );
  expect(done).toBeGreaterThan(20);
  while (server.clients > 0) await Bun.sleep(1);
  await server.close();
});
