import { greatest } from '../../base/extremes.js';
import { formatCount } from '../../base/quantities.js';
import type { Role } from '../../base/role.js';
import { printable } from '../../base/terminal-text.js';
import type { Dag } from '../../session/planning/fold-graph.js';

const rolesText = (roles: readonly Role[]) => (roles.length === 0 ? '' : `[${roles.join(' ')}]`);

/** A line for each step: its kind, what it takes with the roles of that, and what it gives with its roles. */
export function dagText(dag: Dag): readonly string[] {
  const width = greatest(
    dag.steps.map(({ step }) => step.length),
    0,
  );
  const kindWidth = greatest(
    dag.steps.map(({ kind }) => kind.length),
    0,
  );
  const steps = dag.steps.map(({ step, kind, nodes, outputs }) => {
    const inputs = dag.edges
      .filter(({ to }) => to === step)
      .map(({ from, input, roles }) => `${input} <- ${from}${rolesText(roles)}`);
    const given = Object.entries(outputs).map(([port, roles]) => `${port}${rolesText(roles)}`);
    const count = nodes === 1 ? '' : ` (${formatCount(nodes, 'node')})`;
    const taken = inputs.length === 0 ? '' : `  ${inputs.join(', ')}`;
    const gives = given.length === 0 ? '' : `  => ${given.join(', ')}`;
    return printable(`${step.padEnd(width)}  ${kind.padEnd(kindWidth)}${count}${taken}${gives}`.trimEnd());
  });
  const waivers = dag.waivers.map(({ step, reason }) => printable(`waived   ${step}: ${reason}`));
  return [...steps, ...waivers];
}

/** A flowchart for Mermaid. */
export function dagMermaid(dag: Dag): readonly string[] {
  const names = namesOf(dag);
  const label = (text: string) => text.replaceAll('"', '#quot;');
  return [
    'flowchart TD',
    ...dag.steps.map(
      ({ step, kind, nodes }) =>
        `  ${names.get(step)}["${label(step)}<br/>${label(kind)}${nodes === 1 ? '' : ` × ${nodes}`}"]`,
    ),
    ...dag.edges.map(
      ({ from, to, input, roles }) =>
        `  ${names.get(from)} -->|"${label(`${input} ${rolesText(roles)}`.trim())}"| ${names.get(to)}`,
    ),
  ];
}

/** A digraph for Graphviz. */
export function dagDot(dag: Dag): readonly string[] {
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return [
    `digraph ${quoted(dag.pipeline)} {`,
    '  node [shape=box];',
    ...dag.steps.map(
      ({ step, kind, nodes }) =>
        `  ${quoted(step)} [label=${quoted(`${step}: ${kind}${nodes === 1 ? '' : ` × ${nodes}`}`)}];`,
    ),
    ...dag.edges.map(
      ({ from, to, input, roles }) =>
        `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(`${input} ${rolesText(roles)}`.trim())}];`,
    ),
    '}',
  ];
}

/** Short names that need no quoting. */
function namesOf(dag: Dag): ReadonlyMap<string, string> {
  return new Map(dag.steps.map(({ step }, index) => [step, `step${index}`]));
}
