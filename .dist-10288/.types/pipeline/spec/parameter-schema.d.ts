import type { Kind } from '../../kinds/kind.js';
import { type LocatedValue } from '../text/located-value.js';
/** The names of the parameters that a kind knows; undefined where it takes any name. */
export declare function parameterNamesOf(kind: Kind): readonly string[] | undefined;
/** An object's own value at a name, never one that it inherits. */
export declare function own<Value>(object: {
    readonly [name: string]: Value;
}, name: string): Value | undefined;
/** Where a name that a step declares leads to from its `with`; undefined where it declares none of that name. */
export declare function pathOfDeclaration({ declarations }: Kind, withValue: LocatedValue | undefined, name: string): readonly string[] | undefined;
/** All names that a step declares. */
export declare function declarationNames({ declarations }: Kind, withValue: LocatedValue | undefined): readonly string[];
/** What to write where a name is none that the step declares. */
export declare function undeclaredHint(kind: Kind, withValue: LocatedValue | undefined, name: string): string;
