import type { MachineArena } from "../../arena.ts";
import type { CoinSlots } from "../../machine.ts";
import type { StateCheck } from "../../state-check.ts";
import type { Cabinet } from "../input/cabinet.ts";
import { ACCEPTOR_STATE_WORDS, CABINET_SLOTS, CoinAcceptors } from "../input/coin-acceptors.ts";
import type { InputPorts } from "../input/ports.ts";
import { PLAY_CHOICE_DIPS, PLAY_CHOICE_SWITCH_NAMES, PLAY_CHOICE_SWITCHES } from "./dip-switches.ts";
import { panelStatus } from "./panel-status.ts";

/** Buttons of the panel, which are those of controller 3 in an input word. */
const PANEL_B = 0x02_0000;
const PANEL_SELECT = 0x04_0000;
const PANEL_START = 0x08_0000;

/** Bits of port $00. */
const PORT_CHANNEL = 0x01;
const PORT_ENTER = 0x02;
const PORT_RESET = 0x04;
const PORT_COIN_2 = 0x20;
const PORT_SERVICE = 0x40;
const PORT_COIN_1 = 0x80;

/** Select and Start of both controllers, which the control side can disconnect. */
const GAME_BUTTONS = 0x0c0c;
/** The trigger of a Zapper in port 2. */
const TRIGGER = 0x10;

/** What the control side sets, of `ControlBus`. */
interface PanelLatches {
  /** False while the game's controls are disconnected. */
  readonly hasControls: boolean;
  readonly timeDigits: number;
}

/**
 * The panel of a PlayChoice-10: coin slots, service button, DIP switches, and the buttons of the control
 * side: channel select, enter and reset are Select, Start and B of controller 3.
 * http://nesdev.com/pc10doc.txt
 */
export class PlayChoicePanel implements Cabinet, CoinSlots {
  readonly hasPanel = true;
  readonly slotCount = CABINET_SLOTS;
  readonly switches = PLAY_CHOICE_SWITCH_NAMES;
  readonly switchCount = PLAY_CHOICE_SWITCHES;
  readonly defaultDips = PLAY_CHOICE_DIPS;
  readonly #acceptors: CoinAcceptors;
  readonly #state: Int32Array;
  readonly #ports: InputPorts;
  readonly #latches: PanelLatches;
  #dips: number;

  /** Allocates its state in the mutable run of `arena`. */
  constructor(arena: MachineArena, ports: InputPorts, dips: number | undefined, latches: PanelLatches) {
    this.#state = arena.int32("playChoicePanel", ACCEPTOR_STATE_WORDS);
    this.#acceptors = new CoinAcceptors(this.#state);
    this.#ports = ports;
    this.#latches = latches;
    this.#dips = (dips ?? PLAY_CHOICE_DIPS) & 0xffff;
  }

  declareState(state: StateCheck): void {
    this.#acceptors.declareState(state, "playchoice");
  }

  powerOn(): void {
    this.#state.fill(0);
  }

  beginFrame(): void {
    this.#acceptors.beginFrame();
  }

  insertCoin(slot: number): void {
    this.#acceptors.insertCoin(slot);
  }

  pressService(): void {
    this.#acceptors.pressService();
  }

  get dips(): number {
    return this.#dips;
  }

  set dips(value: number) {
    this.#dips = value & 0xffff;
  }

  get panelStatus(): number {
    return panelStatus(this.#latches.timeDigits, this.#latches.hasControls);
  }

  /** The bits of port $00 that the panel drives. */
  readPort(): number {
    const buttons = this.#ports.latchButtons();
    return (
      ((buttons & PANEL_SELECT) !== 0 ? PORT_CHANNEL : 0) |
      ((buttons & PANEL_START) !== 0 ? PORT_ENTER : 0) |
      ((buttons & PANEL_B) !== 0 ? PORT_RESET : 0) |
      (this.#acceptors.isFalling(1) ? PORT_COIN_2 : 0) |
      (this.#acceptors.isServicePressed ? PORT_SERVICE : 0) |
      (this.#acceptors.isFalling(0) ? PORT_COIN_1 : 0)
    );
  }

  wire(buttons: number): number {
    return this.#latches.hasControls ? buttons : buttons & ~GAME_BUTTONS;
  }

  read(register: number, _bits: number, value: number): number {
    return register === 1 && !this.#latches.hasControls ? value & ~TRIGGER : value;
  }
}
