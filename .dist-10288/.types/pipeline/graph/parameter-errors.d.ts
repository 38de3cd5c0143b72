import type { ErrorObject } from 'ajv';
import { type Json } from '../../base/json.js';
import type { Kind } from '../../kinds/kind.js';
/** A kind's schema, compiled: true for valid parameters, else `errors` says what is wrong. */
export interface ParameterValidator {
    (parameters: unknown): boolean;
    errors?: readonly ErrorObject[] | null | undefined;
}
/** By kind. */
export interface ParameterValidators {
    readonly [kind: string]: ParameterValidator;
}
/** Loads the validators that the build compiled from the kinds' schemas. */
export declare function loadValidators(): Promise<ParameterValidators>;
/** One thing wrong with parameters, in plain words. */
export interface ParameterError {
    /** Names and indices that lead to what is wrong. */
    readonly path: readonly string[];
    readonly type: 'unknown' | 'missing' | 'invalid';
    /** The name that is unknown or missing. */
    readonly name?: string;
    readonly message: string;
    readonly hint?: string;
}
/** Checks parameters by the kind's compiled schema; empty where they are valid. */
export declare function parameterErrors(kind: Pick<Kind, 'name' | 'parameters'>, validator: ParameterValidator, parameters: Json): readonly ParameterError[];
