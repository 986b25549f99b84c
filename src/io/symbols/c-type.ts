/** The type of a C variable. */
export interface CType {
  readonly text: string;
  /** Size of the value in bytes; of an array, that of one element. */
  readonly bytes: number;
  readonly isSigned: boolean;
  /** Number of elements; 0 if it is not an array, −1 if the number is unknown. */
  readonly count: number;
  /** The members of a struct or union. */
  readonly members?: readonly CMember[];
  /** What a pointer points to, if that is known. */
  readonly pointsTo?: CType;
}

/** A member of a struct or union. */
export interface CMember {
  readonly name: string;
  /** Bytes from the start. cc65 leaves no gaps. */
  readonly offset: number;
  readonly type: CType;
}
