/** The split that a value was computed from. */
export type Role = 'train' | 'val' | 'test';

/** The splits that a value was computed from, sorted train, val, test; empty for a catalogue or fixed data. */
export type Roles = readonly Role[];

const order: Roles = ['train', 'val', 'test'];

/** What a value that was computed from these splits counts as: test before val before train. */
export function mostRestrictive(roles: Roles): Role | null {
  return order.findLast((role) => roles.includes(role)) ?? null;
}

/** The union of role sets, in the canonical order. */
export function unionOfRoles(sets: readonly Roles[]): Roles {
  return order.filter((role) => sets.some((roles) => roles.includes(role)));
}
