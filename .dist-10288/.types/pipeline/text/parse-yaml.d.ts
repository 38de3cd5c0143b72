import type { Failure } from '../../base/failure.js';
import { type Result } from '../../base/result.js';
import { type LocatedValue } from './located-value.js';
export interface YamlSource {
    /** Shown in locations. */
    readonly file: string;
    /** What stands on the first line before the text (`--set` shows the whole argument). */
    readonly prefix?: string;
}
/**
 * Reads one YAML 1.2 document that holds nothing but what JSON can say: no tags of one's own, no keys that are not
 * text, no key twice, no infinities. Aliases are followed up to a limit.
 */
export declare function parseYaml(text: string, { file, prefix }: YamlSource): Result<LocatedValue, Failure[]>;
