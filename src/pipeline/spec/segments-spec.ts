import type { DeclaredSegments, Kind, Segmentation } from '../../kinds/kind.js';
import { expectMap, expectText, refuseUnknownKeys } from '../text/fields.js';
import {
  failureAt,
  type LocatedEntry,
  type LocatedValue,
  type ReportFailure,
} from '../text/located-value.js';
import { pathOfDeclaration, undeclaredHint } from './parameter-schema.js';
import { readCount } from './resources-spec.js';

/** Reads `segments: { of: epochs, every: 5 }`; undefined where there is none, or not a whole one, which is reported. */
export function readSegments(
  field: LocatedEntry | undefined,
  kind: Kind,
  withValue: LocatedValue | undefined,
  report: ReportFailure,
): DeclaredSegments | undefined {
  if (field === undefined) return undefined;
  if (kind.segmentsOf === undefined) {
    const { countedBy } = kind.segmentation ?? {};
    const how = countedBy && `${kind.name} is cut into segments by ${countedBy.join(' and ')}`;
    const message = how ?? `${kind.name} is not cut into segments`;
    report(failureAt(field, 'invalid-value', message, { hint: 'take `segments` out' }));
    return undefined;
  }
  if (!expectMap(field.value, 'segments', report)) return undefined;
  refuseUnknownKeys(field.value, ['of', 'every'], report);
  const { entries } = field.value;
  const [ofValue, everyValue] = [entries.get('of')?.value, entries.get('every')?.value];
  for (const [name, value] of Object.entries({ of: ofValue, every: everyValue })) {
    if (value !== undefined) continue;
    report(
      failureAt(field, 'missing-key', `segments has no ${name}`, {
        hint: 'write segments: { of: epochs, every: 5 }',
      }),
    );
  }
  const of = ofValue && expectText(ofValue, 'segments.of', report);
  const every = everyValue && readCount(everyValue, 'segments.every', report, 1);
  if (ofValue === undefined || of === undefined || every === undefined) return undefined;
  if (pathOfDeclaration(kind, withValue, of) !== undefined) return { of, every };
  report(
    failureAt(
      ofValue,
      'unknown-parameter',
      `segments are of ${of}, which ${kind.declarations} does not declare`,
      {
        hint: undeclaredHint(kind, withValue, of),
      },
    ),
  );
  return undefined;
}

/** How a step is cut into segments, as its kind or the step itself says. */
export function segmentationOf({
  kind,
  segments,
}: {
  readonly kind: Kind;
  readonly segments?: DeclaredSegments;
}): Segmentation | undefined {
  return kind.segmentation ?? (segments && kind.segmentsOf?.(segments));
}
