import { canonicalText } from '../../base/canonical.js';
import type { JsonObject } from '../../base/json.js';
import type { PlannedParameters } from '../kind.js';
import type { ChoicePlan } from './choice-plan.js';
import { namesText } from './names-text.js';

/** How many candidates are named. */
const mostNamed = 3;

/** What planning puts into the parameters of a choice, told in words. */
export const plannedChoice: PlannedParameters = {
  names: ['elements', 'groups', 'places', 'progress'] satisfies (keyof ChoicePlan & string)[],
  differences(before, after) {
    const [old, now] = [candidatesOf(before), candidatesOf(after)];
    const lines = [
      ...difference('also chooses between', now, old),
      ...difference('no longer chooses between', old, now),
    ];
    return lines.length > 0 ? lines : ['other rows belong together, or to other candidates'];
  },
};

/** By canonical text, the names of what is chosen between; rows that no name tells apart are one. */
function candidatesOf({ elements = [] }: ChoicePlan): ReadonlyMap<string, string> {
  return new Map(
    elements.map(({ names }: { readonly names: JsonObject }) => [
      canonicalText(names),
      namesText(names) || 'a row without names',
    ]),
  );
}

function difference(
  words: string,
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] {
  const only = [...one].filter(([text]) => !other.has(text)).map(([, names]) => names);
  if (only.length === 0) return [];
  const more = only.length - mostNamed;
  const named = only.slice(0, mostNamed).join('; ');
  return [`${words} ${named}${more > 0 ? `; and ${more} more` : ''}`];
}
