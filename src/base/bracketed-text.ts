/** Index of the bracket that closes the one at the beginning; undefined where none does. */
export function closingBracket(text: string): number | undefined {
  let found: number | undefined;
  scan(text, (character, index, depth) => {
    if (found === undefined && character === ']' && depth === 0) found = index;
  });
  return found;
}

/** Splits where the separator stands in no bracket and no JSON string. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const cuts: number[] = [];
  scan(text, (character, index, depth) => {
    if (character === separator && depth === 0) cuts.push(index);
  });
  return [...cuts, text.length].map((cut, index) =>
    text.slice(index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1, cut),
  );
}

/** Visits the characters outside JSON strings with the depth of brackets after them. */
function scan(text: string, visit: (character: string, index: number, depth: number) => void): void {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '"') {
      index = endOfString(text, index);
      continue;
    }
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
    visit(character, index, depth);
  }
}

/** Index of the quote that closes the one at `start`; past the end where none does. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
}
