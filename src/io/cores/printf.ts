/** Formats the messages that cores log, as C's `printf` does, from the arguments that a callback gets. */
import { textAt } from "../ffi/libretro.ts";

/**
 * The arguments after the format: those in integer registers and on the stack, and those in vector registers.
 */
export interface PrintfArguments {
  readonly integers: readonly bigint[];
  readonly doubles: readonly number[];
}

/** Maximum length of a message, so that an error of a core cannot fill the log. */
const MAX_CHARACTERS = 2000;
const MAX_WIDTH = 200;
const DIRECTIVE = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L|q)?([diouxXeEfFgGaAcspn%])/g;
const PRECISION = /\./;

/**
 * Returns the text that `printf` would write. Directives for which there is no argument are copied unchanged.
 */
export function formatPrintf(format: string, { integers, doubles }: PrintfArguments): string {
  let integer = 0;
  let double = 0;
  const text = format.replaceAll(
    DIRECTIVE,
    (whole, flags: string, width = "", precision = "", length = "", conversion = "") => {
      if (conversion === "%") return "%";
      if (conversion === "n") return "";
      const field = width === "*" ? Number(BigInt.asIntN(32, integers[integer++] ?? 0n)) : Number(width);
      const digits = !PRECISION.test(whole)
        ? undefined
        : precision === "*"
          ? Number(BigInt.asIntN(32, integers[integer++] ?? 0n))
          : Number(precision);
      const isDouble = /[eEfFgGaA]/.test(conversion);
      const value = isDouble ? doubles[double++] : integers[integer++];
      if (value === undefined) return whole;
      const body =
        typeof value === "number"
          ? doubleText(value, conversion, digits)
          : integerText(value, conversion, length, digits);
      const signed = withSign(body, flags, conversion);
      return pad(signed, flags + (field < 0 ? "-" : ""), Math.min(MAX_WIDTH, Math.abs(field)), conversion);
    },
  );
  return text.slice(0, MAX_CHARACTERS);
}

const WIDTHS: Readonly<Record<string, number>> = { hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64, q: 64 };

function integerText(value: bigint, conversion: string, length: string, digits: number | undefined): string {
  const bits = WIDTHS[length] ?? 32;
  switch (conversion) {
    case "c":
      return String.fromCharCode(Number(value & 0xffn));
    case "s": {
      const text = value === 0n ? "(null)" : textAt(Number(BigInt.asUintN(64, value)));
      return digits === undefined ? text : text.slice(0, digits);
    }
    case "p":
      return `0x${BigInt.asUintN(64, value).toString(16)}`;
    case "d":
    case "i": {
      const signed = BigInt.asIntN(bits, value);
      const text = (signed < 0n ? -signed : signed).toString().padStart(digits ?? 0, "0");
      return signed < 0n ? `-${text}` : text;
    }
    default: {
      const radix = conversion === "o" ? 8 : conversion === "u" ? 10 : 16;
      const text = BigInt.asUintN(bits, value)
        .toString(radix)
        .padStart(Math.min(64, digits ?? 0), "0");
      return conversion === "X" ? text.toUpperCase() : text;
    }
  }
}

function doubleText(value: number, conversion: string, digits = 6): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const places = Math.min(100, Math.max(0, digits));
  switch (conversion.toLowerCase()) {
    case "f":
      return Math.abs(value) < 1e21 ? value.toFixed(places) : String(value);
    case "e":
      return value.toExponential(places).replace(/e([+-])(\d)$/, "e$10$2");
    default:
      return String(Number(value.toPrecision(Math.max(1, places))));
  }
}

function withSign(text: string, flags: string, conversion: string): string {
  if (flags.includes("#") && /[xX]/.test(conversion) && !/^0+$/.test(text)) return `0${conversion}${text}`;
  if (!/[dieEfFgGaA]/.test(conversion) || text.startsWith("-")) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function pad(text: string, flags: string, width: number, conversion: string): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || /[csp]/.test(conversion)) return text.padStart(width);
  const [, sign = "", digits = ""] = /^([+ -]?)(.*)$/s.exec(text)!;
  return sign + digits.padStart(width - sign.length, "0");
}
