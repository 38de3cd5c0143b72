import { isJsonObject, type Json } from '../base/json.js';
import { lateSupportText, sharedUsersText } from '../data/split-warnings.js';

/**
 * What the fingerprints of a run's data say against its results: users that train shares with val or test, what is asked
 * of them that train holds, and episodes that ask for what their support already holds. The guard follows splits, not users, and cannot see it.
 *
 * @param fingerprints by the node that made each
 */
export function warningsOfData(fingerprints: { readonly [node: string]: Json }): readonly string[] {
  return Object.entries(fingerprints).flatMap(([node, fingerprint]) =>
    [...sharedUsers(fingerprint), ...askedOfTrain(fingerprint), ...brokenOrder(fingerprint)].map(
      (text) => `${node}: ${text}`,
    ),
  );
}

function sharedUsers(fingerprint: Json): readonly string[] {
  const shared = at(at(fingerprint, 'users'), 'shared');
  if (!Array.isArray(shared)) return [];
  return shared.map((one) =>
    sharedUsersText(
      Number(at(one, 'users')),
      String(at(one, 'splits')).split(', '),
      String(at(one, 'example')),
    ),
  );
}

/** Of the query pairs of users whom train knows: those that stand in train, or come before more of the user there. */
function askedOfTrain(fingerprint: Json): readonly string[] {
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
  const isLastOut = known.length > 0 && askedOfTrain(fingerprint).length === 0;
  return isLastOut
    ? 'Users are in train and are asked for later pairs, none of which is in train (leave-last-out): figures are of users who are known, not of new ones.'
    : 'Some users are in more than one split: figures on them are not of new users.';
}

function brokenOrder(fingerprint: Json): readonly string[] {
  const order = at(fingerprint, 'order');
  if (!isJsonObject(order)) return [];
  return Object.entries(order).flatMap(([split, found]) => {
    const late = Number(at(found, 'support_after_query'));
    return late > 0 ? [lateSupportText(split, late, Number(at(found, 'episodes')))] : [];
  });
}

/** What a split asks for, as shares of the labels of its query pairs, in words. */
export function coldStartText(found: Json): string {
  const asked = Number(at(found, 'query_pairs'));
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
