import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative } from 'node:path';
import { isPython } from '../../kinds/program/reads/launched-programs.js';
import { type KnownToKey, withoutLinks } from './known-to-key.js';
import {
  createDistributionFinder,
  distributionKey,
  isOfInterpreter,
  placeInPackages,
} from './python-places.js';
import type { Access, TracedAccesses, WayToRead } from './traced-accesses.js';

/** What a finding is, by how much it matters, most first. */
const sortsOfFinding = [
  'project',
  'outside',
  'network',
  'program',
  'configuration',
  'package',
  'library',
  'optional',
  'system',
] as const;
export type SortOfFinding = (typeof sortsOfFinding)[number];

/** Whether it is likely that a result comes of it. */
export function mayMatter({ sort }: Pick<Finding, 'sort'>): boolean {
  return sort !== 'optional' && sort !== 'system';
}

/** Something that a program read and that is in no key. */
export interface Finding {
  readonly sort: SortOfFinding;
  /** A path: of the project relative to its root, a folder with a slash behind; a package with its version; an address. */
  readonly name: string;
  readonly how: WayToRead | 'connected';
  /** How many files of a folder or package that was; absent of one. */
  readonly files?: number;
  /** The program that read it. */
  readonly by?: string;
}

/** Where an audited program ran, absolute and without links. */
export interface AuditedPlace {
  readonly root: string;
  /** Where the inputs and files of the step are laid out. */
  readonly folder: string;
  /** All that kshot made for it. */
  readonly workspace: string;
  readonly home: string;
  readonly cache: string;
  /** When it was started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** Folders of which so many files were read are named in their place. */
const manyFiles = 3;
/** Paths that are said not to be there, at most. */
const mostMissed = 10;

/** What of all that was read no key knows, what matters most first. */
export function findingsIn(
  { found, addresses }: TracedAccesses,
  known: KnownToKey,
  place: AuditedPlace,
): readonly Finding[] {
  const accesses = [...found.values()];
  const judgement: Judgement = {
    known,
    place,
    interpreters: accesses
      .filter(({ how, path }) => how === 'run' && isPython(basename(path)))
      .map(({ path }) => withoutLinks(path)),
    readFolders: new Set(accesses.filter(({ how }) => how === 'read').map(({ path }) => dirname(path))),
    distributionsOf: createDistributionFinder(),
  };
  const findings = accesses.flatMap((access) => findingOf(access, judgement) ?? []);
  const connected = [...addresses].map((name): Finding => ({ sort: 'network', name, how: 'connected' }));
  return inFolders([...together(findings), ...connected]).sort(
    (one, other) =>
      sortsOfFinding.indexOf(one.sort) - sortsOfFinding.indexOf(other.sort) ||
      (one.name < other.name ? -1 : 1),
  );
}

/** Files of the project that were looked for where there are none: one that is made there would be read instead. */
export function missedFiles(
  { missed }: TracedAccesses,
  known: KnownToKey,
  { root, cache }: AuditedPlace,
): readonly string[] {
  const paths = [...missed].filter(([, stage]) => !isStart(stage, known)).map(([path]) => path);
  const inRoot = paths.filter(
    (path) =>
      path.startsWith(`${root}/`) &&
      !path.startsWith(`${cache}/`) &&
      placeInPackages(path) === undefined &&
      statSync(path, { throwIfNoEntry: false }) === undefined,
  );
  return inRoot.map((path) => relative(root, path)).slice(0, mostMissed);
}

/** The program that the first line of a script names; undefined of what is no script. */
export function interpreterOf(program: string): string | undefined {
  const start = Buffer.alloc(256);
  try {
    const file = openSync(program, 'r');
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // It is gone, or may only be run.
    return undefined;
  }
  const [, interpreter] = /^#! *(\/[^\s\0]+)/.exec(start.toString('latin1')) ?? [];
  return interpreter;
}

/** By what an access is judged, beside itself. */
interface Judgement {
  readonly known: KnownToKey;
  readonly place: AuditedPlace;
  /** Pythons that were run, without links. */
  readonly interpreters: readonly string[];
  /** Folders that files were read of. */
  readonly readFolders: ReadonlySet<string>;
  readonly distributionsOf: ReturnType<typeof createDistributionFinder>;
}

function findingOf(access: Access, judgement: Judgement): Finding | undefined {
  const { place } = judgement;
  const path = placeOf(access, place);
  if (path === undefined || isOfNoInterest(access, path, judgement)) return undefined;
  const { how, by } = access;
  const ofProgram = by === '' || isPython(basename(by)) ? {} : { by };
  const one = { name: nameOf(path, place), how, ...ofProgram };
  if (placeInPackages(path) !== undefined) return findingOfPackage(path, one, judgement);
  const sort = sortOf(how, path, place);
  return sort === undefined ? undefined : { sort, ...one };
}

function isOfNoInterest(access: Access, path: string, judgement: Judgement): boolean {
  const { known, place, interpreters, readFolders } = judgement;
  const paths = [path, withoutLinks(path)];
  return (
    isKnown(access, path, known) ||
    isStart(access.stage, known) ||
    interpreters.some((interpreter) => paths.some((one) => isOfInterpreter(one, interpreter))) ||
    !isStillThere(access, path, place, readFolders)
  );
}

/** Of a distribution that is not in the key, or of a package that is of none. */
function findingOfPackage(
  path: string,
  one: Omit<Finding, 'sort'>,
  { known, distributionsOf }: Judgement,
): Finding | undefined {
  const packages = placeInPackages(path);
  if (packages === undefined || one.how === 'listed') return undefined;
  // What these lead to is told by itself.
  if (/^[^/]*\.(?:pth|(?:dist|egg)-(?:info|link)(?:\/.*)?)$/s.test(packages.below)) return undefined;
  const owners = distributionsOf(packages.folder, packages.below);
  const [owner] = owners;
  // With all that is imported and required in the key, what is left others use where they find it.
  const sort = known.hasImports ? 'optional' : 'package';
  if (owner === undefined) return { sort, ...one };
  const isInKey = owners.some(
    ({ name, version }) => known.distributions.get(distributionKey(name)) === version,
  );
  return isInKey ? undefined : { sort, ...one, how: 'read', name: `${owner.name} ${owner.version}` };
}

/** The path that counts of what was read; undefined of what lies in the step's folder. */
function placeOf({ path, real }: Access, { workspace }: AuditedPlace): string | undefined {
  const isInside = (one: string) => one === workspace || one.startsWith(`${workspace}/`);
  if (!isInside(path)) return path;
  // A link that the program has made.
  return real === undefined || isInside(real) ? undefined : real;
}

function isKnown({ path, real, how }: Access, place: string, known: KnownToKey): boolean {
  if (how === 'run' && isPython(basename(path)) && known.hasPython) return true;
  return known.hasFile(place) || known.hasFile(path) || (real !== undefined && known.hasFile(real));
}

/** What an interpreter begins with, and what has chosen it where its version is in the key. */
function isStart(stage: Access['stage'], { hasPython }: KnownToKey): boolean {
  return stage === 'start' || (stage === 'before' && hasPython);
}

/** Whether it is something that the program cannot have made, and that is told of by nothing else. */
function isStillThere(
  { how }: Access,
  path: string,
  { startedAt }: AuditedPlace,
  read: ReadonlySet<string>,
): boolean {
  const look = statSync(path, { throwIfNoEntry: false });
  if (look === undefined || look.birthtimeMs >= startedAt) return false;
  return how === 'listed' ? look.isDirectory() && !read.has(path) : look.isFile();
}

function nameOf(path: string, { root }: AuditedPlace): string {
  const inside = relative(root, path);
  return inside === '' || inside.startsWith('../') || isAbsolute(inside) ? path : inside;
}

/** What every system has and no result comes from. */
const ofEverySystem = [
  /^\/(?:proc|sys|dev|run)\//,
  /^\/(?:usr\/)?lib(?:32|64|x32|exec)?\//,
  /^\/usr\/share\/(?:locale|i18n|zoneinfo|terminfo|ca-certificates)\//,
  /^\/etc\/(?:ld\.so|locale|localtime|timezone|nsswitch|passwd|group|host|resolv|gai|services|protocols|ssl|terminfo|pki|ca-cert)/,
  /^\/(?:var\/)?run\//,
];
const ofSystem = /^\/(?:usr\/(?!local\/)|s?bin\/|etc\/|var\/)/;
const programFolders = /^\/(?:usr\/)?s?bin\//;
/** What programs start to find their way, and what a shell line has in it. */
const tools = new Set(
  'sh dash bash env uname ldconfig cat echo printf true false test expr ls cp mv rm rmdir mkdir mktemp ln touch chmod chown pwd cd basename dirname realpath readlink which id whoami hostname date sleep head tail wc tr cut tee nice nohup timeout stty tty getconf arch nproc lscpu locale xargs'.split(
    ' ',
  ),
);

function sortOf(how: WayToRead, path: string, { root, home }: AuditedPlace): SortOfFinding | undefined {
  if (path === root || path.startsWith(`${root}/`)) return 'project';
  if (how === 'run') {
    return programFolders.test(path) && tools.has(basename(path)) ? undefined : 'program';
  }
  if (ofEverySystem.some((pattern) => pattern.test(`${path}/`))) return undefined;
  if (ofSystem.test(path)) return 'system';
  if (/\.so(?:\.\d+)*$/.test(path)) return 'library';
  return path.startsWith(`${home}/.`) ? 'configuration' : 'outside';
}

function isOfPackage({ sort }: Finding): boolean {
  return sort === 'package' || sort === 'optional';
}

/** Files of one package as one finding. */
function together(findings: readonly Finding[]): readonly Finding[] {
  const packages = new Map<string, Finding>();
  const others: Finding[] = [];
  for (const finding of findings) {
    if (!isOfPackage(finding)) {
      others.push(finding);
      continue;
    }
    const before = packages.get(finding.name);
    packages.set(finding.name, { ...finding, files: (before?.files ?? 0) + 1 });
  }
  return [...others, ...packages.values()];
}

/** Files of a folder of which many were read as one finding. */
function inFolders(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { sort, how, name } = finding;
    const folder = dirname(name);
    const isOne = how !== 'read' || isOfPackage(finding) || folder === '.';
    const group = `${sort} ${how} ${isOne ? name : folder}`;
    groups.set(group, [...(groups.get(group) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length <= manyFiles) return group;
    return [{ ...first, name: `${dirname(first.name)}/`, files: group.length }];
  });
}
