import { useEffect, useRef } from "preact/hooks";
import { Store, useStore } from "../state/store.ts";

export interface MenuItem {
  readonly label: string;
  run(): void;
}

interface MenuState {
  readonly items: readonly MenuItem[];
  readonly title: string;
  readonly x: number;
  readonly y: number;
}

const CLOSED: MenuState = { items: [], title: "", x: 0, y: 0 };
const menu = new Store<MenuState>(CLOSED);

/** Opens a menu at a point of the window. */
export function openMenu(x: number, y: number, title: string, items: readonly MenuItem[]): void {
  menu.set({ items, title, x, y });
}

/** The menu that is open, if one is. Arrow keys choose, Escape closes it. */
export function ContextMenu() {
  const { items, title, x, y } = useStore(menu, (value) => value);
  const list = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (items.length === 0) return;
    before.current = document.activeElement;
    const element = list.current!;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(0, Math.min(x, innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(0, Math.min(y, innerHeight - height - 8))}px`;
    element.querySelector("button")?.focus();
  }, [items]);
  if (items.length === 0) return null;
  const close = (): void => {
    menu.set(CLOSED);
    (before.current as HTMLElement | null)?.focus();
  };
  const move = (by: number): void => {
    const buttons = [...list.current!.querySelectorAll("button")];
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(index + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div
      ref={list}
      class="menu"
      role="menu"
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") close();
        else if (event.key === "ArrowDown") move(1);
        else if (event.key === "ArrowUp") move(-1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onBlur={(event) => {
        if (!list.current?.contains(event.relatedTarget as Node | null)) menu.set(CLOSED);
      }}
    >
      <div class="title">{title}</div>
      {items.map(({ label, run }) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          onClick={() => {
            close();
            run();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
