import { formatCount } from '../../base/quantities.js';
import type { Audit } from '../../session/auditing/audit-step.js';
import type { Finding, SortOfFinding } from '../../session/auditing/findings.js';
import type { LineToAdd } from '../../session/auditing/lines-to-add.js';

const headings: { readonly [sort in SortOfFinding]: string } = {
  project: 'files of the project',
  outside: 'files outside of the project',
  network: 'other machines: what comes from there, keep as a file that the step declares',
  program: 'programs',
  configuration: 'your own configuration',
  package: 'installed packages',
  library: 'compiled libraries',
  optional: 'packages that others use where they find them: import by name what shapes a result',
  system: 'the system: declare what shapes a result',
};

/** An audit for people. */
export function auditLines(audit: Audit): readonly string[] {
  const { node, matters, findings, missed, failures } = audit;
  const until = failures.length > 0 || audit.exitCode !== 0 ? ', as far as it came,' : '';
  const sorts = [...new Set(findings.map(({ sort }) => sort))];
  return [
    matters
      ? `${node}${until} read what is in no key:`
      : `${node}${until} read nothing that matters and is in no key`,
    ...sorts.flatMap((sort) => [
      `  ${headings[sort]}`,
      ...findings.filter((one) => one.sort === sort).map((one) => `    ${lineOf(one)}`),
    ]),
    ...(missed.length === 0
      ? []
      : [
          '  looked for in the project, and not there; once they are, they are read',
          ...missed.map((path) => `    ${path}`),
        ]),
    ...additions(audit),
  ];
}

function lineOf({ name, how, files, by }: Finding): string {
  const ways = {
    run: 'run',
    read: '',
    listed: 'its names were listed',
    'looked-at': 'only looked at',
    connected: '',
  };
  const remarks = [
    ways[how],
    files === undefined ? '' : formatCount(files, 'file'),
    by === undefined || how === 'run' ? '' : `by ${by}`,
  ].filter((remark) => remark !== '');
  return remarks.length === 0 ? name : `${name} (${remarks.join(', ')})`;
}

function additions({ add, step, pipeline }: Audit): readonly string[] {
  if (add.length === 0) return [];
  const under = (place: LineToAdd['under']) =>
    add.filter((one) => one.under === place).map(({ line }) => line);
  const below = under('with');
  return [
    `add to step ${step} in ${pipeline}:`,
    ...under('step').map((line) => `  ${line}`),
    ...(below.length === 0 ? [] : ['  with:', ...below.map((line) => `    ${line}`)]),
    ...add.flatMap(({ because }) => (because === undefined ? [] : [`  (${because})`])),
  ];
}
