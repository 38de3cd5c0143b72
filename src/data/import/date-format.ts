const clock = '\\d{1,2}:\\d{1,2}:\\d{1,2}';
const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const weekday = 'mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?';

/** What each of strptime's letters stands for, of those that DuckDB reads; names of zones are not read here. */
const patterns: { readonly [letter: string]: string } = {
  '%': '%',
  a: `(?:${weekday})`,
  A: `(?:${weekday})`,
  b: `(?:${month})`,
  B: `(?:${month})`,
  c: `\\d{1,4}-\\d{1,2}-\\d{1,2} ${clock}`,
  d: '\\d{1,2}',
  f: '\\d{1,9}',
  g: '\\d{1,9}',
  G: '\\d{1,4}',
  h: `(?:${month})`,
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  j: '\\d{1,3}',
  m: '\\d{1,2}',
  M: '\\d{1,2}',
  n: '\\d{1,9}',
  p: '[ap]m',
  S: '\\d{1,2}',
  T: clock,
  u: '\\d',
  U: '\\d{1,2}',
  V: '\\d{1,2}',
  w: '\\d',
  W: '\\d{1,2}',
  x: '\\d{1,4}-\\d{1,2}-\\d{1,2}',
  X: clock,
  y: '\\d{1,2}',
  Y: '\\d{1,4}',
  z: '[+-]\\d{2}(?::?\\d{2}){0,2}',
};
/** Letters that may stand behind a minus, for numbers without a zero before them. */
const padded = 'djmyHIMS';

/** A format's letters, each with its minus where it has one, and the text between them. */
function partsOf(format: string): readonly string[] {
  return format.match(/%-?[\s\S]|[^%]+|%$/g) ?? [];
}

/** What is wrong with a format for DuckDB's strptime, or cannot give a date; undefined where nothing is. */
export function problemOfDateFormat(format: string): string | undefined {
  const letters = partsOf(format).filter((part) => part.startsWith('%'));
  const has = (wanted: string) => letters.some((part) => wanted.includes(part.at(-1) ?? '') && part !== '%%');
  if (has('Z')) return 'date_format cannot read names of time zones (%Z): only offsets (%z)';
  const unknown = letters.find((part) => !isKnownLetter(part));
  if (unknown !== undefined) {
    const instead = insteadOf(unknown.at(-1) ?? '');
    return `date_format cannot read ${unknown === '%' ? 'a % at its end' : unknown}${instead === '' ? '' : `: ${instead}`}`;
  }
  if (!has('yYGcx'))
    return 'date_format reads no year (%Y, or %y where it has two digits): all dates would be of 1900';
  if (has('I') && !has('p'))
    return 'date_format reads the hours of a 12-hour clock (%I) without their half of the day: add %p, or write %H';
  return undefined;
}

function isKnownLetter(part: string): boolean {
  if (part === '%') return false;
  const letter = part.at(-1) ?? '';
  return part.startsWith('%-') ? padded.includes(letter) : letter in patterns;
}

function insteadOf(letter: string): string {
  switch (letter) {
    case 's':
      return 'for numbers since 1970 write time_unit: seconds';
    case 'Q':
    case 'L':
      return 'milliseconds are %g, as digits behind a point %f';
    case 'N':
      return 'nanoseconds are %n';
    case 'e':
    case 'k':
    case 'l':
      return 'numbers with or without a zero before them are %d, %H and %I';
    case 'D':
      return 'write %m/%d/%y';
    case 'F':
      return 'write %Y-%m-%d';
    case 'R':
      return 'write %H:%M';
    default:
      return '';
  }
}

/** What a text that is a date in this format looks like: no less than strptime reads, and little more. */
export function datePattern(format: string): RegExp {
  const source = partsOf(format).map((part) => {
    if (part.startsWith('%')) return patterns[part.at(-1) ?? ''] ?? '';
    return part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(/\s+/g, '\\s*');
  });
  return new RegExp(`^\\s*${source.join('')}\\s*$`, 'i');
}
