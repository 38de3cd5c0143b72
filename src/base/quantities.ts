/** A duration for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A figure with four significant digits, or all that it has before the point, without needless zeros. */
export function formatFigure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Math.abs(value) >= 1e4 ? Math.round(value) : Number(value.toPrecision(4)));
}

/**
 * A number in a table, without needless zeros: to so many digits after the point, of which as many say something where it
 * is below 1. Nothing before the point is lost, so that an id, a sum or a time that is no whole number is still itself.
 */
export function formatNumber(value: number, digits = 6): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(Math.abs(value) < 1 ? value.toPrecision(digits) : value.toFixed(digits)));
}

/** Numbers that stand for themselves, such as the values of a setting: with all their digits where fewer make two alike. */
export function formatApart(values: readonly number[]): readonly string[] {
  const texts = values.map((value) => formatNumber(value));
  return new Set(texts).size === new Set(values).size ? texts : values.map(String);
}

/** `1 node`, `3 nodes`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What progress is counted in by default; what a program calls its own stands as it is. */
const ownUnits: { readonly [units: string]: string } = {
  steps: 'step',
  iterations: 'iteration',
  batches: 'batch',
  episodes: 'episode',
  settings: 'setting',
  metrics: 'metric',
};

/** `1 step`, `3/20 steps`, `1/1 epoch`. */
export function formatProgress(done: number, total: number | undefined, unit: string): string {
  const word = (total ?? done) === 1 ? (ownUnits[unit] ?? unit) : unit;
  return `${done}${total === undefined ? '' : `/${total}`} ${word}`;
}

/** The first eight digits of a key or digest, enough to tell apart by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 8);
}

/** A size for people: `812 B`, `4.2 MB` (powers of ten). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

const secondsOf: { readonly [unit: string]: number } = { s: 1, min: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as people write it: `90 s`, `2 h`, `1 h 30 min`, `2 d`; undefined where it is none above 0. */
export function parseSeconds(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(s|min|h|d)(?![a-z])\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return undefined;
  const seconds = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (secondsOf[unit ?? ''] ?? 0),
    0,
  );
  return seconds > 0 ? seconds : undefined;
}

const sizeUnits = ['', 'k', 'm', 'g', 't'];

/** Bytes of a size as people write it: `4 GiB` (powers of two), `500 MB` (of ten); undefined where it is none above 0. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = '', binary] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)B$/i.exec(text.trim()) ?? [];
  const power = sizeUnits.indexOf(unit.toLowerCase());
  if (number === undefined || (binary !== '' && power === 0)) return undefined;
  const bytes = Math.round(Number(number) * (binary === '' ? 1000 : 1024) ** power);
  return bytes > 0 ? bytes : undefined;
}
