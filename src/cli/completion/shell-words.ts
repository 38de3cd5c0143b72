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
    const escapes = quote !== "'" && character === '\\' && at + 1 < line.length;
    if (escapes && (quote === undefined || '"\\$`'.includes(line.charAt(at + 1)))) {
      at += 1;
      text += line.charAt(at);
      inWord = true;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else text += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      inWord = true;
      kept = text.length;
    } else if (/\s/.test(character)) endWord();
    else if ('|&;()'.includes(character)) {
      endWord();
      words = [];
    } else {
      text += character;
      inWord = true;
      if (breaks.includes(character)) kept = text.length;
    }
  }
  return { words, current: { text, kept, quote } };
}

/** What bash puts in place of the rest of the current word so that it says `value`, and a space where it is finished. */
export function bashReply(value: string, { kept, quote }: CurrentWord, isFinished: boolean): string {
  const rest = value.slice(kept);
  if (quote !== undefined) return isFinished ? `${rest}${quote} ` : rest;
  return rest.replace(/[^\w.,/=@:+%-]/g, '\\$&') + (isFinished ? ' ' : '');
}
