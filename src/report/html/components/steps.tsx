import type { ReactNode } from 'react';
import { greatest } from '../../../base/extremes.js';
import { own } from '../../../base/own-properties.js';
import { formatBytes, formatCount, formatSeconds } from '../../../base/quantities.js';
import type { FileFact, NodeModel, StepModel } from '../report-model.js';
import { DigestMark, OutcomeMark, OutcomeMarks, plainText, RoleMarks } from './marks.js';
import { ScrollBox, Table } from './table.js';

/** Nodes of a step beyond which only those that failed are told in detail. */
const mostDetailed = 24;
/** Nodes of a step beyond which its list is cut. */
const mostListed = 500;
/** Files of a node beyond which they are counted. */
const mostFiles = 40;

/** Every step with its nodes, closed until it is asked for. */
export function Steps({ steps }: { readonly steps: readonly StepModel[] }): ReactNode {
  const longest = greatest(
    steps.map(({ seconds }) => seconds),
    0.001,
  );
  return (
    <div className="steps">
      {steps.map((step) => (
        <details key={step.anchor} id={step.anchor} className="step">
          <summary>
            <span className="step-name">{plainText(step.step)}</span>
            <span className="step-kind">{step.kind}</span>
            <span className="step-outcomes">
              <OutcomeMarks outcomes={step.outcomes} />
            </span>
            <span className="step-time">
              <span className="bar" style={{ width: `${((100 * step.seconds) / longest).toFixed(1)}%` }} />
              <span>{step.seconds > 0 ? formatSeconds(step.seconds) : ''}</span>
            </span>
          </summary>
          <StepDetails step={step} />
        </details>
      ))}
    </div>
  );
}

function StepDetails({ step }: { readonly step: StepModel }): ReactNode {
  const [only, ...others] = step.nodes;
  return (
    <div className="step-body">
      <dl className="facts small">
        <div>
          <dt>Computed in</dt>
          <dd>{formatSeconds(step.computedSeconds)}</dd>
        </div>
        {step.engines.length === 0 ? null : (
          <div>
            <dt>Engine</dt>
            <dd>{step.engines.join(', ')}</dd>
          </div>
        )}
        {step.roles.length === 0 ? null : (
          <div>
            <dt>Roles of its outputs</dt>
            <dd>
              <RoleMarks roles={step.roles} />
            </dd>
          </div>
        )}
        {step.common.map(([name, value]) => (
          <div key={name}>
            <dt>{plainText(name)}</dt>
            <dd>
              <code>{plainText(shortJson(value))}</code>
            </dd>
          </div>
        ))}
      </dl>
      {only !== undefined && others.length === 0 ? <NodeDetails node={only} /> : <NodeList step={step} />}
    </div>
  );
}

function NodeList({ step }: { readonly step: StepModel }): ReactNode {
  const { nodes, varying, anchor } = step;
  const detailed = nodes
    .filter(({ node }, index) => index < mostDetailed || node.outcome === 'failed')
    .slice(0, 2 * mostDetailed);
  return (
    <>
      <Table
        label={`Nodes of ${plainText(step.step)}`}
        columns={[
          { title: 'node' },
          ...varying.map((name) => ({ title: plainText(name), isNumber: true })),
          { title: 'outcome' },
          { title: 'took', isNumber: true },
          { title: 'key' },
          { title: 'why' },
        ]}
        rows={nodes
          .slice(0, mostListed)
          .map(({ node, parameters }) => [
            plainText(node.id),
            ...varying.map((name) => plainText(shortJson(own(parameters, name)))),
            <OutcomeMark key="outcome" outcome={node.outcome} />,
            node.seconds > 0 ? formatSeconds(node.seconds) : '',
            node.key === undefined ? null : <DigestMark key="key" digest={node.key} />,
            plainText(shortText(node.reason)),
          ])}
      />
      {nodes.length > mostListed ? (
        <p className="quiet">
          The first {mostListed} of {nodes.length}; the table <code>steps</code> of <code>kshot sql</code> has
          all.
        </p>
      ) : null}
      {detailed.map((one, index) => (
        <details key={one.node.id} id={`${anchor}-${index + 1}`} className="plain node">
          <summary>{plainText(one.node.id)}</summary>
          <NodeDetails node={one} />
        </details>
      ))}
      {nodes.length > detailed.length ? (
        <p className="quiet">
          Inputs and logs of {detailed.length} of {formatCount(nodes.length, 'node')};{' '}
          <code>kshot logs NODE</code> and the table <code>lineage</code> have the others.
        </p>
      ) : null}
    </>
  );
}

function NodeDetails({
  node: { node, inputs, outputs, log, isDeterministic, failure },
}: {
  readonly node: NodeModel;
}): ReactNode {
  return (
    <div className="node-body">
      <dl className="facts small">
        <div>
          <dt>Outcome</dt>
          <dd>
            <OutcomeMark outcome={node.outcome} />
            {node.outcome === 'ran' || node.outcome === 'failed' ? ` in ${formatSeconds(node.seconds)}` : ''}
            {node.outcome !== 'ran' && node.computed_seconds !== undefined
              ? `, computed before in ${formatSeconds(node.computed_seconds)}`
              : ''}
          </dd>
        </div>
        <div>
          <dt>Why</dt>
          <dd>{plainText(node.reason)}</dd>
        </div>
        {node.device === undefined ? null : (
          <div>
            <dt>Device</dt>
            <dd>{plainText(node.device)}</dd>
          </div>
        )}
        {isDeterministic ? null : (
          <div>
            <dt>Repeats</dt>
            <dd className="warned">computing it again may give other bytes</dd>
          </div>
        )}
        {node.key === undefined ? null : (
          <div className="wide">
            <dt>Key</dt>
            <dd>
              <code className="long">{node.key}</code>
            </dd>
          </div>
        )}
      </dl>
      {failure === undefined ? null : (
        <p className="note note-bad">
          {plainText(failure.message)} <span className="quiet">({failure.reason})</span>
          {failure.left === undefined ? null : (
            <>
              <br />
              What it had written is kept in <code>{plainText(failure.left)}</code> until it has a result, or
              a week has gone by.
            </>
          )}
        </p>
      )}
      <Files title="Inputs" node={node.id} files={inputs} />
      <Files title="Outputs" node={node.id} files={outputs} />
      {log.length === 0 ? null : (
        <>
          <h3>Last lines of its log</h3>
          <ScrollBox label={`Log of ${plainText(node.id)}`}>
            <pre>{log.map(plainText).join('\n')}</pre>
          </ScrollBox>
        </>
      )}
    </div>
  );
}

function Files({
  title,
  node,
  files,
}: {
  readonly title: string;
  readonly node: string;
  readonly files: readonly FileFact[];
}): ReactNode {
  if (files.length === 0) return null;
  const isInput = title === 'Inputs';
  return (
    <>
      <h3>{title}</h3>
      <Table
        label={`${title} of ${plainText(node)}`}
        columns={[
          { title: isInput ? 'input' : 'output' },
          ...(isInput ? [{ title: 'from' }] : [{ title: 'size', isNumber: true }]),
          { title: 'roles' },
          { title: 'content' },
        ]}
        rows={files
          .slice(0, mostFiles)
          .map(({ name, from, roles, digest, bytes }) => [
            plainText(name),
            isInput ? plainText(from ?? '') : formatBytes(bytes ?? 0),
            <RoleMarks key="roles" roles={roles} />,
            digest === null ? null : <DigestMark key="digest" digest={digest} />,
          ])}
      />
      {files.length > mostFiles ? <p className="quiet">and {files.length - mostFiles} more</p> : null}
    </>
  );
}

function shortJson(value: unknown): string {
  return value === undefined ? '' : shortText(JSON.stringify(value));
}

function shortText(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
