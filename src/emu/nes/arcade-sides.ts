import type { CoinSlots } from "../machine.ts";
import type { Board } from "./cartridge/board.ts";
import type { WatchedCabinet } from "./input/cabinet.ts";
import type { InputPorts } from "./input/ports.ts";
import { DualCabinet, type VsCabinet } from "./input/vs-cabinet.ts";
import type { PlayChoice } from "./playchoice/play-choice.ts";
import type { SecondSide } from "./second-side.ts";
import { type DualConsole, DualSystem } from "./vs-dual.ts";

/** The main console of an arcade machine, or any other console. */
interface MainConsole extends DualConsole {
  readonly board: Board;
  readonly ports: InputPorts;
  readonly control: PlayChoice | undefined;
  readonly sub: SubConsole | undefined;
}

interface SubConsole extends DualConsole {
  readonly ports: InputPorts;
  readonly coins: CoinSlots | undefined;
}

interface MountedSide {
  readonly side: SecondSide | undefined;
  readonly coins: CoinSlots | undefined;
  /** The cabinet that resets the machine. */
  readonly watchdog: WatchedCabinet | undefined;
}

/**
 * Connects what runs beside a console. Returns it with the coin slots and the watchdog of the machine.
 * `cabinet` is that of a VS. System.
 */
export function mountSide(main: MainConsole, cabinet: VsCabinet | undefined): MountedSide {
  const { board, control, ports, sub } = main;
  if (control !== undefined) {
    ports.mountIn(control.panel);
    return { side: control, coins: control.panel, watchdog: undefined };
  }
  if (board.cabinet !== undefined) ports.mountIn(board.cabinet);
  const watched = cabinet ?? board.cabinet;
  if (sub === undefined) return { side: undefined, coins: watched ?? board.coins, watchdog: watched };
  sub.ports.setSource({ latchButtons: () => ports.latchButtons() >>> 16 });
  const watchdog = sub.coins as VsCabinet;
  return { side: new DualSystem(main, sub), coins: new DualCabinet(cabinet!, watchdog), watchdog };
}
