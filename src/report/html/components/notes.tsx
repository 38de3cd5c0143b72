import type { ReactNode } from 'react';
import type { Report } from '../../../artifacts/run-documents.js';
import { greatest } from '../../../base/extremes.js';
import { formatCount } from '../../../base/quantities.js';
import type { StepModel } from '../report-model.js';
import { DigestMark, plainText } from './marks.js';

interface Note {
  readonly kind: 'bad' | 'warning' | 'fact';
  readonly title: string;
  readonly body: ReactNode;
}

/** Nodes that are named; the rest is counted. */
const mostNamed = 8;

/** What must be known to read the rest, the gravest first; nothing where there is nothing. */
export function Notes({
  report,
  steps,
}: {
  readonly report: Report;
  readonly steps: readonly StepModel[];
}): ReactNode {
  const notes = notesOf(report, steps);
  if (notes.length === 0) return null;
  return (
    <section aria-labelledby="first" className="notes">
      <h2 id="first">Know first</h2>
      <ul>
        {notes.map(({ kind, title, body }) => (
          <li key={title} className={`note note-${kind}`}>
            <strong>{title}</strong>
            <div>{body}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function notesOf(report: Report, steps: readonly StepModel[]): readonly Note[] {
  return [
    ...report.waivers.map(
      ({ step, reason, path }): Note => ({
        kind: 'bad',
        title: `Guard against test data waived for ${plainText(step)}`,
        body: (
          <>
            <p>Reason given: {plainText(reason)}</p>
            {path.length === 0 ? null : <p>The path of the test data: {path.map(plainText).join(' → ')}</p>}
          </>
        ),
      }),
    ),
    ...failureNotes(report, steps),
    ...claimNotes(report),
    ...cautionNotes(report),
    ...(report.synthetic
      ? [
          {
            kind: 'warning',
            title: 'Synthetic data',
            body: <p>kshot made the data up itself: the figures say nothing about real learners.</p>,
          } as const,
        ]
      : []),
    ...lookNotes(report),
    ...(report.not_deterministic.length === 0
      ? []
      : [
          {
            kind: 'warning',
            title: 'Not everything repeats',
            body: (
              <p>
                Computing {formatCount(report.not_deterministic.length, 'node')} again may give other bytes:{' '}
                {namesText(report.not_deterministic)}. In the steps below they are marked.
              </p>
            ),
          } as const,
        ]),
    ...report.warnings.map(
      (warning): Note => ({ kind: 'warning', title: 'Warning', body: <p>{plainText(warning)}</p> }),
    ),
  ];
}

function cautionNotes({ cautions = [] }: Report): readonly Note[] {
  if (cautions.length === 0) return [];
  return [
    {
      kind: 'warning',
      title: 'Read with care',
      body: (
        <ul>
          {cautions.map((caution) => (
            <li key={caution}>{plainText(caution)}</li>
          ))}
        </ul>
      ),
    },
  ];
}

function claimNotes({ claims = [] }: Report): readonly Note[] {
  if (claims.length === 0) return [];
  return [
    {
      kind: 'warning',
      title: 'Taken on trust',
      body: (
        <>
          <p>What these were computed from is what their steps say; nothing proves it.</p>
          <ul>
            {claims.map(({ output, from }) => (
              <li key={output}>
                {plainText(output)}: from {from.length === 0 ? 'no input' : from.map(plainText).join(' and ')}{' '}
                alone
              </li>
            ))}
          </ul>
        </>
      ),
    },
  ];
}

function failureNotes({ failures }: Report, steps: readonly StepModel[]): readonly Note[] {
  if (failures.length === 0) return [];
  const anchorOf = (id: string) =>
    steps.find(({ nodes }) => nodes.some(({ node }) => node.id === id))?.anchor ?? 'steps';
  return [
    {
      kind: 'bad',
      title: `${formatCount(failures.length, 'node')} failed`,
      body: (
        <ul>
          {failures.slice(0, mostNamed).map(({ node, reason, message }) => (
            <li key={node}>
              <a href={`#${anchorOf(node)}`}>{plainText(node)}</a>: {plainText(message)}{' '}
              <span className="quiet">({reason})</span>
            </li>
          ))}
          {failures.length > mostNamed ? <li>and {failures.length - mostNamed} more</li> : null}
        </ul>
      ),
    },
  ];
}

function lookNotes({ test_sets }: Report): readonly Note[] {
  if (test_sets.length === 0) return [];
  const most = greatest(test_sets.map(({ evaluations }) => evaluations));
  return [
    {
      kind: 'fact',
      title: 'Looks at test data',
      body: (
        <p>
          {test_sets.map(({ test_set, evaluations }, index) => (
            <span key={test_set}>
              {index === 0 ? '' : '; '}
              test set <DigestMark digest={test_set} />: {formatCount(evaluations, 'distinct evaluation')}
            </span>
          ))}{' '}
          over all runs of this project, this one’s included.
          {most > 1
            ? ' Every further look makes the best of them look better than it is; choose on val, report on test.'
            : ''}
        </p>
      ),
    },
  ];
}

function namesText(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).map(plainText).join(', ');
  return names.length > mostNamed ? `${named} and ${names.length - mostNamed} more` : named;
}
