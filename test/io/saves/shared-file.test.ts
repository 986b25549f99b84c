/** Files that two emus change at the same time: no change may be lost. */
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeSharedFile } from "../../../src/io/saves/shared-file.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-shared-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = join(import.meta.dir, "../../../src/io/saves/shared-file.ts");

describe("changeSharedFile", () => {
  test("loses no change of several processes", async () => {
    const path = join(folder, "count");
    const script = `
      import { changeSharedFile } from ${JSON.stringify(MODULE)};
      for (let i = 0; i < 15; i++)
        await changeSharedFile(process.argv[1], 99, (text) => String(Number(text) + 1));`;
    const children = Array.from({ length: 3 }, () =>
      Bun.spawn([process.execPath, "-e", script, path], { stdout: "ignore", stderr: "inherit" }),
    );
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual([0, 0, 0]);
    expect(readFileSync(path, "utf8")).toBe("45");
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  test("changes nothing if the edit throws or the file is too large", async () => {
    const path = join(folder, "same");
    writeFileSync(path, "as it was");
    const edit = () => {
      throw new Error("no");
    };
    await expect(changeSharedFile(path, 99, edit)).rejects.toThrow("no");
    expect((await inputErrorFrom(changeSharedFile(path, 3, () => ""))).kind).toBe("data");
    expect(readFileSync(path, "utf8")).toBe("as it was");
    await changeSharedFile(path, 99, (text) => `${text}, and more`);
    expect(readFileSync(path, "utf8")).toBe("as it was, and more");
  });
});
