import type { ReactNode } from 'react';
import type { GitState } from '../../../artifacts/provenance/git-state.js';
import type { Manifest } from '../../../artifacts/run-documents.js';
import { formatBytes } from '../../../base/quantities.js';
import { plainText } from './marks.js';
import { ScrollBox, Table } from './table.js';

/** What computed: versions, engines and devices. */
export function Environment({ manifest }: { readonly manifest: Manifest }): ReactNode {
  const { kshot, node, platform, engine, packages, nodes, file, provenance } = manifest;
  const devices = [...new Set(nodes.flatMap(({ device }) => device ?? []))];
  const engines = [...new Set([engine, ...nodes.flatMap((one) => one.engine ?? [])])];
  const facts: readonly (readonly [string, string])[] = [
    ['Pipeline', file],
    ['kshot', kshot],
    ['Node.js', node],
    ['Platform', `${platform.os}, ${platform.architecture}`],
    [engines.length === 1 ? 'Engine' : 'Engines', engines.join(', ')],
    ...(devices.length === 0 ? [] : [['Devices', devices.join('; ')] as const]),
    ...provenanceFacts(provenance),
  ];
  return (
    <section aria-labelledby="environment">
      <h2 id="environment">Environment</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{plainText(value)}</dd>
          </div>
        ))}
      </dl>
      <details className="plain">
        <summary>Packages</summary>
        <Table
          label="Packages"
          columns={[{ title: 'package' }, { title: 'version' }]}
          rows={Object.entries(packages)}
        />
      </details>
      {Object.entries(provenance?.distributions ?? {}).map(([interpreter, versions]) => (
        <details key={interpreter} className="plain">
          <summary>Packages of {plainText(interpreter)}</summary>
          <Table
            label={`Packages of ${plainText(interpreter)}`}
            columns={[{ title: 'package' }, { title: 'version' }]}
            rows={Object.entries(versions).map((cells) => cells.map(plainText))}
          />
        </details>
      ))}
    </section>
  );
}

/** Where the run comes from: what was typed, which commit, which machine. */
function provenanceFacts(provenance: Manifest['provenance']): readonly (readonly [string, string])[] {
  if (provenance === undefined) return [];
  const { command, host, processor, memory_bytes, git, python } = provenance;
  return [
    ['Command', command],
    ...(git === null ? [] : [['Git', gitText(git)] as const]),
    ['Host', host],
    ['Processors', processor],
    ['Memory', formatBytes(memory_bytes)],
    ...(python === null ? [] : [['Python', python] as const]),
  ];
}

/** The commit, and how the files differed from it. */
export function gitText(git: GitState): string {
  const { commit, branch, dirty, untracked, more_untracked: more = 0 } = git;
  const kept = [
    ...(git.diff_is_cut === true ? ['not whole'] : []),
    ...(git.diff_is_redacted === true ? ['without secrets'] : []),
  ];
  const difference = kept.length === 0 ? [] : [`git.diff ${kept.join(' and ')}`];
  const state = dirty === null ? 'not known whether changed' : dirty ? 'changed' : 'clean';
  const unknown =
    untracked.length === 0
      ? []
      : [
          `${untracked.length + more} not in git: ${untracked.slice(0, 5).join(', ')}${untracked.length > 5 ? ', …' : ''}`,
        ];
  const ofBranch = branch === null ? [] : [`branch ${branch}`];
  return [commit ?? 'no commit', ...ofBranch, state, ...difference, ...unknown].join(', ');
}

/** The pipeline after `extends`, `--set` and substitution, as YAML. */
export function Configuration({ text }: { readonly text: string }): ReactNode {
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      <p className="lead">
        After <code>extends</code>, <code>--set</code> and substitution: what was run.
      </p>
      <details className="plain">
        <summary>The whole pipeline</summary>
        <ScrollBox label="The whole pipeline">
          <pre>{plainText(text)}</pre>
        </ScrollBox>
      </details>
    </section>
  );
}

const meanings: { readonly [name: string]: string } = {
  'report.json': 'the figures, for scripts',
  'config.json': 'the whole configuration',
  'manifest.json': 'what exactly ran: keys, outputs, versions',
  'fingerprints.json': 'what the data was',
  'git.diff': 'what differed from the commit',
  'exhibits.json': 'the figures and tables that programs made',
};

/** A file of a run's folder; size in bytes. */
export interface RunFile {
  readonly name: string;
  readonly bytes: number;
}

/** Where each file of the run is. */
export function FileList({
  files,
  hasLogs,
}: {
  readonly files: readonly RunFile[];
  readonly hasLogs: boolean;
}): ReactNode {
  const figures = files.filter(({ name }) => name.startsWith('figures/'));
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <Table
        label="Files of the run"
        columns={[{ title: 'file' }, { title: 'size', isNumber: true }, { title: 'what it is' }]}
        rows={[
          ...files
            .filter(({ name }) => !name.startsWith('figures/'))
            .map(({ name, bytes }) => [
              <a key="link" href={name}>
                {name}
              </a>,
              formatBytes(bytes),
              meaningOf(name),
            ]),
          ...(figures.length > 0
            ? [
                [
                  <a key="link" href="figures/">
                    figures/
                  </a>,
                  formatBytes(figures.reduce((sum, { bytes }) => sum + bytes, 0)),
                  'the figures of this page, each as SVG and PNG',
                ],
              ]
            : []),
          ...(hasLogs
            ? [
                [
                  <a key="link" href="logs/">
                    logs/
                  </a>,
                  '',
                  'what each executed step printed',
                ],
              ]
            : []),
        ]}
      />
      <p className="quiet">
        <code>kshot sql</code> answers questions about the tables of all runs; <code>kshot cache verify</code>{' '}
        checks every byte of these files.
      </p>
    </section>
  );
}

function meaningOf(name: string): string {
  if (name.startsWith('exhibits/')) return 'drawn by a program';
  if (name.startsWith('tables/')) return 'a table of kshot sql';
  return meanings[name] ?? '';
}
