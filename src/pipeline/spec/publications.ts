import type { Location } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import type { Content } from '../../kinds/port.js';
import { resultSchemas } from '../../tables/result-schemas.js';
import type { Publication } from '../graph/graph.js';
import { expectMap, expectText } from '../text/fields.js';
import { failureAt, type LocatedValue, type ReportFailure } from '../text/located-value.js';
import { type NamedSteps, outputsNamed } from './outputs-named.js';
import { formOfOutput, formOfRunFile, type PublicationForm } from './publication-form.js';
import { checkPublishedPath, withLabel } from './published-path.js';

/** What stands under `publish`: one file, or with `{label}` one for each element of a list. */
export interface PublicationSpec {
  /** `best.chosen`, `tune[inner_lr=0.02].metrics`, `run/report.json`. */
  readonly source: string;
  readonly sourceLocation: Location;
  /** Relative to the root, with `{label}` and `{tag}`. */
  readonly path: string;
  readonly pathLocation: Location;
}

/** What a source is called that names a file of the run's folder, such as `run/report.json`. */
const runPrefix = 'run/';

/** What a run writes into its folder, by the names there; which figures, is known when it has ended. */
const runFiles = [
  ...['report.json', 'report.html', 'config.json', 'manifest.json', 'fingerprints.json'],
  ...Object.keys(resultSchemas).map((table) => `tables/${table}.parquet`),
];
const figures = /^figures\/[^/@]+\.(png|svg)$/;
/** Drawn for print when it is published: `figures/NAME.pdf`, or with its width in inches, `figures/NAME@6.9.pdf`. */
const printedFigures = /^figures\/([^/@]+)(?:@(\d+(?:\.\d+)?))?\.pdf$/;
/** Inches: that of a column of two, unless a name has another, which is within these. */
const [usualWidth, leastWidth, greatestWidth] = [3.3, 1, 40];

/** Reads the top-level `publish`: sources, each with a path or a list of paths. */
export function readPublish(
  value: LocatedValue | undefined,
  report: ReportFailure,
): readonly PublicationSpec[] {
  if (value === undefined || !expectMap(value, 'publish', report)) return [];
  return [...value.entries].flatMap(([source, { location, value: paths }]) =>
    (paths.type === 'list' ? paths.elements : [paths]).flatMap((one) => {
      const path = expectText(one, `what ${source} is published as`, report);
      return path === undefined
        ? []
        : [{ source, sourceLocation: location, path, pathLocation: one.location }];
    }),
  );
}

/** What the steps give, and which steps are known to be broken. */
export interface Published extends NamedSteps {
  readonly root: string;
  /** Files and folders that the pipeline reads. */
  readonly read: readonly string[];
  /** Patterns that choose such files. */
  readonly patterns: readonly string[];
}

/** The files to be published, each once; reports sources that there are not, forms that do not fit, bad paths. */
export function resolvePublications(
  specs: readonly PublicationSpec[],
  published: Published,
  report: ReportFailure,
): readonly Publication[] {
  const found = specs.flatMap((spec) => {
    const checked = checkPath(spec, published, report);
    const files = spec.source.startsWith(runPrefix)
      ? runFile(spec, report)
      : outputFiles(spec, published, report);
    return checked === undefined ? [] : files.map((file) => ({ ...file, path: file.path(checked) }));
  });
  return withoutCollisions(found, report);
}

function checkPath(spec: PublicationSpec, published: Published, report: ReportFailure): string | undefined {
  const unknown = [...spec.path.matchAll(/\{([^{}]*)\}/g)].find(
    ([, name]) => name !== 'label' && name !== 'tag',
  );
  if (unknown !== undefined) {
    report(
      failureAt(
        { location: spec.pathLocation },
        'invalid-value',
        `nothing is put in the place of ${unknown[0]}`,
        {
          hint: 'there are {label}, of an element of a list, and {tag}, of the run',
        },
      ),
    );
    return undefined;
  }
  const checked = checkPublishedPath(published.root, spec.path, published);
  if ('path' in checked) return checked.path;
  report(
    failureAt({ location: spec.pathLocation }, 'invalid-value', checked.message, { hint: checked.hint }),
  );
  return undefined;
}

/** A publication whose path is known once the pattern is checked. */
type Draft = Omit<Publication, 'path'> & { readonly path: (pattern: string) => string };

function runFile(spec: PublicationSpec, report: ReportFailure): readonly Draft[] {
  const name = spec.source.slice(runPrefix.length);
  const printed = printedFigures.exec(name);
  const isKnown = printed !== null || runFiles.includes(name) || figures.test(name);
  if (!isKnown) {
    const known = [...runFiles, ...['png', 'svg', 'pdf'].map((ending) => `figures/NAME.${ending}`)];
    report(
      failureAt({ location: spec.sourceLocation }, 'unknown-port', `a run writes no ${name}`, {
        hint: suggestion(name, known, (one) => `${runPrefix}${one}`),
      }),
    );
    return [];
  }
  const form = formOf(formOfRunFile(name, spec.path), spec, report);
  if (form === undefined || !labelFits(spec, false, report)) return [];
  if (printed === null) return [draftOf(spec, form, { type: 'run', name }, '')];
  const widthInches = Number(printed[2] ?? usualWidth);
  if (widthInches >= leastWidth && widthInches <= greatestWidth) {
    return [draftOf(spec, form, { type: 'figure', id: printed[1] ?? '', widthInches }, '')];
  }
  report(
    failureAt(
      { location: spec.sourceLocation },
      'invalid-value',
      `${spec.source} would be ${widthInches} inches wide`,
      { hint: `a figure is from ${leastWidth} to ${greatestWidth} inches wide` },
    ),
  );
  return [];
}

function outputFiles(spec: PublicationSpec, published: Published, report: ReportFailure): readonly Draft[] {
  const named = outputsNamed(spec.source, published);
  if (!named.ok) {
    const mismatch = named.failure;
    if (mismatch === undefined) return [];
    const { reason, message, hint } = mismatch;
    const file = 'for a file of the run’s folder';
    const others = reason === 'invalid-value' ? `${hint}, or run/report.json ${file}` : hint;
    const isOfRun = /^run\b/.test(spec.source);
    report(
      failureAt({ location: spec.sourceLocation }, reason, message, {
        hint: isOfRun ? `write run/report.json ${file}` : others,
      }),
    );
    return [];
  }
  const { isList, files } = named.value;
  if (!labelFits(spec, isList, report)) return [];
  return files.flatMap(({ label, content, sources }) => {
    const form = formOf(formOfOutput(content, spec.path), spec, report, content);
    return form === undefined ? [] : [draftOf(spec, form, { type: 'output', sources }, label)];
  });
}

function draftOf(
  spec: PublicationSpec,
  form: PublicationForm,
  from: Publication['from'],
  label: string,
): Draft {
  return {
    source: spec.source,
    pattern: spec.path,
    form,
    from,
    location: spec.pathLocation,
    path: (pattern) => withLabel(pattern, label),
  };
}

function formOf(
  found: ReturnType<typeof formOfOutput>,
  spec: PublicationSpec,
  report: ReportFailure,
  content?: Content,
): PublicationForm | undefined {
  if ('form' in found) return found.form;
  const what = content === undefined ? spec.source : `${spec.source} (${content})`;
  report(
    failureAt({ location: spec.pathLocation }, 'invalid-value', `${what} has no form for ${spec.path}`, {
      hint: found.hint,
    }),
  );
  return undefined;
}

/** Whether `{label}` is there where a list wants it, and only there. */
function labelFits(spec: PublicationSpec, isList: boolean, report: ReportFailure): boolean {
  const has = spec.path.includes('{label}');
  if (has === isList) return true;
  const place = { location: spec.pathLocation };
  if (isList) {
    report(
      failureAt(place, 'invalid-value', `${spec.source} is a list, and its files would have one name`, {
        hint: `write {label} into the path, such as ${spec.path.replace(/(\.[^./]*)?$/, '_{label}$1')}`,
      }),
    );
  } else {
    report(
      failureAt(place, 'invalid-value', `${spec.source} is no list, so that nothing has a {label}`, {
        hint: 'take {label} out of the path',
      }),
    );
  }
  return false;
}

/** Refuses what would be written over another publication, or needs a folder where another one is a file. */
function withoutCollisions(found: readonly Publication[], report: ReportFailure): readonly Publication[] {
  // A file system may not tell capitals from small letters.
  const nameOf = (path: string) => path.normalize('NFC').toLowerCase();
  const taken = new Map<string, Publication>();
  for (const one of found) {
    const name = nameOf(one.path);
    const parts = name.split('/');
    const folders = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const other =
      taken.get(name) ??
      folders.map((folder) => taken.get(folder)).find((folder) => folder !== undefined) ??
      [...taken].find(([path]) => path.startsWith(`${name}/`))?.[1];
    if (other === undefined) {
      taken.set(name, one);
      continue;
    }
    report(
      failureAt(one, 'invalid-value', `${one.path} is where ${other.source} is published`, {
        hint: 'choose another name',
        details: [`${other.source}: ${other.path}`],
      }),
    );
  }
  return found;
}
