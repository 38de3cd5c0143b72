import type { Failure } from '../../base/failure.js';
import type { Publication } from '../../pipeline/graph/graph.js';
import type { LeftFile } from './left-files.js';
import type { PublishedFile } from './published-history.js';

/** So many files are named in a line. */
const mostNamed = 8;

/** That files were not written because what is there is not kshot's: a line for each path as the pipeline writes it. */
export function keptCautions(
  done: readonly { readonly publication: Publication; readonly published: PublishedFile }[],
): readonly Failure[] {
  const kept = done.filter(({ published }) => published.outcome === 'kept');
  const isSame = (one: Publication, other: Publication) =>
    one.source === other.source && one.pattern === other.pattern;
  const lines = kept.filter(
    ({ publication }, index) => kept.findIndex((other) => isSame(other.publication, publication)) === index,
  );
  return lines.map(({ publication }) => {
    const paths = kept
      .filter((one) => isSame(one.publication, publication))
      .map(({ published: { path } }) => path);
    const [was, it, lacks] = paths.length === 1 ? ['was', 'it', 'lacks'] : ['were', 'them', 'lack'];
    return {
      reason: 'invalid-value',
      message: `${named(paths)} ${was} kept as ${it === 'it' ? 'it is' : 'they are'} and ${lacks} this run’s ${publication.source}: what is there is not what kshot wrote`,
      hint: `move ${it} away or delete ${it}, and the next kshot run writes the new ${it === 'it' ? 'one' : 'ones'}`,
      location: publication.location,
    };
  });
}

/** That files are of earlier runs: a line for each of these. */
export function staleCautions(left: readonly LeftFile[]): readonly Failure[] {
  const stale = left
    .filter(({ outcome }) => outcome === 'stale')
    .map(({ published: { path, run = 'an earlier version of kshot' } }) => ({ path, run }));
  return [...new Set(stale.map(({ run }) => run))].map((run) => {
    const paths = stale.filter((one) => one.run === run).map(({ path }) => path);
    const [are, their] = paths.length === 1 ? ['is', 'its'] : ['are', 'their'];
    return {
      reason: 'invalid-value',
      message: `${named(paths)} ${are} still of run ${run}: this run did not come to what would take ${their} place`,
      hint: 'a run in which all is done brings files up to date, and removes those that the pipeline makes no more',
    };
  });
}

function named(paths: readonly string[]): string {
  const more = paths.length - mostNamed;
  return [...paths.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
