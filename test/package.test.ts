import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly packages: {
    readonly [path: string]: {
      readonly optionalDependencies?: { readonly [name: string]: string };
      readonly hasInstallScript?: boolean;
    };
  };
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as Locked;

it('the lockfile holds the packages of every platform, so that npm ci works on all of them', () => {
  // A registry that lacks one platform's package at the wanted version leaves it out of the lock without a word.
  const locked = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)));
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

it('package.json says of every package with a script for its installation whether it may run', () => {
  // npm asks about those of which nothing is said, and is to run none of them in its next major version.
  const { allowScripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly allowScripts: { readonly [name: string]: boolean };
  };
  const withScript = Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) =>
    path !== '' && hasInstallScript === true ? [path.split('node_modules/').at(-1)] : [],
  );
  expect(withScript.toSorted()).toEqual(Object.keys(allowScripts).toSorted());
});

it('package.json has no script that npm asks about where the packed tarball is installed', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: { readonly [name: string]: string };
  };
  expect(['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => name in scripts)).toEqual([]);
  // What npm ci and npm pack run.
  expect([scripts['dependencies'], scripts['prepack']]).toEqual([scripts['build'], scripts['build']]);
});
