import { isJsonObject, type Json } from '../base/json.js';
import { lateSupportText, sharedUsersText } from '../data/split-warnings.js';

/**
 * What the fingerprints of a run's data say against its results: users that train shares with val or test, and
 * episodes that ask for what their support already holds. The guard follows splits, not users, and cannot see it.
 *
 * @param fingerprints by the node that made each
 */
export function warningsOfData(fingerprints: { readonly [node: string]: Json }): readonly string[] {
  return Object.entries(fingerprints).flatMap(([node, fingerprint]) =>
    [...sharedUsers(fingerprint), ...brokenOrder(fingerprint)].map((text) => `${node}: ${text}`),
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
