const shownCharacters = 60;

/** Any value as a message shows it, cut where it is long. */
export function shownValue(value: unknown): string {
  const text = textOf(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters - 3)}...` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Such as an object that holds itself.
    return 'an object';
  }
}
