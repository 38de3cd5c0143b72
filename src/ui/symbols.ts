/** What the live view draws with; every one is a single column wide. */
export interface Symbols {
  readonly cursor: string;
  readonly done: string;
  readonly running: string;
  readonly partly: string;
  readonly waiting: string;
  readonly failed: string;
  readonly stopped: string;
  readonly barFull: string;
  readonly barEmpty: string;
  /** From low to high. */
  readonly levels: readonly string[];
  readonly rule: string;
  readonly cut: string;
  readonly up: string;
  readonly down: string;
  readonly left: string;
  readonly right: string;
  readonly separator: string;
}

const unicode: Symbols = {
  cursor: '❯',
  done: '✓',
  running: '●',
  partly: '◐',
  waiting: '○',
  failed: '✗',
  stopped: '–',
  barFull: '━',
  barEmpty: '─',
  levels: [...'▁▂▃▄▅▆▇█'],
  rule: '│',
  cut: '…',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  separator: '·',
};

const ascii: Symbols = {
  cursor: '>',
  done: '+',
  running: '*',
  partly: '*',
  waiting: '.',
  failed: 'x',
  stopped: '-',
  barFull: '=',
  barEmpty: '-',
  levels: [...'_.-=^'],
  rule: '|',
  cut: '~',
  up: '^',
  down: 'v',
  left: '<',
  right: '>',
  separator: '-',
};

/** ASCII on the Linux console and where the locale names another encoding than UTF-8. */
export function symbolsFor(environment: { readonly [name: string]: string | undefined }): Symbols {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== '') ?? '';
  const encoding = locale.split('@')[0]?.split('.')[1];
  const isOther = encoding !== undefined && !/^utf-?8$/i.test(encoding);
  return TERM === 'linux' || isOther ? ascii : unicode;
}
