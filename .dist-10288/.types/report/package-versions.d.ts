/** The versions of the packages that kshot depends on, as installed. */
export declare function packageVersions(): {
    readonly [name: string]: string;
};
