import { gradeExpectations } from "../expect/grade.ts";
import type { Protocol, ProtocolName } from "../types.ts";
import { gradeAccuracyCoin } from "./accuracycoin.ts";
import { gradeBlargg6000 } from "./blargg-6000.ts";
import { gradeFrameHashes } from "./frame-hashes.ts";
import { gradeFuzz } from "./fuzz.ts";
import { gradeGoldenLog } from "./golden-log.ts";
import { gradeMovie } from "./movie.ts";
import { gradeRamResult } from "./ram-result.ts";
import { gradeScreenCrc } from "./screen-crc.ts";
import { gradeScreenText } from "./screen-text.ts";

/** The grader of each protocol. */
export const GRADERS: Readonly<Record<ProtocolName, Protocol>> = {
  "blargg-6000": gradeBlargg6000,
  "ram-result": gradeRamResult,
  "screen-text": gradeScreenText,
  "screen-crc": gradeScreenCrc,
  "golden-log": gradeGoldenLog,
  "frame-hashes": gradeFrameHashes,
  accuracycoin: gradeAccuracyCoin,
  expect: gradeExpectations,
  movie: gradeMovie,
  fuzz: gradeFuzz,
};
