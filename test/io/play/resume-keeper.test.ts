import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PlaySession } from "../../../src/io/play/play-session.ts";
import { ResumeFile } from "../../../src/io/play/resume-file.ts";
import { ResumeKeeper } from "../../../src/io/play/resume-keeper.ts";
import { DEFAULT_SETTINGS } from "../../../src/io/play/settings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A session of a game whose state is one byte, the number of states that were saved. */
class FakeGame {
  saved = 0;
  isRunning = true;
  settings = DEFAULT_SETTINGS;
  readonly captures = { png: async () => new Uint8Array([0]) };
  readonly client = {
    saveState: async () => ({ version: 0, bytes: new Uint8Array([++this.saved]), frame: 0 }),
    battery: () => undefined,
  };

  get session(): PlaySession {
    return this as unknown as PlaySession;
  }

  async stored(file: ResumeFile): Promise<number | undefined> {
    return (await file.load(undefined))?.state[0];
  }
}

const palette = () => new Uint32Array(512);
const snapshot = (value: number) => ({ version: 0, bytes: new Uint8Array([value]), tag: 0 });

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await Bun.sleep(1);
}

describe("a position in a game", () => {
  test("is stored while the game is played, once for each time that buttons were pressed", async () => {
    const file = new ResumeFile(temporaryFolder("resume"));
    const game = new FakeGame();
    const keeper = new ResumeKeeper(file, undefined, 1);
    keeper.start(game.session, palette);
    await Bun.sleep(20);
    expect(game.saved).toBe(0);
    keeper.pressed();
    await until(async () => (await game.stored(file)) === 1);
    await Bun.sleep(20);
    expect(game.saved).toBe(1);
    keeper.pressed();
    await until(async () => (await game.stored(file)) === 2);
    await keeper.stop();
    keeper.pressed();
    await Bun.sleep(20);
    expect(game.saved).toBe(2);
  });

  test("is not stored in a menu, or if the setting is off", async () => {
    const game = new FakeGame();
    const keeper = new ResumeKeeper(new ResumeFile(temporaryFolder("resume")), undefined, 1);
    keeper.start(game.session, palette);
    game.isRunning = false;
    keeper.pressed();
    await Bun.sleep(20);
    game.settings = { ...DEFAULT_SETTINGS, resumes: false };
    game.isRunning = true;
    await Bun.sleep(20);
    expect(game.saved).toBe(0);
    await keeper.stop();
  });

  test("that cannot be stored does not end the game", async () => {
    const game = new FakeGame();
    let calls = 0;
    game.client.saveState = () => {
      calls++;
      return Promise.reject(new Error("no state now"));
    };
    const keeper = new ResumeKeeper(new ResumeFile(temporaryFolder("resume")), undefined, 1);
    keeper.start(game.session, palette);
    keeper.pressed();
    await until(() => calls === 1);
    await keeper.stop();
  });

  test.each([
    [true, false],
    [false, true],
  ])("from which the game has gone on (%p) is replaced; any other one is kept", async (goesOn, isKept) => {
    const folder = temporaryFolder("resume");
    const file = new ResumeFile(folder);
    await file.store(new Uint8Array([9]), undefined, undefined);
    const keeper = new ResumeKeeper(file);
    if (goesOn) keeper.continued();
    await keeper.store(snapshot(1), undefined, undefined);
    await keeper.store(snapshot(2), undefined, undefined);
    expect((await file.load(undefined))?.state).toEqual(new Uint8Array([2]));
    expect(existsSync(join(folder, "earlier-1.state"))).toBe(isKept);
    expect(existsSync(join(folder, "earlier-2.state"))).toBe(false);
  });

  test("of another emu that plays the same game is kept, and replaced only at the end", async () => {
    const folder = temporaryFolder("resume");
    const [file, other] = [new ResumeFile(folder), new ResumeFile(folder)];
    const game = new FakeGame();
    const keeper = new ResumeKeeper(file, undefined, 1);
    keeper.start(game.session, palette);
    keeper.pressed();
    await until(async () => (await game.stored(file)) === 1);
    await other.store(new Uint8Array([100]), undefined, undefined);
    expect([await file.isOfAnother(), await other.isOfAnother()]).toEqual([true, false]);
    keeper.pressed();
    await Bun.sleep(20);
    expect(await game.stored(other)).toBe(100);
    await keeper.stop();
    await keeper.store(snapshot(2), undefined, undefined);
    expect(await game.stored(other)).toBe(2);
    expect(await Bun.file(join(folder, "earlier-1.state")).bytes()).toEqual(new Uint8Array([100]));
    expect(await file.isOfAnother()).toBe(false);
  });

  test("without a file is not stored", async () => {
    const keeper = new ResumeKeeper(undefined);
    expect(await keeper.load(undefined)).toBeUndefined();
    await keeper.store(snapshot(1), undefined, undefined);
    await keeper.stop();
  });
});
