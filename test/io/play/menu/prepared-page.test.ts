import { describe, expect, test } from "bun:test";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import type { MenuPage } from "../../../../src/io/play/menu/page.ts";

function pageOf(title: string): MenuPage {
  return { title, entries: () => [] };
}

describe("a menu that closes after slow work", () => {
  const LEAVES: [string, (menu: Menu) => void, string][] = [
    ["is closed", () => {}, ""],
    ["stays closed", (menu) => menu.close(), ""],
    [
      "stays open if it was closed and opened again",
      (menu) => {
        menu.close();
        menu.open(pageOf("again"));
      },
      "again",
    ],
    ["shows the other page that was opened", (menu) => menu.open(pageOf("other")), "other"],
  ];
  test.each(LEAVES)("%s", async (_, leave, title) => {
    const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
    const work = Promise.withResolvers<void>();
    menu.open(pageOf("slots"));
    const closing = menu.closeAfter(work.promise);
    leave(menu);
    work.resolve();
    await closing;
    expect(menu.title).toBe(title);
  });
});

describe("a page that takes time to prepare", () => {
  const LEAVES: [string, (menu: Menu) => void, string][] = [
    ["is opened", () => {}, "slow"],
    ["is not opened over a closed menu", (menu) => menu.close(), ""],
    ["is not opened over another page", (menu) => menu.open(pageOf("other")), "other"],
    [
      "is not opened over a menu that was closed and opened again",
      (menu) => {
        menu.close();
        menu.open(pageOf("first"));
      },
      "first",
    ],
  ];
  test.each(LEAVES)("%s", async (_, leave, title) => {
    const menu = new Menu({ changed: () => {}, closed: () => {}, failed: () => {} });
    let isClosed = false;
    const closed = () => {
      isClosed = true;
    };
    const prepared = Promise.withResolvers<MenuPage>();
    menu.open(pageOf("first"));
    const opening = menu.openPrepared(prepared.promise);
    leave(menu);
    prepared.resolve({ ...pageOf("slow"), closed });
    await opening;
    expect(menu.title).toBe(title);
    expect(isClosed).toBe(title !== "slow");
  });
});
