/** The split that a value was computed from. */
export type Role = 'train' | 'val' | 'test';
/** The splits that a value was computed from, sorted train, val, test; empty for a catalogue or fixed data. */
export type Roles = readonly Role[];
/** What a value that was computed from these splits counts as: test before val before train. */
export declare function mostRestrictive(roles: Roles): Role | null;
/** The union of role sets, in the canonical order. */
export declare function unionOfRoles(sets: readonly Roles[]): Roles;
