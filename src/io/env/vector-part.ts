import type { PlaceMap } from "../library/place-map.ts";
import { createHeadless } from "../shared/headless.ts";
import { Episode } from "./episode.ts";
import { Painter } from "./painter.ts";
import { type EnvFunctions, type EnvPlan, frameValues } from "./prepare.ts";
import type { VectorOrder } from "./vector-control.ts";
import type { VectorViews } from "./vector-memory.ts";

/**
 * When an environment whose episode has ended is reset: in its next step, whose action is ignored; in the
 * step in which the episode ends; or by the caller. The names and rules are those of Gymnasium's
 * `AutoresetMode`.
 */
export type Autoreset = "next-step" | "same-step" | "off";
export const AUTORESETS: readonly Autoreset[] = ["next-step", "same-step", "off"];

/** The environments of one thread: `first` to `last` − 1 of a vector. */
export class VectorPart {
  readonly #plan: EnvPlan;
  readonly #views: VectorViews;
  readonly #first: number;
  readonly #autoreset: Autoreset;
  readonly #episodes: Episode[] = [];

  constructor(
    plan: EnvPlan,
    views: VectorViews,
    range: { readonly first: number; readonly last: number },
    autoreset: Autoreset,
    functions?: EnvFunctions,
    placesOf?: (nes: Episode["nes"]) => PlaceMap,
  ) {
    this.#plan = plan;
    this.#views = views;
    this.#first = range.first;
    this.#autoreset = autoreset;
    let painter: Painter | undefined;
    for (let index = range.first; index < range.last; index++) {
      const nes = createHeadless(plan.image, plan.nes);
      painter ??= new Painter(plan.layout, nes.geometry, plan);
      const values = frameValues(plan, nes, functions, placesOf?.(nes));
      const { bytes } = plan.layout;
      const observation = views.observations.subarray(index * bytes, (index + 1) * bytes);
      const episode = new Episode(nes, plan.rules, painter, values, observation);
      episode.seed(index);
      this.#episodes.push(episode);
    }
  }

  /** Carries out an order for these environments. */
  carryOut(kind: VectorOrder, index: number): void {
    if (kind === "step") for (let i = 0; i < this.#episodes.length; i++) this.#step(i);
    else if (kind === "reset") this.#reset(index !== 0);
    else if (kind === "save") this.#save(index - this.#first);
    else if (kind === "render") this.#episodes[index - this.#first]?.render(this.#views.picture);
  }

  #step(i: number): void {
    const views = this.#views;
    const index = this.#first + i;
    const episode = this.#episodes[i]!;
    views.hasFinal[index] = 0;
    if (!episode.isDone) {
      episode.step(views.actions[index]!);
      this.#report(i);
      if (episode.isDone && this.#autoreset === "same-step") this.#resetInStep(i);
    } else {
      // "next-step": the caller has checked that all environments have begun.
      episode.reset();
      this.#report(i);
    }
  }

  /** Keeps the last observation of the episode, and shows the first of the next. Reward and ends remain. */
  #resetInStep(i: number): void {
    const views = this.#views;
    const index = this.#first + i;
    const episode = this.#episodes[i]!;
    const { bytes } = this.#plan.layout;
    views.finalObservations.set(episode.observation, index * bytes);
    views.finalInfo.set(episode.infoValues, index * episode.infoValues.length);
    views.hasFinal[index] = 1;
    episode.reset();
    views.info.set(episode.infoValues, index * episode.infoValues.length);
    views.frames[index] = episode.nes.frame;
  }

  #reset(hasState: boolean): void {
    const views = this.#views;
    for (let i = 0; i < this.#episodes.length; i++) {
      const index = this.#first + i;
      if (views.orders[index] === 0) continue;
      const episode = this.#episodes[i]!;
      const seed = views.seeds[index]!;
      if (!Number.isNaN(seed)) episode.seed(seed);
      episode.reset(hasState ? views.stateIn : undefined);
      views.hasFinal[index] = 0;
      this.#report(i);
    }
  }

  #save(i: number): void {
    this.#episodes[i]?.nes.save(this.#views.stateOut);
  }

  #report(i: number): void {
    const views = this.#views;
    const index = this.#first + i;
    const episode = this.#episodes[i]!;
    views.rewards[index] = episode.reward;
    views.terminated[index] = Number(episode.terminated);
    views.truncated[index] = Number(episode.truncated);
    views.frames[index] = episode.nes.frame;
    views.info.set(episode.infoValues, index * episode.infoValues.length);
  }
}
