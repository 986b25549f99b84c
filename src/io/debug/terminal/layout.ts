/** A rectangle of cells. */
export interface Area {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Where everything of the debugger is. Areas without rows are not shown. */
export interface DebugLayout {
  /** The picture is always in the upper left corner. */
  readonly picture: Area;
  readonly registers: Area;
  readonly memory: Area;
  readonly code: Area;
  readonly stack: Area;
  /** Watches, local variables and breakpoints. */
  readonly watches: Area;
  /** One row for messages, and the last one for the command line or the keys. */
  readonly message: Area;
  readonly prompt: Area;
}

/** From this size on, the picture is beside the code. */
const MIN_COLUMNS_WITH_PICTURE = 80;
const MIN_ROWS_WITH_PICTURE = 24;
const LEFT_COLUMNS = 33;
const MAX_LEFT_COLUMNS = 100;
const LEFT_PERCENT = 40;
const REGISTER_ROWS = 4;
const MIN_MEMORY_ROWS = 4;
/** Columns per row of a picture of 256 × 240 pixels of 8:7, in cells that are twice as high as wide. */
const PICTURE_COLUMNS_PER_ROW = (2 * (256 * 8)) / 7 / 240;
const MIN_CODE_ROWS = 3;
const MIN_STACK_COLUMNS = 16;

/** Divides a window. From 80 × 24 on it shows the picture; in smaller windows only the running game does. */
export function layoutOf(columns: number, rows: number): DebugLayout {
  const body = Math.max(0, rows - 2);
  const edge = {
    message: { row: body, column: 0, rows: rows > 1 ? 1 : 0, columns },
    prompt: { row: rows - 1, column: 0, rows: 1, columns },
  };
  const isLarge = columns >= MIN_COLUMNS_WITH_PICTURE && rows >= MIN_ROWS_WITH_PICTURE;
  return { ...(isLarge ? withPicture(columns, body) : withoutPicture(columns, body)), ...edge };
}

type Body = Omit<DebugLayout, "message" | "prompt">;

function withPicture(columns: number, rows: number): Body {
  const left = Math.min(MAX_LEFT_COLUMNS, Math.max(LEFT_COLUMNS, Math.floor((columns * LEFT_PERCENT) / 100)));
  const fullRows = Math.floor(left / PICTURE_COLUMNS_PER_ROW);
  const pictureRows = Math.min(fullRows, rows - REGISTER_ROWS - MIN_MEMORY_ROWS);
  const memoryRow = pictureRows + REGISTER_ROWS;
  const right = { column: left + 1, columns: columns - left - 1 };
  const codeRows = Math.max(pictureRows, Math.floor((rows * 3) / 5));
  const stackColumns = Math.max(MIN_STACK_COLUMNS, Math.floor((right.columns - 1) / 2));
  const below = { row: codeRows, rows: rows - codeRows };
  return {
    picture: { row: 0, column: 0, rows: pictureRows, columns: left },
    registers: { row: pictureRows, column: 0, rows: REGISTER_ROWS, columns: left },
    memory: { row: memoryRow, column: 0, rows: rows - memoryRow, columns: left },
    code: { row: 0, rows: codeRows, ...right },
    stack: { ...below, column: right.column, columns: stackColumns },
    watches: {
      ...below,
      column: right.column + stackColumns + 1,
      columns: right.columns - stackColumns - 1,
    },
  };
}

const NOTHING: Area = { row: 0, column: 0, rows: 0, columns: 0 };

/** Registers first, then code, then the stack, as far as there is room. */
function withoutPicture(columns: number, rows: number): Body {
  const registerRows = rows >= REGISTER_ROWS + MIN_CODE_ROWS ? REGISTER_ROWS : 0;
  const left = rows - registerRows;
  const stackRows = left >= 2 * MIN_CODE_ROWS + 2 ? Math.floor(left / 3) : 0;
  const codeRows = left - stackRows;
  const half = Math.max(0, Math.floor((columns - 1) / 2));
  const below = { row: registerRows + codeRows, rows: stackRows };
  return {
    picture: NOTHING,
    memory: NOTHING,
    registers: { row: 0, column: 0, rows: registerRows, columns },
    code: { row: registerRows, column: 0, rows: codeRows, columns },
    stack: { ...below, column: 0, columns: half },
    watches: { ...below, column: half + 1, columns: Math.max(0, columns - half - 1) },
  };
}
