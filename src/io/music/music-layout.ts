import { MIN_COLUMNS, MIN_ROWS } from "../render/scale.ts";

/** Rows or columns of cells. */
interface Area {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Where everything of the music player is. Areas without rows are not shown. */
export interface MusicLayout {
  /** Always in the upper left corner. */
  readonly picture: Area;
  /** Each list begins with a heading. */
  readonly tracks: Area;
  readonly channels: Area;
  /** Title, track and time, the time bar, and the keys or a message. */
  readonly foot: Area;
}

const FOOT_ROWS = 4;
const MIN_LIST_COLUMNS = 30;
const MAX_LIST_COLUMNS = 46;
const LISTS_SHARE = 0.36;
const MIN_TRACK_ROWS = 4;
const NOTHING: Area = { row: 0, column: 0, rows: 0, columns: 0 };

/** Divides a window: the picture and beside it the lists, or the lists alone in a narrow window. */
export function musicLayout(
  columns: number,
  rows: number,
  counts: { readonly tracks: number; readonly channels: number },
): MusicLayout {
  const body = Math.max(0, rows - FOOT_ROWS);
  const foot = { row: body, column: 0, rows: Math.min(rows, FOOT_ROWS), columns };
  const wanted = Math.floor(columns * LISTS_SHARE);
  const lists = Math.min(columns, Math.max(MIN_LIST_COLUMNS, Math.min(MAX_LIST_COLUMNS, wanted)));
  const left = columns - lists - 1;
  const hasPicture = left >= MIN_COLUMNS && body >= MIN_ROWS;
  const column = hasPicture ? left + 1 : 0;
  const width = hasPicture ? lists : columns;
  const half = Math.max(Math.floor(body / 2), body - counts.tracks - 1);
  const channelRows = Math.max(0, Math.min(counts.channels + 1, half, body - MIN_TRACK_ROWS));
  return {
    picture: hasPicture ? { row: 0, column: 0, rows: body, columns: left } : NOTHING,
    tracks: { row: 0, column, rows: body - channelRows, columns: width },
    channels: { row: body - channelRows, column, rows: channelRows, columns: width },
    foot,
  };
}

/** The first of `count` lines that a list of `room` lines shows, so that line `index` is visible. */
export function scrolledTo(index: number, count: number, room: number, before: number): number {
  const scroll = Math.max(index - room + 1, Math.min(before, index));
  return Math.max(0, Math.min(scroll, count - room));
}
