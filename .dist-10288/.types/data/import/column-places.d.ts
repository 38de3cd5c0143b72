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
export type ColumnPlaces = {
    readonly [role in ColumnRole]: ColumnPlace;
};
declare const usualNames: {
    readonly user: readonly ['user_id', 'user', 'userid', 'uid', 'learner_id', 'student_id'];
    readonly item: readonly ['item_id', 'item', 'itemid', 'iid', 'course_id', 'course', 'movie_id', 'movieid', 'product_id'];
    readonly time: readonly ['timestamp', 'time', 'ts', 'datetime', 'date', 'unixtime', 'unix_time'];
};
export type ColumnRole = keyof typeof usualNames;
export declare const roles: readonly ColumnRole[];
/**
 * Where the three columns are: as asked for (`user.id` goes into nested records), else by their usual names (`user_id`,
 * also with RecBole's type as `user_id:token`), else the three columns of a file without header; undefined where a
 * column is not found.
 */
export declare function findPlaces(columns: Columns, asked: ColumnMapping): readonly (ColumnPlace | undefined)[];
/**
 * Where the three columns are, all of them.
 *
 * @throws FailureError `bad-data` that lists what the file has
 */
export declare function resolveColumns(file: string, columns: Columns, asked: ColumnMapping): ColumnPlaces;
/** A text as it is to be written in YAML, also between braces: in quotes unless it can be nothing but text. */
export declare function yamlText(text: string): string;
/** A name for each column; one that is empty or, but for upper and lower case, taken is made up from the position. */
export declare function distinctNames(header: readonly string[], count: number): string[];
/**
 * Names that several columns have, as `plainName` has them: without one that is asked for just as a single column has
 * it.
 *
 * @param names as the file has them
 * @param readable those of them that can be read by their own name
 */
export declare function ambiguousNames(names: readonly string[], readable: readonly string[], asked: ColumnMapping): readonly string[];
/** A title without the type that RecBole gives it, spaces around it and capitals. */
export declare function plainName(name: string): string;
/** Whether a first record names the columns; told by the cell that stands for the time: a title of a column is none. */
export declare function looksLikeHeader(cells: readonly string[], { columns, nullValues, datePattern, }: {
    readonly columns: ColumnMapping;
    readonly nullValues: readonly string[];
    readonly datePattern?: RegExp;
}): boolean;
/** Names that columns of users, items and times usually have. */
export declare const usualColumnNames: readonly string[];
/** What a column of this name usually holds. */
export declare function roleOfUsualName(name: string): ColumnRole | undefined;
/** Whether a cell is one of the names that columns of times usually have. */
export declare function isUsualTimeName(cell: string): boolean;
/** Words that often stand for no value. */
export declare const nullWords: readonly string[];
export {};
