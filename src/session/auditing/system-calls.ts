/** A call of the system, as strace writes it once it has come back. */
export interface SystemCall {
  readonly processId: number;
  readonly name: string;
  /** What stands between its parentheses. */
  readonly given: string;
  /** The number that it gave; -1 where it failed, undefined where nobody knows. */
  readonly result: number | undefined;
  /** The file or folder that this number stands for, absolute and without links; with `strace -y`. */
  readonly resultPath?: string;
  /** `ENOENT`. */
  readonly error?: string;
}

export interface SystemCallReader {
  /** The call that a line of strace's output completes, if it does. */
  read(line: string): SystemCall | undefined;
  /** Calls that have begun, by process: name and what was given so far. The latest is the last. */
  readonly begun: ReadonlyMap<number, string>;
}

const wholeCall = /^(\w+)\((.*)\)\s+= (-?\d+|\?)(?:<((?:[^<>\\]|\\.)*)>)?(?: (\w+)?.*)?$/s;
const begunCall = /^(\w+\(.*?),?\s*<unfinished \.\.\.>$/s;
const resumedCall = /^<\.\.\. \w+ resumed>(.*)$/s;

/**
 * Reads the output of `strace -f -o FILE`, a line at a time: calls of processes that run at once are written in two
 * parts, with others between them.
 */
export function createSystemCallReader(): SystemCallReader {
  const begun = new Map<number, string>();
  return {
    begun,
    read(line) {
      const [, id = '', text = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
      const processId = Number(id);
      const [, beginning] = begunCall.exec(text) ?? [];
      if (beginning !== undefined) {
        begun.set(processId, beginning);
        return undefined;
      }
      const [, rest] = resumedCall.exec(text) ?? [];
      if (rest === undefined) return callOf(processId, text);
      const before = begun.get(processId);
      begun.delete(processId);
      if (before === undefined) return undefined;
      // What was cut off after a comma goes on without it.
      return callOf(processId, before + (/^\s*\)/.test(rest) ? '' : ', ') + rest);
    },
  };
}

function callOf(processId: number, text: string): SystemCall | undefined {
  const match = wholeCall.exec(text);
  if (match === null) return undefined;
  const [, name = '', given = '', result = '?', path, error] = match;
  const resultPath = path === undefined ? undefined : unquoted(path);
  const isPlace = resultPath?.startsWith('/') === true && !resultPath.endsWith(' (deleted)');
  return {
    processId,
    name,
    given,
    result: result === '?' ? undefined : Number(result),
    ...(isPlace ? { resultPath } : {}),
    ...(error === undefined || result !== '-1' ? {} : { error }),
  };
}

const namedEscapes: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  f: '\f',
};

/** Text as strace quotes it: every byte that is not ASCII, or means something, as `\303` or `\n`. */
export function unquoted(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = text.replace(/\\([0-7]{1,3}|.)/gs, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (namedEscapes[code] ?? code),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
