import { greatest } from '../../base/extremes.js';
import { formatBytes, formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { DiagnosedEngine, Diagnosis } from '../../session/keeping/diagnosis.js';
import type { ProjectFacts } from '../../session/keeping/project-diagnosis.js';
import { cacheFolder } from '../../store/cache-folder.js';
import type { Style } from '../style.js';
import type { TerminalFacts } from '../terminal-facts.js';

/** Where lists are broken where the terminal does not do it. */
const widest = 100;

/**
 * A diagnosis as lines for people; the problems are not among them.
 *
 * @param width columns that there are
 */
export function diagnosisLines(
  diagnosis: Diagnosis,
  terminal: TerminalFacts,
  style: Style,
  width: number,
): readonly string[] {
  const { automatic, engines, machine, project, python, versions, warnings } = diagnosis;
  const nameWidth = greatest(engines.map(({ name }) => name.length));
  const { node, ...packages } = versions;
  return [
    style.bold(`kshot ${diagnosis.kshot}`),
    row('node', node ?? ''),
    ...listRow(
      'packages',
      Object.entries(packages).map(([name, version]) => `${name} ${version}`),
      width,
    ),
    '',
    style.bold('engines'),
    row('auto', `${automatic.engine}: ${automatic.why}`),
    ...engines.flatMap((engine) => engineLines(engine, nameWidth, style)),
    '',
    style.bold('machine'),
    row('system', `${machine.os}, ${machine.architecture}`),
    row('processor', `${machine.cpu}, ${formatCount(machine.cores, 'core')}`),
    row(
      'Python',
      `${python.program} (${python.from === 'PATH' ? 'the first python3 in PATH' : `by ${python.from}`})`,
    ),
    row('GPUs', machine.gpus.length === 0 ? 'none' : machine.gpus.join(', ')),
    row('slots', `${machine.slots} (the default of run --jobs)`),
    row(
      'memory',
      `${formatBytes(machine.memory_bytes)}, ${formatBytes(machine.free_memory_bytes)} of it free`,
    ),
    '',
    style.bold('project'),
    ...(project === null ? ['  none here'] : projectLines(project, width)),
    '',
    style.bold('terminal'),
    row('stdout', terminal.stdout_is_terminal ? 'a terminal' : 'not a terminal'),
    row('stderr', terminal.stderr_is_terminal ? 'a terminal' : 'not a terminal'),
    row('columns', terminal.columns === null ? 'unknown' : String(terminal.columns)),
    row('colours', terminal.colors ? 'on' : 'off'),
    row('TERM', `${terminal.term ?? 'not set'}${terminal.ci ? ', CI is set' : ''}`),
    ...(warnings.length === 0 ? [] : ['']),
    ...warnings.flatMap(({ message, hint }) => [
      `${style.yellow('warning:')} ${printable(message)}`,
      ...(hint === undefined ? [] : [`  ${style.cyan('hint:')} ${printable(hint)}`]),
    ]),
  ];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(10)} ${printable(text)}`.trimEnd();
}

/** Things with commas between them, on as many lines as they need. */
function listRow(name: string, things: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, thing] of things.entries()) {
    const text = index === things.length - 1 ? thing : `${thing},`;
    if (line !== '' && line.length + text.length + 14 > Math.min(width, widest)) {
      lines.push(line);
      line = text;
    } else line = line === '' ? text : `${line} ${text}`;
  }
  return [...lines, line].map((text, index) => row(index === 0 ? name : '', text));
}

function engineLines(engine: DiagnosedEngine, width: number, style: Style): readonly string[] {
  const name = engine.name.padEnd(width);
  const indent = ' '.repeat(width + 5);
  const facts = [
    ...(engine.available
      ? [
          engine.device,
          engine.driver && `driver ${engine.driver}`,
          engine.interpreter,
          engine.software && 'only where asked for by name',
        ]
      : []),
    ...Object.entries(engine.versions).map(([one, version]) => `${one} ${version}`),
  ].filter((part) => part !== undefined && part !== '');
  const heading = engine.available
    ? `  ${style.green('✓')} ${name}  ${printable(engine.summary)}`
    : `  ${style.red('✗')} ${name}  not available: ${printable(engine.why)}`;
  const remedy = engine.available ? undefined : engine.remedy;
  return [
    heading,
    ...(remedy === undefined ? [] : [`${indent} ${style.cyan('hint:')} ${printable(remedy)}`]),
    ...(facts.length === 0 ? [] : [`${indent} ${style.dim(printable(facts.join(', ')))}`]),
  ];
}

function projectLines(project: ProjectFacts, width: number): readonly string[] {
  const { cache, pipelines, default_pipeline: byDefault } = project;
  const { live, dead } = cache.locks;
  const kept = (what: string, { count, bytes }: { readonly count: number; readonly bytes: number }) =>
    count === 0 ? [] : [`${count} ${what} (${formatBytes(bytes)})`];
  return [
    row('root', project.root),
    ...listRow(
      'pipelines',
      pipelines.length === 0
        ? ['none']
        : pipelines.map((file) => (file === byDefault ? `${file} (the default)` : file)),
      width,
    ),
    row('runs', project.latest_run === null ? 'none' : `${project.runs}, the latest ${project.latest_run}`),
    ...(cache.folder === cacheFolder(project.root) ? [] : [row('cache in', cache.folder)]),
    row(
      'cache',
      [
        `${formatBytes(cache.bytes)}: ${formatCount(cache.entries, 'result')}, ${formatCount(cache.objects, 'object')}`,
        ...kept('unfinished', cache.partial),
        ...kept('kept aside', cache.quarantine),
      ].join(', '),
    ),
    row(
      '',
      `sizes ${cache.incomplete === 0 ? 'as recorded' : `wrong in ${formatCount(cache.incomplete, 'result')}`}; kshot cache verify reads every byte`,
    ),
    row(
      'in use',
      live.length > 0
        ? `by ${live.join(', ')}`
        : dead > 0
          ? `by nobody; ${formatCount(dead, 'lock')} of ended processes, taken over when needed`
          : 'by nobody',
    ),
    row(
      'free disk',
      project.root_free_disk_bytes === null
        ? formatBytes(project.free_disk_bytes)
        : `${formatBytes(project.free_disk_bytes)} for the cache, ${formatBytes(project.root_free_disk_bytes)} for the project`,
    ),
  ];
}
