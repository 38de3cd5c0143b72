import { formatCount } from '../base/quantities.js';

/**
 * That users are in several splits, in words.
 *
 * @param example one of them
 */
export function sharedUsersText(users: number, splits: readonly string[], example: string): string {
  return `${formatCount(users, 'user')} ${users === 1 ? 'is' : 'are'} in ${splits.join(' and ')} (first: ${example}): what is learned of them is no cold start`;
}

/** That so many episodes of a split ask for what was before their support, in words. */
export function lateSupportText(split: string, late: number, episodes: number): string {
  return `${split}: in ${late} of ${formatCount(episodes, 'episode')} a support pair is later than a query pair: what they ask for is already known`;
}
