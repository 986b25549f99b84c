import { describe, expect, test } from "bun:test";
import { DEFAULT_BINDINGS } from "../../../../src/io/input/bindings.ts";
import type { MenuContext } from "../../../../src/io/play/menu/context.ts";
import { keysPage } from "../../../../src/io/play/menu/keys-page.ts";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import type { MenuPage } from "../../../../src/io/play/menu/page.ts";
import { withKeys } from "../../../../src/io/play/settings.ts";

describe("keys", () => {
  /** The part of a game that the page needs. */
  function openKeys() {
    const told: string[] = [];
    const menu = new Menu({
      changed: () => {},
      closed: () => {},
      failed: (error) => told.push(String(error)),
    });
    const press = (...names: string[]) => {
      for (const key of names) menu.handle({ key, kind: "press", shift: false, alt: false, control: false });
    };
    const context = {
      menu,
      bindings: DEFAULT_BINDINGS,
      devices: {},
      session: { notify: (text: string) => told.push(text) },
      async changeKeys(target: string, keys: readonly string[]) {
        context.bindings = withKeys(context.bindings, target, keys);
      },
    };
    const page = keysPage(context as unknown as MenuContext);
    menu.open(page);
    const goTo = (label: string) => {
      press("home");
      for (let i = page.entries().findIndex((entry) => entry.label === label); i > 0; i--) press("down");
    };
    return { context, menu, told, press, goTo };
  }

  test("are added, taken from other targets, removed, and reset to the defaults", async () => {
    const { context, menu, told, press, goTo } = openKeys();
    goTo("Start, player 2");
    press("enter", "x");
    await Bun.sleep(0);
    expect(context.bindings).toMatchObject({ "p2.start": ["x"], a: ["k", "space"] });
    expect(told).toEqual(["X: Start, player 2, no longer A"]);
    press("enter", "l");
    await Bun.sleep(0);
    expect(told.at(-1)).toBe("L: Start, player 2");
    press("enter", "escape");
    await Bun.sleep(0);
    expect(context.bindings).toMatchObject({ "p2.start": ["x", "l"], menu: DEFAULT_BINDINGS.menu });
    goTo("menu");
    press("delete");
    await Bun.sleep(0);
    goTo("Start, player 2");
    press("enter", "escape");
    await Bun.sleep(0);
    expect(context.bindings["p2.start"]).toEqual(["x", "l", "escape"]);
    goTo("reset");
    press("delete");
    await Bun.sleep(0);
    expect(context.bindings.reset).toEqual([]);
    goTo("Restore the default keys");
    press("enter");
    await Bun.sleep(0);
    expect(menu.title).toBe("Restore the default keys?");
    press("enter");
    await Bun.sleep(0);
    expect(context.bindings.reset).toEqual([]);
    press("enter");
    await Bun.sleep(0);
    press("escape", "enter");
    await Bun.sleep(0);
    expect(context.bindings.reset).toEqual([]);
    press("down", "enter");
    await Bun.sleep(1);
    expect(menu.title).toStartWith("Keys");
    expect(context.bindings).toMatchObject({ ...DEFAULT_BINDINGS, "p2.start": [] });
  });

  test("that restoring the defaults changes are named before", () => {
    const { context, menu, press, goTo } = openKeys();
    const pages: MenuPage[] = [];
    menu.open = (page) => void pages.push(page);
    const about = () => {
      goTo("Restore the default keys");
      press("enter");
      return pages.pop()!.entries()[1]!.about;
    };
    expect(about()).toBe("all keys are the default ones");
    context.bindings = withKeys(DEFAULT_BINDINGS, "p2.start", ["x"]);
    expect(about()).toBe("changes: A; Start, player 2");
    context.bindings = Object.fromEntries(Object.keys(DEFAULT_BINDINGS).map((target) => [target, []]));
    expect(about()).toMatch(/^changes: [^;]+(; [^;]+){4}; \d+ more$/);
  });

  test("of the menu cannot all be removed or given away", async () => {
    const { context, told, press, goTo } = openKeys();
    goTo("menu");
    press("delete");
    await Bun.sleep(0);
    expect(context.bindings.menu).toEqual(["f1"]);
    goTo("Start");
    press("enter", "f1");
    await Bun.sleep(1);
    expect(context.bindings).toMatchObject({ menu: ["f1"], start: ["enter"] });
    expect(told).toEqual(["InputError: F1 is the only key of the menu: give the menu another one first"]);
  });
});
