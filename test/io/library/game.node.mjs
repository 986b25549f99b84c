// A test file for `node --test`: LIBRARY is the folder of the compiled library, ROM a game.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const { LIBRARY, ROM, FOLDER } = process.env;
const importFrom = (name) => import(pathToFileURL(join(LIBRARY, name)).href);
const { Coverage, fuzz, Game, GameError, load, loadMovie, saveMovie } = await importFrom("index.js");
const { expectGame, matchers } = await importFrom("game-matchers.js");

test("a game runs, and its state, memory and screen can be read", async () => {
  const nes = await load(ROM);
  assert.ok(nes instanceof Game);
  nes.frames(120);
  const state = nes.save();
  nes.tap("start");
  nes.frames(30);
  const after = nes.bytes(0x10, 16);
  nes.load(state);
  nes.tap("start");
  nes.frames(30);
  assert.deepEqual(nes.bytes(0x10, 16), after);
  assert.throws(() => nes.until(() => false, { maxFrames: 5 }), GameError);
});

test("a failure points at this file", async () => {
  const nes = await load(ROM);
  const error = await load("absent.nes").catch((reason) => reason);
  assert.match(error.stack.split("\n")[1], /game\.node\.mjs/);
  assert.throws(
    () => expectGame(nes).toHaveByte(0x10, 0x1ff),
    (failure) =>
      failure instanceof assert.AssertionError && /game\.node\.mjs/.test(failure.stack.split("at ")[2]),
  );
});

test("pictures are compared", async () => {
  const nes = await load(ROM);
  nes.frames(120);
  const options = { folder: FOLDER };
  expectGame(nes).toMatchPicture("title", options);
  expectGame(nes).toMatchPicture("title", options);
  nes.tap("start");
  nes.frames(20);
  assert.throws(() => expectGame(nes).toMatchPicture("title", options), /does not look like/);
  assert.equal(matchers.toMatchPicture.call({}, nes, "title", options).pass, false);
});

test("movies, coverage and fuzzing", async () => {
  const nes = await load(ROM);
  const movie = join(FOLDER, "movie.fm2");
  const recording = nes.record();
  nes.tap("start");
  nes.frames(60);
  await saveMovie(movie, recording.movie());
  assert.equal((await loadMovie(movie)).format, "fm2");
  assert.match(readFileSync(movie, "latin1"), /^version 3/);
  const coverage = new Coverage();
  (await load(ROM, { coverage })).frames(30);
  const report = await coverage.write({ lcov: join(FOLDER, "lcov.info") });
  assert.ok(report !== undefined);
  assert.equal(typeof fuzz, "function");
});
