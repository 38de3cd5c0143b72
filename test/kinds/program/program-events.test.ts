import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type EventProblem,
  followEvents,
  type ProgramEvent,
} from '../../../src/kinds/program/program-events.js';
import { type SentEvents, sentEvents } from '../../support/sent-events.js';

const folder = mkdtempSync(join(tmpdir(), 'kshot-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

function parseEvents(text: string): SentEvents {
  const file = join(folder, 'whole.jsonl');
  writeFileSync(file, text);
  return sentEvents(file);
}

describe('a line of events', () => {
  it('has its figures in `values` or beside it, and says how far the program is', () => {
    const text = [
      '{"step": 3, "total": 20, "unit": "epoch", "values": {"loss": 1.2}}',
      '{"step": 4, "loss": 1.1, "val": {"accuracy": 0.5, "by": {"x": 2}}}',
      '',
    ].join('\n');
    expect(parseEvents(text)).toEqual({
      events: [
        { step: 3, total: 20, unit: 'epoch', values: { loss: 1.2 } },
        { step: 4, values: { loss: 1.1, 'val.accuracy': 0.5, 'val.by.x': 2 } },
      ],
      problems: [],
    });
  });

  it('without a step is one after the line before where it has figures', () => {
    const text = '{"total": 9}\n{"loss": 2}\n{"loss": 1}\n{"step": 7}\n{"loss": 0}';
    const { events } = parseEvents(text);
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2, 7, 8]);
    expect(events.map(({ isNumbered = false }) => isNumbered)).toEqual([true, true, true, false, true]);
  });

  it('may hold NaN and Infinity as Python writes them, and null, but not inside of a name', () => {
    const text = '{"step": 1, "a": NaN, "b": Infinity, "c": -Infinity, "d": null, "NaN\\"Infinity": 3}';
    expect(parseEvents(text)).toEqual({
      events: [
        {
          step: 1,
          values: { a: Number.NaN, b: Infinity, c: -Infinity, d: Number.NaN, 'NaN"Infinity': 3 },
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['loss: 3', '"loss: 3" is no JSON object'],
    ['[1, 2]', '"[1, 2]" is no JSON object'],
    ['{"step": 3, "lo', '"{\\"step\\": 3, \\"lo" is no JSON object'],
    ['{"step": "three", "loss": 1}', 'step is "three", and a number is wanted'],
    ['{"step": NaN, "loss": 1}', 'step is NaN, and a number is wanted'],
    ['{"step": 3, "total": 0}', 'total is 0, and a number above 0 is wanted'],
    ['{"step": 3, "unit": 7}', 'unit is 7, and a word is wanted'],
  ])('that is none is passed over, and said to be: %s', (line, message) => {
    const { events, problems } = parseEvents(`{"step": 1, "loss": 2}\n${line}\n{"step": 2, "loss": 1}\n`);
    expect(events.map(({ step }) => step)).toEqual([1, 2]);
    expect(problems).toEqual([{ line: 2, message }]);
  });

  it('keeps its numbers where something in it is none', () => {
    expect(parseEvents('{"step": 1, "loss": 2, "phase": "warm-up", "at": [1]}')).toEqual({
      events: [{ step: 1, values: { loss: 2 } }],
      problems: [{ line: 1, message: '"phase", "at" is no number' }],
    });
  });
});

it('a figure may have a name that every object has, but for the one that objects do not keep', () => {
  expect(parseEvents('{"step": 1, "constructor": 2, "__proto__": 3, "phase": "a"}')).toEqual({
    events: [{ step: 1, values: { constructor: 2 } }],
    problems: [
      { line: 1, message: '"__proto__" is a word of JavaScript, and no name; "phase" is no number' },
    ],
  });
});

it('a line that has a name twice is said to, by its number, and the last value counts', () => {
  const lines =
    '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1, "val": {"x": NaN, "x": 4}, "by": {"loss": 3}}';
  expect(parseEvents(lines)).toEqual({
    events: [
      { step: 1, values: { loss: 2 } },
      { step: 2, values: { loss: 1, 'val.x': 4, 'by.loss': 3 } },
    ],
    problems: [{ line: 2, message: '"x" is there twice in one object, of which the last counts' }],
  });
});

/** All that is told of a file that is written in these pieces, each looked at before the next. */
function followed(pieces: readonly Buffer[]): { events: ProgramEvent[]; problems: EventProblem[] } {
  const file = join(folder, 'grows.jsonl');
  const events: ProgramEvent[] = [];
  const problems: EventProblem[] = [];
  const listener = {
    event: (event: ProgramEvent) => void events.push(event),
    problem: (problem: EventProblem) => void problems.push(problem),
  };
  rmSync(file, { force: true });
  const follower = followEvents(file, listener);
  for (const piece of pieces) {
    appendFileSync(file, piece);
    follower.look();
  }
  follower.finish();
  return { events, problems };
}

describe('a file of events that grows', () => {
  it('gives the same in whatever pieces it comes, cut lines and characters too', () => {
    const text = '{"step": 1, "vérité": 2}\n{"step": 2, "loss": 1}\nno\n{"step": 3}\n{"step": 4, "loss": 0}';
    const bytes = Buffer.from(text);
    const expected = parseEvents(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length })), (cuts) => {
        const places = [0, ...new Set(cuts.toSorted((a, b) => a - b)), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(followed(pieces)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('is read again from its start where it is written anew, and need never be there', () => {
    const file = join(folder, 'anew.jsonl');
    const steps: number[] = [];
    const follower = followEvents(file, { event: ({ step }) => steps.push(step), problem: () => {} });
    follower.look();
    writeFileSync(file, '{"step": 1, "loss": 3}\n{"step": 2, "loss": 3}\n');
    follower.look();
    writeFileSync(file, '{"step": 9, "loss": 3}\n');
    follower.look();
    rmSync(file);
    follower.finish();
    expect(steps).toEqual([1, 2, 9]);
  });
});
