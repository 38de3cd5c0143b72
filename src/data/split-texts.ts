import { isJsonObject, type Json } from '../base/json.js';
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

/** Of the query pairs of users whom train knows: those that stand in train, or come before more of the user there. */
export function textsOfAskedInTrain(fingerprint: Json): readonly string[] {
  return knownUsersOf(fingerprint).flatMap(([split, found]) => {
    const [all, inTrain, before] = ['query_pairs', 'in_train', 'before_own_train'].map((name) =>
      Number(at(found, name)),
    );
    return [
      ...(inTrain === 0
        ? []
        : [`${split}: ${inTrain} of ${all} query pairs are in train, too: they were learned from`]),
      ...(before === 0
        ? []
        : [`${split}: ${before} of ${all} query pairs are earlier than pairs of the same user in train`]),
    ];
  });
}

function knownUsersOf(fingerprint: Json): readonly (readonly [string, Json])[] {
  const known = at(fingerprint, 'known_users');
  return isJsonObject(known) ? Object.entries(known) : [];
}

/** How users and times are divided, as far as the fingerprint proves it; undefined where nothing was divided. */
export function splitText(fingerprint: Json): string | undefined {
  const disjoint = at(at(fingerprint, 'users'), 'disjoint');
  if (typeof disjoint !== 'boolean') return undefined;
  if (disjoint) {
    const coldStart = at(fingerprint, 'cold_start');
    const asked = isJsonObject(coldStart) ? Object.values(coldStart) : [];
    const isByTime =
      asked.length > 0 && asked.every((found) => at(found, 'train_pairs_from_first_query_on') === 0);
    return `No user is in more than one split${isByTime ? ', and all of train is earlier than anything that is asked: a split by time' : ''}.`;
  }
  const known = knownUsersOf(fingerprint);
  const isLastOut = known.length > 0 && textsOfAskedInTrain(fingerprint).length === 0;
  return isLastOut
    ? 'Users are in train and are asked for later pairs, none of which is in train (leave-last-out): figures are of users who are known, not of new ones.'
    : 'Some users are in more than one split: figures on them are not of new users.';
}

/** What a split asks for, as shares of the labels of its query pairs, in words. */
export function coldStartText(found: Json): string {
  const asked = Number(at(found, 'query_pairs'));
  if (asked === 0) return 'Nothing is asked for.';
  const share = (name: string) => percent(Number(at(found, name)) / asked);
  const later =
    at(found, 'train_pairs_from_first_query_on') === 0
      ? 'all of train is earlier than what is asked'
      : `${percent(Number(at(found, 'train_pairs_later')))} of train is later than what is asked, on average`;
  return `${share('labels_in_support')} of the labels asked for stand in the episode's own support, ${share('labels_not_in_train')} never in train; ${later}.`;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function at(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}
