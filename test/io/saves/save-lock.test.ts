import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SaveLock } from "../../../src/io/saves/save-lock.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const root = mkdtempSync(join(tmpdir(), "emu-save-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let serial = 0;
function freshSave(): string {
  const folder = join(root, `${serial++}`);
  mkdirSync(folder);
  return join(folder, "game.sav");
}

/** Starts another process that holds a save's lock until it is killed. */
async function holder(save: string): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> {
  const script = `
    import { SaveLock } from "${import.meta.dir}/../../../src/io/saves/save-lock.ts";
    const lock = await SaveLock.take(process.argv[1]);
    // A child that outlives its parent must not keep the lock.
    Bun.spawn(["sleep", "5"], { stdio: ["ignore", "ignore", "ignore"] }).unref();
    console.log(lock !== undefined);
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", script, save], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("true\n");
  return child;
}

describe("SaveLock", () => {
  test("is free again after release, and leaves no file", async () => {
    const save = freshSave();
    for (let turn = 0; turn < 3; turn++) {
      const lock = await SaveLock.take(save);
      expect(lock?.isOurs).toBe(true);
      lock?.release();
      expect(existsSync(`${save}.lock`)).toBe(false);
    }
  });

  test("names the process that has it, also through a link to the same save", async () => {
    const save = freshSave();
    const link = `${save}.link`;
    writeFileSync(save, "");
    symlinkSync(save, link);
    const other = await holder(save);
    for (const path of [save, link]) {
      const error = await inputErrorFrom(SaveLock.take(path));
      expect(error).toMatchObject({ kind: "unavailable", where: path });
      expect(error.message).toContain(`process ${other.pid}`);
    }
    other.kill("SIGKILL");
    await other.exited;
  });

  test("is free after its owner was killed, even if its process number is in use again", async () => {
    const save = freshSave();
    const other = await holder(save);
    other.kill("SIGKILL");
    await other.exited;
    // The file still exists, with the number of a running process.
    writeFileSync(`${save}.lock`, `${process.ppid}\n`);
    const lock = await SaveLock.take(save);
    expect(lock?.isOurs).toBe(true);
    lock?.release();
  });

  test("can be taken over: the previous owner detects it, and its release has no effect", async () => {
    const save = freshSave();
    const first = await SaveLock.take(save);
    const second = await SaveLock.take(save, true);
    expect([first?.isOurs, second?.isOurs]).toEqual([false, true]);
    first?.release();
    expect(second?.isOurs).toBe(true);
    expect(readFileSync(`${save}.lock`, "utf8")).toBe(`${process.pid}\n`);
    expect((await inputErrorFrom(SaveLock.take(save))).kind).toBe("unavailable");
    second?.release();
  });

  test("locks nothing if there is no file to lock: a device, an invalid folder", async () => {
    const save = freshSave();
    writeFileSync(save, "");
    expect(await SaveLock.take(join(save, "inner.sav"))).toBeUndefined();
    expect(await SaveLock.take("/dev/null")).toBeUndefined();
  });
});
