import { styleText } from 'node:util';

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

/** Without regard to the stream: `styleFor` has decided. */
const marked = (format: keyof Style) => (text: string) => styleText(format, text, { validateStream: false });

/** ANSI colours of the basic eight, which every terminal theme keeps legible. */
export const colourStyle: Style = {
  bold: marked('bold'),
  dim: marked('dim'),
  red: marked('red'),
  green: marked('green'),
  yellow: marked('yellow'),
  cyan: marked('cyan'),
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
