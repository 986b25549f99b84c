import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";

const EXPLORE = `Explore this NES game with the tools of emu, and write down what you find.

1. Call load without parameters to see which game it is; load one if there is none.
2. Play some hundred frames with nothing pressed, then see the screen. Press start for 4 frames, release it, and see again.
3. Save a state when the game has begun. Try one button at a time; load the state in between. Note what each button does.
4. Find the important values: lives, score, position, level. Use memory_search: new with the value on the screen, change it in the game, narrow. Check each with memory_write or by playing on.
5. Find what changes them with last_writer and disassemble.
6. Report: how to start a game, what the buttons do, the addresses with their meaning, and what ends the game.`;

const TEST = `Write a regression test for a bug of this NES game with the tools of emu.

The bug: BUG

1. Load the game and play until the bug can be seen. Save states before risky steps, so that you can try again.
2. Find the bytes of memory that show the bug (memory_search, see difference, last_writer).
3. Go back to power-on or a state from before detours: the recording has only what led to the present.
4. Play the shortest way to the bug, then call record with a .test.ts file and the places to expect.
5. The recorded test expects what is in memory now, so it passes while the bug exists. Change the expected bytes to the correct ones; the test must then fail until the bug is fixed.
6. Call run_tests, and report what it shows.`;

/** Adds the prompts. */
export function addPrompts(server: McpServer): void {
  const message = (text: string) => ({
    messages: [{ role: "user" as const, content: { type: "text" as const, text } }],
  });
  server.registerPrompt(
    "explore-game",
    {
      title: "Explore this game",
      description: "Find out how a game works: its controls, its values, its ends",
    },
    () => message(EXPLORE),
  );
  server.registerPrompt(
    "test-for-bug",
    {
      title: "Write a test for this bug",
      description: "Play to a bug and record a test that shows it",
      argsSchema: { bug: z.string().max(4000).describe("what is wrong, and when") },
    },
    ({ bug }) => message(TEST.replace("BUG", () => bug)),
  );
}
