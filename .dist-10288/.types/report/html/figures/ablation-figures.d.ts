import { type Figure } from './figure.js';
import { type SettingGroup } from './setting-groups.js';
/** What the leading metric is over K and over the number of inner steps: a figure for each of them that varies. */
export declare function ablationFigures(groups: readonly SettingGroup[]): readonly Figure[];
