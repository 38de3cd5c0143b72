/** Marks text for a terminal; every function returns its argument unchanged where colour is off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string) => text;

/** No marks at all. */
export const plainStyle: Style = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
};

const marked = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;

/** ANSI colours of the basic eight, which every terminal theme keeps legible. */
export const colourStyle: Style = {
  bold: marked(1, 22),
  dim: marked(2, 22),
  red: marked(31, 39),
  green: marked(32, 39),
  yellow: marked(33, 39),
  cyan: marked(36, 39),
};

/**
 * The style for a stream: `--no-color` first, then NO_COLOR (https://no-color.org) and FORCE_COLOR (`0` and
 * `false` turn off), else colour on a terminal that is not dumb.
 */
export function styleFor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: { readonly [name: string]: string | undefined },
  colorFlag: boolean,
): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (!colorFlag || (NO_COLOR ?? '') !== '') return plainStyle;
  if (FORCE_COLOR !== undefined) {
    return FORCE_COLOR === '0' || FORCE_COLOR === 'false' ? plainStyle : colourStyle;
  }
  return stream.isTTY === true && TERM !== 'dumb' ? colourStyle : plainStyle;
}
