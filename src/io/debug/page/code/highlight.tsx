import type { ComponentChildren } from "preact";

/** Comments, texts, numbers, directives or keywords, and labels at the start of a line. */
const ASSEMBLY =
  /(?<comment>;.*)|(?<string>"[^"]*"|'[^']*')|(?<number>[#]?[$%]?\b[\dA-Fa-f]*\d[\dA-Fa-f]*\b|\$[\dA-Fa-f]+)|(?<keyword>\.\w+|\b(?:adc|and|asl|bcc|bcs|beq|bit|bmi|bne|bpl|brk|bvc|bvs|clc|cld|cli|clv|cmp|cpx|cpy|dec|dex|dey|eor|inc|inx|iny|jmp|jsr|lda|ldx|ldy|lsr|nop|ora|pha|php|pla|plp|rol|ror|rti|rts|sbc|sec|sed|sei|sta|stx|sty|tax|tay|tsx|txa|txs|tya)\b)|(?<label>^[\w@:]+:)/gi;
const C =
  /(?<comment>\/\/.*|\/\*.*?(?:\*\/|$))|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\b(?:0x[\da-f]+|\d+)\b)|(?<keyword>^\s*#\w+|\b(?:auto|break|case|char|const|continue|default|do|else|enum|extern|for|goto|if|int|long|register|return|short|signed|sizeof|static|struct|switch|typedef|union|unsigned|void|volatile|while)\b)/gi;

/** A line of assembly or C, with its parts marked for the style sheet. */
export function highlight(line: string, isC: boolean): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const match of line.matchAll(isC ? C : ASSEMBLY)) {
    if (match.index > at) parts.push(line.slice(at, match.index));
    const [kind = ""] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    parts.push(<span class={`t-${kind}`}>{match[0]}</span>);
    at = match.index + match[0].length;
  }
  if (at < line.length) parts.push(line.slice(at));
  return parts;
}
