import type { ReactNode } from 'react';
import { formatCount, formatSeconds } from '../../../base/quantities.js';
import type { Outcome } from '../../../run/event.js';
import { layoutGraph, softPath } from '../graph-layout.js';
import type { Box } from '../graph-rows.js';
import type { StepEdge, StepModel } from '../report-model.js';
import { OutcomeMark, plainText } from './marks.js';
import { ScrollBox } from './table.js';

/** Steps and edges beyond which a drawing is a tangle, and takes seconds to lay out. */
const mostSteps = 100;
const mostEdges = 300;

/** How wide the column of a page is from 1,152 pixels on, by page.css. */
const columnWidth = 936;
/** How far a wide graph shrinks before it scrolls: the smallest letters, of 11.5 pixels, stay at 10. */
const smallestScale = 0.87;

const letterWidth = 7.6;
const longestName = 26;

/** The steps as boxes that lead to their details; a dashed edge carries what was computed from test data. */
export function StepGraph({
  steps,
  edges,
}: {
  readonly steps: readonly StepModel[];
  readonly edges: readonly StepEdge[];
}): ReactNode {
  if (steps.length > mostSteps || edges.length > mostEdges) {
    return (
      <p className="quiet">
        {formatCount(steps.length, 'step')} with {formatCount(edges.length, 'edge')} are too many to draw:
        they are listed below, and <code>kshot dag --format dot</code> gives them to Graphviz.
      </p>
    );
  }
  const { width, height, boxes, edges: lines } = layoutGraph(steps.map(boxOf), edges, columnWidth);
  const byName = new Map(steps.map((step) => [step.step, step]));
  return (
    <>
      <ScrollBox label="Graph of steps" className="graph">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          style={{
            maxWidth: `${width}px`,
            // A variable, which the rules for paper can set aside; React's types know no names of variables.
            ['--least-width' as string]: `${Math.round(smallestScale * width)}px`,
          }}
        >
          <title>Steps, and what flows between them</title>
          <defs>
            {['plain', 'test'].map((kind) => (
              <marker
                key={kind}
                id={`arrow-${kind}`}
                className={`arrow-${kind}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto"
              >
                <path d="M0 0.5L8 4L0 7.5z" />
              </marker>
            ))}
          </defs>
          {lines.map(({ from, to, points }, index) => {
            const edge = edges[index];
            const kind = edge?.roles.includes('test') ? 'test' : 'plain';
            return (
              <path
                key={`${from} ${to}`}
                className={`edge edge-${kind}`}
                d={softPath(points)}
                markerEnd={`url(#arrow-${kind})`}
              >
                <title>{plainText(edge === undefined ? '' : edgeText(edge))}</title>
              </path>
            );
          })}
          {boxes.map((box) => {
            const step = byName.get(box.name);
            return step === undefined ? null : <StepBox key={box.name} box={box} step={step} />;
          })}
        </svg>
      </ScrollBox>
      <p className="key">
        Choose a step to see its nodes.
        {edges.some(({ roles }) => roles.includes('test'))
          ? ' Dashed: what flows was computed from test data. '
          : ' '}
        {gravest
          .filter((outcome) => steps.some(({ outcomes }) => (outcomes[outcome] ?? 0) > 0))
          .map((outcome) => (
            <OutcomeMark key={outcome} outcome={outcome} />
          ))}
      </p>
    </>
  );
}

function boxOf({ step, kind, nodes }: StepModel): Box {
  const letters = Math.max(shortName(step).length + (nodes.length > 1 ? 5 : 0), kind.length * 0.88);
  return { name: step, width: Math.max(72, Math.round(letters * letterWidth) + 28), height: 44 };
}

function StepBox({
  box: { x, y, width, height },
  step,
}: {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly step: StepModel;
}): ReactNode {
  const state = stateOf(step);
  const count = step.nodes.length === 1 ? '' : ` ×${step.nodes.length}`;
  return (
    <a href={`#${step.anchor}`} className={`box box-${state}`}>
      <rect x={x} y={y} width={width} height={height} rx="5" />
      <rect className="stripe" x={x} y={y} width="4" height={height} rx="2" />
      <text x={x + 14} y={y + 18} className="box-name">
        {plainText(shortName(step.step))}
        <tspan className="box-count">{count}</tspan>
      </text>{' '}
      <text x={x + 14} y={y + 34} className="box-kind">
        {step.kind}
      </text>
      <title>{`${plainText(step.step)}: ${outcomesText(step)}, ${formatSeconds(step.seconds)}`}</title>
    </a>
  );
}

function shortName(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}

const gravest = ['failed', 'cancelled', 'skipped', 'ran', 'joined', 'hit'] as const;

/** The gravest outcome among a step's nodes. */
function stateOf({ outcomes }: StepModel): Outcome {
  return gravest.find((outcome) => (outcomes[outcome] ?? 0) > 0) ?? 'hit';
}

function outcomesText({ outcomes, nodes }: StepModel): string {
  return Object.entries(outcomes)
    .map(([outcome, count]) => (nodes.length === 1 ? outcome : `${count} ${outcome}`))
    .join(', ');
}

function edgeText({ from, to, inputs, roles }: StepEdge): string {
  return `${from} → ${to}: ${inputs.join(', ')}${roles.length === 0 ? '' : ` (${roles.join(', ')})`}`;
}
