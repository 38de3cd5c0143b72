import { dirname, join, normalize } from 'node:path';
import { isFileAt } from '../../../base/files/user-path.js';
import { leaves } from '../program-parameters.js';

/** What Python says of a module or a file that is not there, with its name. */
const absentModule = /ModuleNotFoundError: No module named ['"]([\w.]+)['"]/;
const absentFile = /No such file or directory: ['"]([^'"]+)['"]/;

/** Listens to what a program prints for what it did not find. */
export interface AbsentFiles {
  hear(lines: readonly string[]): void;
  /** What to declare, where the project has what was not found last. */
  advice(): string | undefined;
}

/**
 * @param root of the project, absolute
 * @param script relative to the root: modules are looked for beside it, too
 */
export function listenForAbsentFiles(root: string, script: string | undefined): AbsentFiles {
  let last: string | undefined;
  return {
    hear(lines) {
      const said = lines.findLast((line) => absentModule.test(line) || absentFile.test(line));
      last = said ?? last;
    },
    advice() {
      const places = last === undefined ? [] : placesMeant(last, script);
      const there = places.find((place) => !leaves(place) && isFileAt(join(root, place)));
      return there === undefined
        ? undefined
        : `the project has ${there}, which the step does not declare: add it to its \`files\``;
    },
  };
}

function placesMeant(line: string, script: string | undefined): readonly string[] {
  const [, file] = absentFile.exec(line) ?? [];
  if (file !== undefined) return [normalize(file)];
  const path = (absentModule.exec(line)?.[1] ?? '').replaceAll('.', '/');
  const folders = ['.', ...(script === undefined ? [] : [dirname(script)])];
  return folders.flatMap((folder) => [
    normalize(`${folder}/${path}.py`),
    normalize(`${folder}/${path}/__init__.py`),
  ]);
}
