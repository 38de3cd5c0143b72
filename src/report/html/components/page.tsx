import type { ReactNode } from 'react';
import { isEvaluation } from '../../../artifacts/metric-table.js';
import type { Report } from '../../../artifacts/run-documents.js';
import { summaryNodes } from '../../../artifacts/summary/summary-rows.js';
import type { DrawnFigure } from '../figures/draw-figures.js';
import { edgesOf, type RunContents, stepsOf } from '../report-model.js';
import { Breakdowns } from './breakdown.js';
import { DataSection } from './data.js';
import { Exhibits } from './exhibits.js';
import { FigureGallery } from './figure-gallery.js';
import { StepGraph } from './graph.js';
import { Header } from './header.js';
import { plainText } from './marks.js';
import { Notes } from './notes.js';
import { Results, SweepTables } from './results.js';
import { Steps } from './steps.js';
import { Configuration, Environment, FileList, type RunFile } from './surroundings.js';

/** All that a page shows. */
export interface PageContents {
  readonly contents: RunContents;
  /** The configuration as YAML. */
  readonly configuration: string;
  readonly figures: readonly DrawnFigure[];
  /** Figures that there were too many of. */
  readonly figuresLeft: number;
  /** The run's other files, by their names in its folder. */
  readonly files: readonly RunFile[];
}

/** The body of a page: what matters first, where things are last. */
export function Page({ contents, configuration, figures, figuresLeft, files }: PageContents): ReactNode {
  const { report, manifest, rows, fingerprints, exhibits, logs } = contents;
  const steps = stepsOf(contents);
  const has = (topic: string) => figures.some((figure) => figure.topic === topic);
  const hasSweeps = summaryNodes(report.summaries).some(({ isSweep }) => isSweep);
  const sections = [
    ...(report.metrics.length + report.summaries.length > 0 ? [['results', 'Results']] : []),
    ...(report.breakdowns.length > 0 ? [['groups', 'By groups']] : []),
    ...(has('training') ? [['training', 'Training']] : []),
    ...(has('choice') ? [['choice', 'Settings']] : []),
    ...(has('ablation') || hasSweeps ? [['ablation', 'Ablation']] : []),
    ...(has('drift') ? [['drift', 'Drift']] : []),
    ...(exhibits.length > 0 ? [['exhibits', 'From programs']] : []),
    ['steps', 'Steps'],
    ...(Object.keys(fingerprints).length > 0 ? [['data', 'Data']] : []),
    ['environment', 'Environment'],
    ['configuration', 'Configuration'],
    ['files', 'Files'],
  ] as const;
  return (
    <>
      <a className="skip" href="#main">
        Skip to the report
      </a>
      <div className="layout">
        <nav aria-label="Sections">
          <ul>
            {sections.map(([anchor, title]) => (
              <li key={anchor}>
                <a href={`#${anchor}`}>{title}</a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="column">
          <Header {...contents} />
          <main id="main" tabIndex={-1}>
            <Verdict report={report} />
            <Notes report={report} steps={steps} />
            <Results report={report}>
              <FigureGallery figures={figures} topics={['results']} />
            </Results>
            <Breakdowns report={report} />
            <FigureSection
              anchor="training"
              title="Training"
              lead={trainingLead(figures)}
              figures={figures}
            />
            <FigureSection
              anchor="choice"
              title="Settings"
              lead={
                !report.metrics.some(isEvaluation)
                  ? 'What the settings were worth.'
                  : 'What the settings were chosen by, on users of their own.'
              }
              figures={figures}
            />
            <FigureSection anchor="ablation" title="Ablation" lead={ablationLead(report)} figures={figures}>
              {hasSweeps ? <SweepTables report={report} /> : null}
            </FigureSection>
            <FigureSection
              anchor="drift"
              title="Drift"
              lead="How far adapting to a user moves the parameters."
              figures={figures}
            />
            {figuresLeft > 0 ? (
              <p className="quiet">
                {figuresLeft} more figures are not drawn; their numbers are in the tables.
              </p>
            ) : null}
            <Exhibits exhibits={exhibits} />
            <section aria-labelledby="steps">
              <h2 id="steps">Steps</h2>
              <StepGraph steps={steps} edges={edgesOf(manifest, rows.lineage)} />
              <Steps steps={steps} />
            </section>
            <DataSection fingerprints={fingerprints} />
            <Environment manifest={manifest} />
            <Configuration text={configuration} />
            <FileList files={files} hasLogs={logs.size > 0} />
          </main>
          <footer>
            Written by kshot {manifest.kshot}. Every number here comes from the verified tables of run{' '}
            <code>
              {report.pipeline}/{report.run}
            </code>
            .
          </footer>
        </div>
      </div>
    </>
  );
}

/** What leads, by how much, and what cannot be told from it. */
function Verdict({ report: { verdict } }: { readonly report: Report }): ReactNode {
  if (verdict.length === 0) return null;
  return (
    <section aria-label="Verdict" className="verdict">
      {verdict.map((sentence) => (
        <p key={sentence}>{plainText(sentence)}</p>
      ))}
    </section>
  );
}

function FigureSection({
  anchor,
  title,
  lead,
  figures,
  children,
}: {
  readonly anchor: 'training' | 'choice' | 'ablation' | 'drift';
  readonly title: string;
  readonly lead: string;
  readonly figures: readonly DrawnFigure[];
  readonly children?: ReactNode;
}): ReactNode {
  const hasFigures = figures.some(({ topic }) => topic === anchor);
  if (!hasFigures && (children === undefined || children === null)) return null;
  return (
    <section aria-labelledby={anchor}>
      <h2 id={anchor}>{title}</h2>
      <p className="lead">{lead}</p>
      <FigureGallery figures={figures} topics={[anchor]} />
      {children}
    </section>
  );
}

/** What stands above figures of test data at several settings. */
function ablationLead({ metrics, summaries }: Report): string {
  return [...metrics, ...summaries].some(({ k }) => k !== null)
    ? 'What the number of support pairs and of inner steps is worth, on the same query pairs throughout.'
    : 'What each setting is worth on test data: to be told, not to be chosen by.';
}

function trainingLead(figures: readonly DrawnFigure[]): string {
  const roles = figures.filter(({ topic }) => topic === 'training').map(({ role }) => role);
  if (roles.some((role) => role !== null && role !== 'train')) {
    return 'Loss as it was trained, and how the checkpoints did on the users that choose among them.';
  }
  return roles.includes(null) ? 'What was told while training.' : 'Loss as it was trained.';
}
