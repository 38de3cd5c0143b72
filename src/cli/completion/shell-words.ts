/** The word at the end of an unfinished command line. */
export interface CurrentWord {
  /** What it says so far. */
  readonly text: string;
  /** How much of `text` stands before what bash replaces: after the last of its word breaks, or after an open quote. */
  readonly kept: number;
  /** The quote that is open at its end. */
  readonly quote: '"' | "'" | undefined;
}

/**
 * Splits an unfinished command line into words as a POSIX shell does, but for expansions, which stay as they are
 * written. Only what follows the last `|`, `&`, `;` or parenthesis counts.
 *
 * @param breaks bash's COMP_WORDBREAKS: where it cuts a word for completion, though it is one word to the command
 */
export function splitLine(
  line: string,
  breaks: string,
): { readonly words: readonly string[]; readonly current: CurrentWord } {
  let words: string[] = [];
  let text = '';
  let kept = 0;
  let inWord = false;
  let quote: CurrentWord['quote'];
  const endWord = () => {
    if (inWord) words.push(text);
    [text, kept, inWord] = ['', 0, false];
  };
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    const escaped = escapedCharacter(line, at, quote);
    switch (escaped === undefined ? roleOf(character, quote) : 'escape') {
      case 'escape':
        at += 1;
        text += escaped;
        inWord = true;
        break;
      case 'close':
        quote = undefined;
        break;
      case 'open':
        quote = character as '"' | "'";
        inWord = true;
        kept = text.length;
        break;
      case 'space':
        endWord();
        break;
      case 'operator':
        endWord();
        words = [];
        break;
      case 'quoted':
        text += character;
        break;
      case 'plain':
        text += character;
        inWord = true;
        kept = breaks.includes(character) ? text.length : kept;
    }
  }
  return { words, current: { text, kept, quote } };
}

/** What a character does that no backslash takes the meaning from. */
function roleOf(
  character: string,
  quote: CurrentWord['quote'],
): 'close' | 'quoted' | 'open' | 'space' | 'operator' | 'plain' {
  if (quote !== undefined) return character === quote ? 'close' : 'quoted';
  if (character === '"' || character === "'") return 'open';
  if (/\s/.test(character)) return 'space';
  return '|&;()'.includes(character) ? 'operator' : 'plain';
}

/** The character that a backslash at a place takes the meaning from; undefined where there is none. */
function escapedCharacter(line: string, at: number, quote: CurrentWord['quote']): string | undefined {
  if (line.charAt(at) !== '\\' || quote === "'" || at + 1 >= line.length) return undefined;
  const next = line.charAt(at + 1);
  return quote === undefined || '"\\$`'.includes(next) ? next : undefined;
}

/** What bash puts in place of the rest of the current word so that it says `value`, and a space where it is finished. */
export function bashReply(value: string, { kept, quote }: CurrentWord, isFinished: boolean): string {
  const rest = value.slice(kept);
  if (quote !== undefined) return isFinished ? `${rest}${quote} ` : rest;
  return rest.replace(/[^\w.,/=@:+%-]/g, '\\$&') + (isFinished ? ' ' : '');
}
