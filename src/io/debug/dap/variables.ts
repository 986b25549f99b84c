import type { DebugProtocol } from "@vscode/debugprotocol";
import { InputError } from "../../../emu/input-error.ts";
import type { ValuePlace } from "../../symbols/expressions/scope.ts";
import { NO_PRG_OFFSET } from "../../symbols/symbols.ts";
import type { DebugSession as Game } from "../session.ts";
import { valueText, wholeText } from "../value-text.ts";
import { referenceText } from "./memory-reference.ts";

const MAX_ELEMENTS = 4096;
const ROM_START = 0x8000;

/** A named value of a list. */
export interface NamedPlace {
  readonly name: string;
  readonly place: ValuePlace;
  /** The expression whose value it is. */
  readonly expression: string;
}

/** A list of values that a client can open. */
type Container = (game: Game) => readonly NamedPlace[];

/** Numbers the lists of values of a stop. The numbers are valid until the program moves. */
export class Variables {
  readonly #containers: Container[] = [];
  #references = new Map<string, number>();

  /** Removes all lists, because the program has moved. */
  forget(): void {
    this.#containers.length = 0;
    this.#references = new Map();
  }

  /** The lists of a frame of the call stack. */
  scopes(game: Game, frame: number): DebugProtocol.Scope[] {
    const scopes: DebugProtocol.Scope[] = [];
    if (game.frames.locals(frame).length > 0) {
      const locals = this.#reference(`locals ${frame}`, (current) => localPlaces(current, frame));
      scopes.push({
        name: "Locals",
        presentationHint: "locals",
        variablesReference: locals,
        expensive: false,
      });
    }
    for (const { name } of game.registers) {
      const list: Container = ({ registers }) =>
        (registers.find((group) => group.name === name)?.registers ?? []).map((register) => ({
          ...register,
          expression: register.name,
        }));
      scopes.push({
        name: name === "CPU" ? "Registers" : name,
        ...(name === "CPU" ? { presentationHint: "registers" } : {}),
        variablesReference: this.#reference(name, list),
        // Clients read the other lists only when the user opens them.
        expensive: name !== "CPU" && name !== "Flags",
      });
    }
    const globals = this.#reference("globals", globalPlaces);
    scopes.push({ name: "Variables", variablesReference: globals, expensive: false });
    return scopes;
  }

  /** The values of a list, `count` from `start` on. */
  list(
    game: Game,
    reference: number,
    isHex: boolean,
    start = 0,
    count = MAX_ELEMENTS,
  ): DebugProtocol.Variable[] {
    return this.#places(game, reference)
      .slice(start, start + count)
      .map((named) => this.variable(game, named, isHex));
  }

  /** The value of a list with this name. Throws `InputError` if there is none. */
  find(game: Game, reference: number, name: string): NamedPlace {
    const found = this.#places(game, reference).find((each) => each.name === name);
    if (found === undefined) throw new InputError("usage", `there is no variable ${name.slice(0, 80)}`);
    return found;
  }

  /** A value as clients show it. */
  variable(game: Game, { name, place, expression }: NamedPlace, isHex: boolean): DebugProtocol.Variable {
    const { count = 0, type = "", address, members } = place;
    const hasElements = count > 1;
    const reference = hasElements
      ? this.#elements(expression, place)
      : members === undefined
        ? 0
        : this.#members(expression, place);
    return {
      name,
      value: reference > 0 ? wholeText(game.scope(), place, isHex) : valueText(place, isHex),
      type,
      evaluateName: expression,
      variablesReference: reference,
      ...(hasElements ? { indexedVariables: Math.min(count, MAX_ELEMENTS) } : {}),
      ...(address === undefined ? {} : { memoryReference: referenceText(address) }),
      ...(place.set === undefined ? { presentationHint: { attributes: ["readOnly"] } } : {}),
    };
  }

  #members(expression: string, struct: ValuePlace): number {
    return this.#reference(`members ${expression} ${struct.address}`, (game) => {
      const scope = game.scope();
      return (struct.members ?? []).map(({ name }) => ({
        name,
        place: scope.member(struct, name),
        expression: `${expression}.${name}`,
      }));
    });
  }

  #elements(expression: string, array: ValuePlace): number {
    return this.#reference(`elements ${expression} ${array.address}`, (game) => {
      const scope = game.scope();
      const count = Math.min(array.count ?? 0, MAX_ELEMENTS);
      return Array.from({ length: count }, (_, index) => ({
        name: `[${index}]`,
        place: scope.element(array, index),
        expression: `${expression}[${index}]`,
      }));
    });
  }

  #reference(key: string, container: Container): number {
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const reference = this.#containers.push(container);
    this.#references.set(key, reference);
    return reference;
  }

  #places(game: Game, reference: number): readonly NamedPlace[] {
    const container = this.#containers[reference - 1];
    if (container === undefined) throw new InputError("usage", "this list is of an earlier stop");
    return container(game);
  }
}

function localPlaces(game: Game, frame: number): readonly NamedPlace[] {
  const scope = game.scope(frame);
  return game.frames.locals(frame).map((local) => ({
    name: local.variable.name,
    place: scope.local(local),
    expression: local.variable.name,
  }));
}

/** The variables of the game in RAM, by name. */
function globalPlaces(game: Game): readonly NamedPlace[] {
  const scope = game.scope();
  const places: NamedPlace[] = [];
  const seen = new Set<string>();
  for (const { name, module, address, prgOffset, isLabel } of game.target.symbols.symbols) {
    if (!isLabel || prgOffset !== NO_PRG_OFFSET || address < 0 || address >= ROM_START) continue;
    const shown = name.replace(/^_(?=\w)/, "");
    if (seen.has(`${shown} ${address}`)) continue;
    seen.add(`${shown} ${address}`);
    const expression = placeName(game, name, module);
    const place = expression === undefined ? undefined : scope.lookup(expression);
    if (place !== undefined && expression !== undefined) places.push({ name: shown, place, expression });
  }
  return places.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The name by which an expression finds a symbol, even if a register has the same name. */
function placeName(game: Game, name: string, module: string): string | undefined {
  const [, more] = game.target.symbols.find(name);
  if (more === undefined) return `::${name}`;
  const qualified = `${module}:${name}`;
  return module !== "" && game.target.symbols.find(qualified).length === 1 ? qualified : undefined;
}
