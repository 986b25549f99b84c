import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { InputError } from "../../../../src/emu/input-error.ts";
import { encodePng } from "../../../../src/io/capture/png.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { COVER_FILE, Covers } from "../../../../src/io/play/games/covers.ts";
import { firstPicture } from "../../../../src/io/play/games/first-picture.ts";
import { GameHistory } from "../../../../src/io/play/games/game-history.ts";
import { GameLibrary } from "../../../../src/io/play/games/game-library.ts";
import { gamesMatching, libraryGame } from "../../../../src/io/play/games/library-game.ts";
import { browsePage } from "../../../../src/io/play/menu/games-page.ts";
import { indexOfGame, libraryPage } from "../../../../src/io/play/menu/library-page.ts";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { dualRomFile } from "../../../support/dual-rom.ts";
import { TestProgram } from "../../../support/test-program.ts";

const top = mkdtempSync(join(tmpdir(), "emu-library-"));
afterAll(() => rmSync(top, { recursive: true }));
let folders = 0;

function folderWith(...files: readonly string[]): string {
  const root = join(top, String(++folders));
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

/** A library of folders, with its own history. */
function libraryOf(...roots: readonly string[]) {
  const kept: (readonly string[])[] = [];
  const home = folderWith();
  const library = new GameLibrary({
    folders: roots,
    history: new GameHistory(join(home, "games.json")),
    statesFolder: join(home, "states"),
    keepFolders: async (paths) => {
      kept.push(paths);
    },
  });
  library.onFailure = (error) => {
    throw error;
  };
  return { library, kept, states: join(home, "states") };
}

/** Resolves when the search is over. */
async function searched(library: GameLibrary): Promise<void> {
  await library.refresh();
  while (library.progress.includes("searching")) await Bun.sleep(1);
}

const names = (library: GameLibrary) => library.files.map(({ name }) => name);

describe("GameLibrary", () => {
  test("finds games of every console below its folders, in the order of their names", async () => {
    const root = folderWith("b/Quest 10.nes", "b/quest 2.NES", "a.gb", "tune.nsfe", "pack.7z", "notes.txt");
    const { library } = libraryOf(root);
    await searched(library);
    expect(names(library)).toEqual(["a", "pack", "quest 2", "Quest 10", "tune"]);
    expect(library.files.map(({ system }) => system)).toEqual(["Game Boy", "archive", "NES", "NES", "music"]);
    expect(library.progress).toBe("5 files");
  });

  test("leaves out hidden files and folders", async () => {
    const { library } = libraryOf(folderWith("a.nes", "._a.nes", ".Trash/b.nes", "c/.git/d.nes"));
    await searched(library);
    expect(names(library)).toEqual(["a"]);
  });

  test("sorts and finds names without their accents, and shows no .gz", async () => {
    const root = folderWith("Zoo.nes", "Élan.nes", "Pokémon.gb", "E\u0301lite.nes", "packed.nes.gz");
    const { library } = libraryOf(root);
    await searched(library);
    expect(names(library)).toEqual(["Élan", "Élite", "packed", "Pokémon", "Zoo"]);
    expect(library.files[2]!.system).toBe("NES");
    expect(gamesMatching(library.files, "POKEMON").map(({ name }) => name)).toEqual(["Pokémon"]);
    expect(gamesMatching(library.files, "él").map(({ name }) => name)).toEqual(["Élan", "Élite"]);
  });

  test("links in circles and folders in one another are searched once", async () => {
    const root = folderWith("in/one.nes", "two.nes");
    symlinkSync(root, join(root, "in/again"));
    symlinkSync("nowhere.nes", join(root, "broken.nes"));
    const { library } = libraryOf(root, join(root, "in"));
    await searched(library);
    expect(names(library)).toEqual(["one", "two"]);
    expect(library.troubles).toEqual([]);
  });

  test("lists identical files once, whatever their names, and links to a file", async () => {
    const root = folderWith("a/copy.nes", "b/game.nes", "c/other.nes", "d/empty 1.nes", "d/empty 2.nes");
    const large = new Uint8Array(40_976).fill(7);
    for (const name of ["a/copy.nes", "b/game.nes"]) writeFileSync(join(root, name), large);
    // The same size, and the same bytes where samples are taken.
    writeFileSync(join(root, "c/other.nes"), large.with(9000, 8));
    linkSync(join(root, "c/other.nes"), join(root, "c/hard.nes"));
    symlinkSync(join(root, "c/other.nes"), join(root, "a/soft.nes"));
    const { library } = libraryOf(root);
    await searched(library);
    expect(names(library)).toEqual(["copy", "empty 1", "empty 2", "hard"]);
    expect(library.copiesOf(library.files[0]!)).toEqual([join(root, "b/game.nes")]);
    expect(library.copiesOf(library.files[3]!)).toEqual([
      join(root, "c/other.nes"),
      join(root, "a/soft.nes"),
    ]);
    // The copy that was played stays.
    await library.started(join(root, "b/game.nes"), "aa");
    await searched(library);
    expect(names(library)).toEqual(["empty 1", "empty 2", "game", "hard"]);
  });

  test("lists no copy of a game that comes with emu, even after it was played", async () => {
    const root = folderWith("my comet.nes", "zoo.nes");
    const copy = join(root, "my comet.nes");
    copyFileSync(join(import.meta.dir, "../../../../roms/swingby.nes"), copy);
    const { library } = libraryOf(root);
    await searched(library);
    expect(names(library)).toEqual(["zoo"]);
    expect(library.copiesOf(library.game("swingby"))).toEqual([copy]);
    const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
    const page = libraryPage(menu, library, () => {}, "/home");
    const listed = () =>
      page
        .entries()
        .map(({ label }) => label)
        .slice(0, -2);
    expect(listed()).toEqual(["Swingby", "Test card", "zoo"]);
    await library.started(copy, "aa");
    await searched(library);
    expect(listed()).toEqual(["my comet", "Test card", "zoo"]);
  });

  test("names the file rather than a link to it, and hides copies of games played elsewhere", async () => {
    const root = folderWith("b/true name.nes", "copy.nes");
    symlinkSync(join(root, "b/true name.nes"), join(root, "a link.nes"));
    writeFileSync(join(root, "b/true name.nes"), "one");
    const elsewhere = join(folderWith("played.nes"), "played.nes");
    for (const path of [elsewhere, join(root, "copy.nes")]) writeFileSync(path, "another");
    const { library } = libraryOf(root);
    await library.started(elsewhere, "aa");
    await searched(library);
    expect(names(library)).toEqual(["true name"]);
    expect(library.copiesOf(library.game(elsewhere))).toEqual([join(root, "copy.nes")]);
    const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
    const page = libraryPage(menu, library, () => {}, top);
    const listed = () => page.entries().filter(({ id }) => !/^(browse|folder)/.test(id ?? ""));
    expect(listed().map(({ label }) => label)).toEqual(["played", "Swingby", "Test card", "true name"]);
    page.filter!.set("c");
    expect(listed().map(({ label }) => label)).toEqual(["Test card"]);
    page.filter!.set("");
    // Without the game that was played, its copy is listed.
    await library.forget(library.game(elsewhere));
    expect(names(library)).toEqual(["copy", "true name"]);
  });

  test("reports a missing folder, and searches the others", async () => {
    const { library } = libraryOf(join(top, "gone"), folderWith("one.nes"));
    await searched(library);
    expect(names(library)).toEqual(["one"]);
    expect(library.troubles.map(({ kind }) => kind)).toEqual(["missing"]);
  });

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "passes over unreadable folders",
    async () => {
      const root = folderWith("shut/one.nes", "two.nes");
      chmodSync(join(root, "shut"), 0);
      const { library } = libraryOf(root);
      await searched(library);
      chmodSync(join(root, "shut"), 0o755);
      expect(names(library)).toEqual(["two"]);
      expect(library.troubles).toHaveLength(1);
    },
  );

  test("a search can be ended, and shows what it has found so far", async () => {
    const { library } = libraryOf(folderWith(...Array.from({ length: 50 }, (_, i) => `${i}/game.nes`)));
    await library.refresh();
    library.stop();
    expect(library.progress).not.toContain("searching");
    await searched(library);
    expect(library.files).toHaveLength(50);
  });

  test("adds, remembers and removes folders", async () => {
    const root = folderWith("one.nes");
    const { library, kept } = libraryOf();
    await library.addFolder(root);
    await library.addFolder(root);
    await searched(library);
    expect(names(library)).toEqual(["one"]);
    await library.removeFolder(root);
    await searched(library);
    expect(names(library)).toEqual([]);
    expect(kept).toEqual([[root], []]);
  });

  test("counts the time of each game, and knows the last one and the favourites", async () => {
    const { library, states } = libraryOf();
    const [one, two] = [join(top, "one.nes"), join(top, "two.nes")];
    await library.started(one, "aa");
    await library.ended(one, 60);
    await library.started(two, "bb");
    await library.started(one, "aa");
    await library.ended(one, 30);
    await library.toggleFavourite(library.game(two));
    expect(library.played.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(library.records.get(one)).toMatchObject({ key: "aa", playedSeconds: 90, isFavourite: false });
    expect(library.favourites.map(({ name }) => name)).toEqual(["two"]);
    expect(library.toContinue).toBeUndefined();
    mkdirSync(join(states, "bb"), { recursive: true });
    writeFileSync(join(states, "bb/resume.json"), "{}");
    await library.forget(library.game(one));
    expect(library.played.map(({ name }) => name)).toEqual(["two"]);
    expect(library.toContinue?.path).toBe(two);
  });
});

describe("GameHistory", () => {
  test("reads any file, and takes no key that is a path", async () => {
    const path = join(folderWith(), "games.json");
    const history = new GameHistory(path);
    expect((await history.list()).size).toBe(0);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        writeFileSync(path, text);
        for (const { key, playedSeconds } of (await history.list()).values()) {
          expect(key).not.toMatch(/[/\\]|^\.+$/);
          expect(playedSeconds).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
    writeFileSync(
      path,
      JSON.stringify({ a: { key: "../../x", playedSeconds: -4 }, b: 7, c: { key: "..", isFavourite: 1 } }),
    );
    expect([...(await history.list())]).toEqual([
      ["a", { key: "", lastPlayedMs: 0, playedSeconds: 0, isFavourite: false }],
      ["c", { key: "", lastPlayedMs: 0, playedSeconds: 0, isFavourite: false }],
    ]);
  });

  test("keeps a damaged file beside the new one", async () => {
    const path = join(folderWith(), "games.json");
    const history = new GameHistory(path);
    await history.change("a", () => ({ isFavourite: true }));
    for (const damaged of [readFileSync(path, "utf8").slice(0, -3), "[]", "7"]) {
      writeFileSync(path, damaged);
      await history.change("b", () => ({ playedSeconds: 60 }));
      expect(readFileSync(`${path}.damaged`, "utf8")).toBe(damaged);
      expect([...(await history.list()).keys()]).toEqual(["b"]);
    }
  });

  test("can read what it has written, however long the paths are", async () => {
    const path = join(folderWith(), "games.json");
    const history = new GameHistory(path);
    const games = Array.from({ length: 3100 }, (_, i) => [
      `/${i}${"x".repeat(1300)}`,
      { lastPlayedMs: i + 1 },
    ]);
    writeFileSync(path, JSON.stringify(Object.fromEntries(games)));
    await history.change("last", () => ({ lastPlayedMs: 1e300 }));
    const listed = [...(await history.list())];
    expect(listed.length).toBeGreaterThan(2000);
    expect(listed[0]).toMatchObject(["last", {}]);
    expect(listed[1]![0]).toStartWith("/3099x");
    expect(new Date(listed[0]![1].lastPlayedMs).getTime()).not.toBeNaN();
  });
});

test("the best matches of a typed text come first", () => {
  const games = ["The Quest", "Quest II", "Request", "Other", "Quest of the Moon"].map((name) =>
    libraryGame(`/${name}.nes`),
  );
  const found = (text: string) => gamesMatching(games, text).map(({ name }) => name);
  expect(found("quest")).toEqual(["Quest II", "Quest of the Moon", "The Quest", "Request"]);
  expect(found("moon QUEST")).toEqual(["Quest of the Moon"]);
  expect(found("zzz")).toEqual([]);
});

test("covers are the last picture, or that of a slot, and damaged ones are passed over", async () => {
  const states = folderWith("a/cover.png", "a/slot-3.png", "b/slot-1.png");
  const png = encodePng(
    new Uint16Array(256 * 240),
    { width: 256, height: 240 },
    new Uint32Array(512).fill(0x123456),
  );
  writeFileSync(join(states, "a/slot-3.png"), png);
  writeFileSync(join(states, "a", COVER_FILE), "no picture");
  const { promise, resolve } = Promise.withResolvers<void>();
  const covers = new Covers(states, resolve);
  expect(covers.find("a")).toBeUndefined();
  expect(covers.find("b")).toBeUndefined();
  expect(covers.find("missing")).toBeUndefined();
  await promise;
  expect(covers.find("a")?.colors[0]).toBe(0x123456);
  expect(covers.find("b")).toBeUndefined();
});

describe("first pictures of games", () => {
  const swingby = readFileSync(join(import.meta.dir, "../../../../roms/swingby.nes"));
  const coloursOf = (covers: Covers, path: string) => new Set(covers.ofUnplayed(path)?.colors).size;
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await Bun.sleep(5);
  };

  test("are made by running the one that is wanted", async () => {
    const root = folderWith();
    const path = join(root, "game.nes");
    writeFileSync(path, swingby);
    let loaded = 0;
    const covers = new Covers(root, () => loaded++);
    expect(covers.ofUnplayed("test-card")).toBeUndefined();
    expect(covers.ofUnplayed(path)).toBeUndefined();
    await until(() => loaded > 0);
    expect(coloursOf(covers, path)).toBeGreaterThan(3);
    // The other one was left before its time came.
    expect(loaded).toBe(1);
    expect(covers.ofUnplayed("test-card")).toBeUndefined();
    await until(() => loaded > 1);
    expect(coloursOf(covers, "test-card")).toBeGreaterThan(3);
    covers.stop();
  });

  test("have the shape and the colours of an arcade machine with two monitors", async () => {
    const path = join(folderWith(), "dual.nes");
    writeFileSync(path, dualRomFile());
    const { width, height, colors } = (await firstPicture(path))!;
    expect([width, height, colors.length]).toEqual([512, 240, 512 * 240]);
    const palette = [...createHeadless((await loadRom(path)).image).geometry.colors!];
    expect([...new Set(colors)].filter((color) => !palette.includes(color))).toEqual([]);
  });

  test("are made once, if the player leaves a game and comes back to it at once", async () => {
    const path = join(folderWith(), "game.nes");
    writeFileSync(path, swingby);
    let loaded = 0;
    const covers = new Covers(folderWith(), () => loaded++);
    covers.ofUnplayed(path);
    await Bun.sleep(300);
    covers.stop();
    covers.ofUnplayed(path);
    await until(() => loaded > 0);
    await Bun.sleep(300);
    expect(loaded).toBe(1);
  });

  test("are missing for files that are no games, and games that show nothing", async () => {
    const root = folderWith();
    writeFileSync(join(root, "text.nes"), "this is no ROM");
    writeFileSync(join(root, "dark.nes"), new TestProgram().forever().toRom());
    let loaded = 0;
    const covers = new Covers(root, () => loaded++);
    for (const [i, name] of ["text.nes", "dark.nes", "missing.nes"].entries()) {
      expect(covers.ofUnplayed(join(root, name))).toBeUndefined();
      await until(() => loaded > i);
      expect(covers.ofUnplayed(join(root, name))).toBeUndefined();
    }
    expect(loaded).toBe(3);
  });
});

describe("the library's page", () => {
  const key = (name: string) => ({
    key: name,
    kind: "press" as const,
    shift: false,
    alt: false,
    control: false,
  });

  test("lets the player choose among the games of an archive", async () => {
    const root = folderWith();
    const file = new Uint8Array(16);
    const packed = { "set/b.nes": file, "a.gb": file, "read me.txt": file };
    writeFileSync(join(root, "many.zip"), zipSync(packed));
    writeFileSync(join(root, "one.zip"), zipSync({ "a.nes": file, "read me.txt": file }));
    writeFileSync(join(root, "worse.zip"), zipSync(packed).subarray(0, 60));
    const { library } = libraryOf(root);
    await searched(library);
    const told: string[] = [];
    const failed: string[] = [];
    const menu = new Menu({
      changed: () => {},
      closed: () => {},
      failed: (error) => failed.push(error instanceof InputError ? error.kind : String(error)),
    });
    menu.open(libraryPage(menu, library, (path) => told.push(path), top));
    const until = async (isDone: () => boolean) => {
      while (!isDone()) await Bun.sleep(1);
    };
    const choose = (...names: string[]) => {
      for (const name of names) menu.handle(key(name));
    };
    choose(..."one", "enter");
    await until(() => told.length === 1);
    choose("escape", ..."worse", "enter");
    await until(() => failed.length === 1);
    choose("escape", ..."many", "enter");
    await until(() => menu.shape === "window" && menu.title === "many.zip");
    choose("down", "enter");
    expect(told).toEqual([join(root, "one.zip"), `${join(root, "many.zip")}#set/b.nes`]);
    expect(failed).toEqual(["data"]);
    // So does the page of its folder.
    menu.open(await browsePage(menu, library, root, (path) => told.push(path)));
    choose("down", "down", "enter");
    await until(() => menu.title === "many.zip");
    choose("enter");
    expect(told.at(-1)).toBe(`${join(root, "many.zip")}#a.gb`);
  });

  test("lists each game once, and a game stays where it is when it is marked", async () => {
    const root = folderWith("alpha.nes", "beta.nes", "gamma.nes");
    const { library } = libraryOf(root);
    for (const name of ["alpha", "beta"]) await library.started(join(root, `${name}.nes`), name);
    await library.started("swingby", "swingby");
    await library.toggleFavourite(library.game(join(root, "alpha.nes")));
    await searched(library);
    const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
    const page = libraryPage(menu, library, () => {}, top);
    const groups = () =>
      page
        .entries()
        .filter(({ enter }) => enter !== undefined)
        .map(({ label, group = "" }) => `${group}:${label}`)
        .slice(0, 5);
    const before = ["Favourites:★ alpha", "Recent:Swingby", ":beta", "Built in:Test card", "Files:gamma"];
    expect(groups()).toEqual(before);
    const labelOf = (path: string) => page.entries()[indexOfGame(page, path)]?.label;
    expect(labelOf(join(root, "gamma.nes"))).toBe("gamma");
    expect(labelOf("swingby")).toBe("Swingby");
    expect(indexOfGame(page, join(root, "none.nes"))).toBe(0);
    await library.toggleFavourite(library.game(join(root, "gamma.nes")));
    expect(groups()).toEqual([...before.slice(0, 4), "Files:★ gamma"]);
    await library.forget(library.game(join(root, "alpha.nes")));
    expect(groups().slice(-2)).toEqual(["Files:alpha", ":★ gamma"]);
  });

  test("finds as you type, and keeps the selection while files come in", async () => {
    const { library } = libraryOf(folderWith("alpha.nes", "beta.nes", "gamma.nes"));
    const opened: string[] = [];
    const menu = new Menu({
      changed: () => {},
      closed: () => {},
      failed: (error) => opened.push(String(error)),
    });
    const page = libraryPage(menu, library, (path) => opened.push(path), top);
    menu.open(page);
    const press = (...keys: string[]) => {
      for (const each of keys) menu.handle(key(each));
    };
    press("down");
    await searched(library);
    press("enter");
    expect(opened).toEqual(["test-card"]);
    press(..."BET".toLowerCase(), "enter");
    expect(opened.at(-1)).toEndWith("beta.nes");
    expect(page.entries().map(({ label }) => label)).toEqual(["beta"]);
    expect(page.hint).toEndWith("   Esc clear");
    press("escape");
    expect(page.hint).toEndWith("   Esc back");
    expect(
      page
        .entries()
        .map(({ label }) => label)
        .slice(0, 3),
    ).toEqual(["Swingby", "Test card", "alpha"]);
    expect(menu.isOpen).toBe(true);
    press("escape");
    expect(menu.isOpen).toBe(false);
  });
});
