/**
 * That users are in several splits, in words.
 *
 * @param example one of them
 */
export declare function sharedUsersText(users: number, splits: readonly string[], example: string): string;
/** That so many episodes of a split ask for what was before their support, in words. */
export declare function lateSupportText(split: string, late: number, episodes: number): string;
