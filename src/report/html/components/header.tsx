import type { ReactNode } from 'react';
import { formatCount, formatSeconds } from '../../../base/quantities.js';
import type { RunContents } from '../report-model.js';
import { OutcomeMarks, plainText } from './marks.js';

/** What ran, when, how long, and how it ended. */
export function Header({ report, manifest }: RunContents): ReactNode {
  const isDone = report.exit_code === 0;
  return (
    <header className="page-header">
      <p className="overline">kshot report</p>
      <h1>{plainText(report.pipeline)}</h1>
      <dl className="facts">
        <Fact name="Run">{report.run}</Fact>
        <Fact name="Started">
          <time dateTime={report.started_at}>{timeText(report.started_at)}</time>
        </Fact>
        <Fact name="Took">{formatSeconds(report.seconds)}</Fact>
        <Fact name="Engine">{report.engine}</Fact>
        <Fact name="Ended">
          {isDone ? 'done' : report.exit_code >= 128 ? 'cancelled' : `failed, exit code ${report.exit_code}`}
        </Fact>
        <Fact name={formatCount(manifest.nodes.length, 'node')}>
          <OutcomeMarks outcomes={report.counts} />
        </Fact>
      </dl>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** `2026-01-07 10:15 UTC` */
function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
