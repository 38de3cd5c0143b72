import type { ReactNode } from 'react';
import type { ComparedMetric } from '../../../artifacts/summary/summary-rows.js';
import { plainText } from './marks.js';

/**
 * A figure with its interval below it, and below that how it compares. A comparand's name is left out where the table
 * says it once for all.
 */
export function EstimateCell({
  value,
  interval,
  of,
  against = {},
  areNamed = false,
}: {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null | undefined;
  /** Over how many of how many it is, where that is not all. */
  readonly of?: readonly [number, number] | undefined;
  readonly against?: { readonly [label: string]: ComparedMetric };
  readonly areNamed?: boolean;
}): ReactNode {
  return (
    <>
      <span className="value">{value === null ? 'no number' : value.toFixed(4)}</span>
      {of === undefined ? null : <span className="interval warned">{of.join(' of ')}</span>}
      {interval === null || interval === undefined ? null : (
        <span className="interval">
          [{interval[0].toFixed(3)}, {interval[1].toFixed(3)}]
        </span>
      )}
      {Object.entries(against).map(([label, compared]) => (
        <Compared key={label} label={label} compared={compared} isNamed={areNamed} />
      ))}
    </>
  );
}

function Compared({
  label,
  compared,
  isNamed,
}: {
  readonly label: string;
  readonly compared: ComparedMetric;
  readonly isNamed: boolean;
}): ReactNode {
  const { difference, difference_interval: ends, improvement_percent: percent, distinguishable } = compared;
  const isDistinct = distinguishable === 'yes';
  const [sign, name, words] = !isDistinct
    ? ['≈', 'same', distinguishable === null ? 'no interval beside' : 'cannot be told apart from']
    : difference > 0
      ? ['▲', 'above', 'above']
      : ['▼', 'below', 'below'];
  const exact = `${signed(difference, 4)}${ends === null ? '' : ` [${ends.map((end) => signed(end, 3)).join(', ')}]`}${percent === null ? '' : `, ${signed(percent, 1)} %`}`;
  return (
    <span className={`compared ${name}`} title={`${words} ${label}: ${exact}`}>
      <span aria-hidden="true">{sign} </span>
      <span className="unseen">
        {words} {label}:{' '}
      </span>
      {signed(difference, 3)}
      {isNamed ? <span className="quiet"> {plainText(label)}</span> : null}
    </span>
  );
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.startsWith('-') ? `−${text.slice(1)}` : `+${text}`;
}
