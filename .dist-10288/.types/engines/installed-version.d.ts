import type { PackageVersions } from './engine.js';
/** The versions of those of the packages that are installed where kshot would load them from; none is loaded. */
export declare function installedVersions(names: Iterable<string>): PackageVersions;
/** Where Node would find a package, absolute; undefined where it is not installed. */
export declare function packageFolder(name: string): string | undefined;
