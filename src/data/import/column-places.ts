import { badData } from '../../tables/bad-data.js';

/** A column by name, or by position from 1. */
export type ColumnReference = string | number;

export interface ColumnMapping {
  readonly user?: ColumnReference;
  readonly item?: ColumnReference;
  readonly time?: ColumnReference;
}

/** The columns that a file has. */
export interface Columns {
  readonly header: boolean;
  /** Of the first record; made up (`column1`) where there is no header. */
  readonly columnNames: readonly string[];
  /** Names, as `plainName` has them, that the header gives to more than one column. */
  readonly repeatedNames: readonly string[];
}

/** Where a value is found: the column's place from 0, or the names to go down by from the top of a record. */
export interface ColumnPlace {
  readonly index: number;
  readonly path: readonly string[];
}

export type ColumnPlaces = { readonly [role in ColumnRole]: ColumnPlace };

const usualNames = {
  user: ['user_id', 'user', 'userid', 'uid', 'learner_id', 'student_id'],
  item: ['item_id', 'item', 'itemid', 'iid', 'course_id', 'course', 'movie_id', 'movieid', 'product_id'],
  time: ['timestamp', 'time', 'ts', 'datetime', 'date', 'unixtime', 'unix_time'],
} as const;

export type ColumnRole = keyof typeof usualNames;
export const roles: readonly ColumnRole[] = ['user', 'item', 'time'];

/**
 * Where the three columns are: as asked for (`user.id` goes into nested records), else by their usual names (`user_id`,
 * also with RecBole's type as `user_id:token`), else the three columns of a file without header; undefined where a
 * column is not found.
 */
export function findPlaces(columns: Columns, asked: ColumnMapping): readonly (ColumnPlace | undefined)[] {
  return roles.map((role, index) => placeOf(columns, role, asked[role], index));
}

/**
 * Where the three columns are, all of them.
 *
 * @throws FailureError `bad-data` that lists what the file has
 */
export function resolveColumns(file: string, columns: Columns, asked: ColumnMapping): ColumnPlaces {
  const names = columns.columnNames;
  const found = findPlaces(columns, asked);
  const problems = roles.filter((_, index) => found[index] === undefined);
  for (const place of found) {
    const name = names[place?.index ?? -1];
    if (name === undefined || !columns.repeatedNames.includes(plainName(name))) continue;
    // A position says which one is meant.
    if (roles.some((role, other) => found[other]?.index === place?.index && typeof asked[role] === 'number'))
      continue;
    throw badData(file, `more than one column is called ${JSON.stringify(name)}`, {
      hint: 'rename the others, or say which columns are meant by position from 1: columns: { user: 1, item: 2, time: 3 }',
    });
  }
  const [user, item, time] = found;
  if (user === undefined || item === undefined || time === undefined) {
    const has = columns.header
      ? `columns ${names.map((name) => JSON.stringify(name)).join(', ')}`
      : `${names.length} columns and no header`;
    const wanted = problems.map((role) =>
      asked[role] === undefined ? role : `${role} (${JSON.stringify(asked[role])})`,
    );
    throw badData(file, `no column for ${wanted.join(', ')}; the file has ${has}`, {
      hint: `say which: columns: { ${exampleOf(columns, found)} }, by name or by position from 1`,
    });
  }
  return { user, item, time };
}

function placeOf(
  { columnNames: names, header }: Columns,
  role: ColumnRole,
  asked: ColumnReference | undefined,
  position: number,
): ColumnPlace | undefined {
  const at = (index: number): ColumnPlace | undefined => {
    const name = names[index];
    return name === undefined ? undefined : { index, path: [name] };
  };
  if (typeof asked === 'number') return at(asked - 1);
  if (asked === undefined) {
    if (!header) return names.length === 3 ? at(position) : undefined;
    return at(indexByUsualName(names, role));
  }
  const exact = names.indexOf(asked);
  if (exact >= 0) return at(exact);
  const similar = names.findIndex((one) => plainName(one) === plainName(asked));
  if (similar >= 0) return at(similar);
  const path = asked.split('.');
  const top = names.indexOf(path[0] ?? '');
  return path.length > 1 && top >= 0 ? { index: top, path } : undefined;
}

/** What could be written: what was found stays, the others by columns of the file that are not taken yet. */
function exampleOf(columns: Columns, found: readonly (ColumnPlace | undefined)[]): string {
  const taken = new Set(found.map((place) => place?.index));
  const free = columns.columnNames.map((_, index) => index).filter((index) => !taken.has(index));
  const written = (place: ColumnPlace) =>
    columns.header ? yamlText(place.path.join('.')) : String(place.index + 1);
  return roles
    .map((role, index) => {
      const place = found[index];
      if (place !== undefined) return `${role}: ${written(place)}`;
      const next = free.shift();
      const name = next === undefined ? undefined : columns.columnNames[next];
      return `${role}: ${next === undefined || name === undefined ? '…' : written({ index: next, path: [name] })}`;
    })
    .join(', ');
}

/** A text as it is to be written in YAML, also between braces: in quotes unless it can be nothing but text. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** A name for each column; one that is empty or, but for upper and lower case, taken is made up from the position. */
export function distinctNames(header: readonly string[], count: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const given = header[index] ?? '';
    const name = given === '' || taken.has(given.toLowerCase()) ? `column${index + 1}` : given;
    taken.add(name.toLowerCase());
    return name;
  });
}

function namesGivenTwice(header: readonly string[]): readonly string[] {
  const names = header.map(plainName).filter((name) => name !== '');
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/**
 * Names that several columns have, as `plainName` has them: without one that is asked for just as a single column has
 * it.
 *
 * @param names as the file has them
 * @param readable those of them that can be read by their own name
 */
export function ambiguousNames(
  names: readonly string[],
  readable: readonly string[],
  asked: ColumnMapping,
): readonly string[] {
  const exact = Object.values(asked)
    .map(String)
    .filter((one) => readable.includes(one) && names.filter((name) => name === one).length === 1)
    .map(plainName);
  return namesGivenTwice(names).filter((name) => !exact.includes(name));
}

/** A title without the type that RecBole gives it, spaces around it and capitals. */
export function plainName(name: string): string {
  return name
    .replace(/:(token|float|token_seq|float_seq)$/, '')
    .trim()
    .toLowerCase();
}

function indexByUsualName(names: readonly string[], role: ColumnRole): number {
  for (const usual of usualNames[role]) {
    const index = names.findIndex((one) => plainName(one) === usual);
    if (index >= 0) return index;
  }
  return -1;
}

/** Whether a first record names the columns; told by the cell that stands for the time: a title of a column is none. */
export function looksLikeHeader(
  cells: readonly string[],
  {
    columns,
    nullValues,
    datePattern,
  }: {
    readonly columns: ColumnMapping;
    readonly nullValues: readonly string[];
    readonly datePattern?: RegExp;
  },
): boolean {
  const isDate = (cell: string) => datePattern?.test(cell) === true;
  const isTitle = (cell: string) => {
    const trimmed = cell.trim();
    return (
      trimmed !== '' &&
      !nullValues.includes(cell) &&
      !nullWords.includes(trimmed) &&
      !/^[+-]?\.?\d/.test(trimmed) &&
      !isDate(cell)
    );
  };
  if (Object.values(columns).some((column) => typeof column === 'string')) return true;
  if (typeof columns.time === 'number') return isTitle(cells[columns.time - 1] ?? '');
  if (cells.some(isDate)) return false;
  if (indexByUsualName(cells, 'time') >= 0) return true;
  const isNamed = roles.some((role) => indexByUsualName(cells, role) >= 0);
  return isNamed ? cells.every(isTitle) : isTitle(cells.at(-1) ?? '');
}

/** Names that columns of users, items and times usually have. */
export const usualColumnNames: readonly string[] = roles.flatMap((role) => usualNames[role]);

/** What a column of this name usually holds. */
export function roleOfUsualName(name: string): ColumnRole | undefined {
  return roles.find((role) => indexByUsualName([name], role) >= 0);
}

/** Whether a cell is one of the names that columns of times usually have. */
export function isUsualTimeName(cell: string): boolean {
  return indexByUsualName([cell], 'time') >= 0;
}

/** Words that often stand for no value. */
export const nullWords: readonly string[] = [
  ...['NA', 'N/A', 'n/a', '<NA>', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'Null', 'None', 'none', '(null)'],
  ...['\\N', 'nil', 'undefined', '?', '-'],
];
