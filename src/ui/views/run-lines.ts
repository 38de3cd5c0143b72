import type { ListedRun } from '../../artifacts/runs/list-runs.js';
import { formatSeconds, shortDigest } from '../../base/quantities.js';
import { type FigureLayout, tableLines } from './metric-lines.js';

/** Runs as a table, the latest last: columns that say nothing of any are left out. */
export function runLines(runs: readonly ListedRun[], layout: FigureLayout): readonly string[] {
  const columns: readonly (readonly [name: string, cellOf: (run: ListedRun) => string | null])[] = [
    ['run', ({ run }) => run],
    ['started', ({ started_at }) => `${started_at.slice(0, 10)} ${started_at.slice(11, 16)}Z`],
    ['ended', ({ ended }) => ended],
    [
      'nodes',
      ({ counts, nodes }) =>
        counts === null ? (nodes === null ? null : `${nodes} planned`) : countsText(counts),
    ],
    ['took', ({ seconds }) => (seconds === null ? null : formatSeconds(seconds))],
    ['commit', ({ origin }) => commitText(origin)],
    ['pinned', ({ pinned }) => (pinned ? 'pinned' : null)],
  ];
  const shown = columns.filter(([, cellOf]) => runs.some((run) => cellOf(run) !== null));
  return tableLines(
    {
      columns: shown.map(([name]) => name),
      rows: runs.map((run) => shown.map(([, cellOf]) => cellOf(run))),
    },
    layout,
  );
}

function countsText(counts: NonNullable<ListedRun['counts']>): string {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return present.map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}

/** `3f9c1a2b`, with a star behind it where files differed from it, and a question mark where that is not known. */
function commitText(origin: ListedRun['origin']): string | null {
  if (origin === null || origin.git_commit === null) return null;
  const mark = origin.git_dirty === null ? '?' : origin.git_dirty ? '*' : '';
  return `${shortDigest(origin.git_commit)}${mark}`;
}
