/**
 * The name among `names` that `wanted` most likely stands for: the smallest Damerau-Levenshtein distance (insert,
 * delete, replace, swap neighbours), at most a third of the length; of several, the first.
 */
export declare function nearestName(wanted: string, names: Iterable<string>): string | undefined;
/**
 * `did you mean X?` where one of the names is near.
 *
 * @param written Makes of a name what the user would write, such as a path that ends in it.
 */
export declare function didYouMean(wanted: string, names: Iterable<string>, written?: (name: string) => string): string | undefined;
/** The same, else the names there are (at most ten), else nothing. */
export declare function suggestion(wanted: string, names: Iterable<string>, written?: (name: string) => string): string | undefined;
