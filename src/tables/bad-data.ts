import { FailureError } from '../base/failure.js';
import { isExhaustion, systemErrorOf } from '../base/system-error.js';

/**
 * Runs an action over a file of the user's; what DuckDB says against the file becomes a `bad-data` failure that names
 * the file and, where DuckDB tells, the line; DuckDB's own words are its details. Running out of memory becomes `disk`; what the system says of itself is passed on.
 *
 * @param file as the user knows it
 * @param hint what the file should look like
 */
export async function readingUserFile<Value>(
  file: string,
  hint: string,
  action: () => Promise<Value>,
): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FailureError || !(error instanceof Error)) throw error;
    const system = systemErrorOf(error);
    if (system !== undefined && isExhaustion(system)) throw error;
    // DuckDB repeats the query below its message, and lists dozens of options below a CSV error.
    const said = error.message.replace(/\n+LINE \d+:[\s\S]*$/, '').split(/\nPossible fixes:/)[0] ?? '';
    if (/Out of Memory Error/i.test(said)) {
      throw new FailureError({
        reason: 'disk',
        message: `while reading ${file}: ${oneLine(said)}`,
        cause: error,
      });
    }
    const line = /(?:on Line|at line|in line):? (\d+)/i.exec(said)?.[1];
    throw badData(file, line === undefined ? 'cannot be read' : 'this line cannot be read', {
      hint,
      details: [`DuckDB says: ${oneLine(said)}`],
      ...(line === undefined ? {} : { line: Number(line) }),
      cause: error,
    });
  }
}

/** A failure that says what is wrong with a file of the user's. */
export function badData(
  file: string,
  problem: string,
  more: { line?: number; hint?: string; details?: readonly string[]; cause?: unknown } = {},
): FailureError {
  const { line, ...rest } = more;
  const place = line === undefined ? file : `${file}:${line}`;
  return new FailureError({ reason: 'bad-data', message: `${place}: ${problem}`, ...rest });
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, '; ');
}
