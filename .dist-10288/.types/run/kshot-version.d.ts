/** The version of this kshot, as its package says; src/ and dist/ lie at the same depth. */
export declare function kshotVersion(): string;
