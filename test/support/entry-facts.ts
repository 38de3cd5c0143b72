import type { Entry } from '../../src/store/entry.js';

/** Facts of an entry that no test looks at. */
export const entryFacts: Entry['facts'] = {
  kind: 'k',
  startedAt: '',
  seconds: 0,
  threads: 1,
  host: '',
  kshotVersion: '',
  deterministic: true,
};
