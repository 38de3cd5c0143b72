import { isJsonObject, type Json } from '../base/json.js';
import { lateSupportText, sharedUsersText, textsOfAskedInTrain } from '../data/split-texts.js';

/**
 * What the fingerprints of a run's data say against its results: users that train shares with val or test, what is asked
 * of them that train holds, and episodes that ask for what their support already holds. The guard follows splits, not users, and cannot see it.
 *
 * @param fingerprints by the node that made each
 */
export function warningsOfData(fingerprints: { readonly [node: string]: Json }): readonly string[] {
  return Object.entries(fingerprints).flatMap(([node, fingerprint]) =>
    [...sharedUsers(fingerprint), ...textsOfAskedInTrain(fingerprint), ...brokenOrder(fingerprint)].map(
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

function brokenOrder(fingerprint: Json): readonly string[] {
  const order = at(fingerprint, 'order');
  if (!isJsonObject(order)) return [];
  return Object.entries(order).flatMap(([split, found]) => {
    const late = Number(at(found, 'support_after_query'));
    return late > 0 ? [lateSupportText(split, late, Number(at(found, 'episodes')))] : [];
  });
}

function at(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}
