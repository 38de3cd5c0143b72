/** The module that the build compiles from the kinds' schemas, beside the folders of `dist/`. */
declare module '*/validators.js' {
  /** One problem, as ajv reports it. */
  interface SchemaProblem {
    readonly instancePath: string;
    readonly message?: string;
    readonly params: { readonly [name: string]: unknown };
  }

  /** Whether a kind's parameters are valid; `errors` of the latest call where not. */
  interface Validator {
    (parameters: unknown): boolean;
    readonly errors?: readonly SchemaProblem[] | null;
  }

  export const validators: { readonly [kind: string]: Validator };
}
