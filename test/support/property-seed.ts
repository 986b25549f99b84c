/**
 * Preloaded by every run of the tests (bunfig.toml). Property tests draw the same inputs each time, so that
 * a change, not chance, decides whether they pass. `npm run soak` draws new inputs; a failure prints its
 * seed, and `EMU_TEST_SEED` repeats it.
 */
import fc from "fast-check";
import { SOAK } from "./shared.ts";

const FIXED_SEED = 0x2a03;

const asked = Number(process.env.EMU_TEST_SEED ?? Number.NaN);
const seed = Number.isInteger(asked) ? { seed: asked } : SOAK ? {} : { seed: FIXED_SEED };
// Without this, fast-check draws at most ten elements, however many `maxLength` allows: rings never fill.
fc.configureGlobal({ ...seed, defaultSizeToMaxWhenMaxSpecified: true });
