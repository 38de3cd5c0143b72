import type { CacheSurvey } from '../upkeep.js';
import { type Layout } from './layout.js';
import type { Objects } from './objects.js';
/** Looks at every name in the cache once; changes nothing. */
export declare function surveyCache(layout: Layout, objects: Pick<Objects, 'hasOutputs'>): CacheSurvey;
