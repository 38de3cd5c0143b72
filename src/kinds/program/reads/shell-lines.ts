import { basename } from 'node:path';

/** Whether a program of that name is a shell. */
export function isShell(name: string): boolean {
  return /^(?:ba|da|z|k|a)?sh$/.test(name);
}

/** What a shell with these arguments is to run: all that stands behind `-c`, of which the first is a line; empty without. */
export function lineOfShell(words: readonly string[]): string {
  const at = words.findIndex((word) => /^-[A-Za-z]*c[A-Za-z]*$/.test(word));
  const before = words.slice(0, Math.max(at, 0));
  const areOptions = before.every(
    (word, index) => /^[-+]/.test(word) || /^[-+][A-Za-z]*[oO]$/.test(before[index - 1] ?? ''),
  );
  return at < 0 || !areOptions ? '' : words.slice(at + 1).join('\n');
}

/** The lines of shell among what a program is started with, wherever in a list of words a shell stands. */
export function shellLines(argv: string | readonly string[]): readonly string[] {
  if (typeof argv === 'string') return [argv];
  return argv.flatMap((word, index) => {
    const line = isShell(basename(word)) ? lineOfShell(argv.slice(index + 1)) : '';
    return line === '' ? [] : [line];
  });
}

/**
 * Everything in a line of shell that may be the name of a program or a file, in its order: the line is cut wherever the
 * shell might, and read no further, so that what is found is rather too much than too little. `$HOME` is written `~`.
 */
export function shellTokens(line: string): readonly string[] {
  return line
    .replace(/\$HOME\b|\$\{HOME\}/g, '~')
    .split(/\$\(|[\s;&|<>()"'`]+/)
    .flatMap((token) => [...new Set([token, ...token.split(/[={},\\]+/), ...listed(token)])])
    .filter((token) => token !== '');
}

/** The folders of `PYTHONPATH=/a:/b`. */
function listed(token: string): readonly string[] {
  return /^\w*PATH=/.test(token) ? token.slice(token.indexOf('=') + 1).split(':') : [];
}

/** Names in quotes may have blanks in them. */
export function quotedTexts(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');
}

/** The line without the files that it only writes: `> log.txt`. */
export function withoutWritten(line: string): string {
  return line.replace(/(^|[\s;&|()]|\d)>{1,2}\|?[ \t]*[^\s;&|<>()"'`]+/g, '$1 ');
}

/** By what these words have a Python find its modules elsewhere than where the step starts it. */
export function modulesElsewhere(argv: string | readonly string[]): 'PYTHONPATH' | 'cd' | undefined {
  const words = typeof argv === 'string' ? argv : argv.join('\n');
  if (/\bPYTHONPATH=/.test(words)) return 'PYTHONPATH';
  return /(?:^|[\s;&|(){}"'`])(?:cd|pushd)\s/.test(words) ? 'cd' : undefined;
}
