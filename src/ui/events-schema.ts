const text = { type: 'string' };
const time = { type: 'string', format: 'date-time', description: 'UTC, ISO 8601.' };
const key = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: "sha256 of what determines the node's outputs.",
};
const seconds = { type: 'number', minimum: 0 };
const count = { type: 'integer', minimum: 0 };
const position = { type: 'integer', minimum: 1, description: 'From 1.' };
const node = { type: 'string', description: 'Such as tune[inner_lr=0.02] or meta_train@200.' };
const derivedFrom = {
  type: 'string',
  description:
    'The node of the step that it makes a port from; absent of one that the pipeline itself names.',
};
const figures = (description: string) => ({
  type: 'object',
  description,
  additionalProperties: { type: ['number', 'null'] },
});
const amount = {
  type: 'object',
  additionalProperties: false,
  required: ['objects', 'bytes'],
  properties: { objects: count, bytes: count },
};
const outline = {
  type: 'object',
  additionalProperties: false,
  required: ['step', 'kind', 'nodes', 'hits', 'needs'],
  properties: {
    step: text,
    kind: text,
    nodes: { type: 'integer', minimum: 1 },
    derived: {
      type: 'integer',
      minimum: 1,
      description:
        'How many further nodes, each behind one of those, make ports of the step from their outputs.',
    },
    hits: { ...count, description: 'How many of nodes have their result already.' },
    needs: { type: 'array', items: text, description: 'The steps whose outputs it takes.' },
    role: {
      enum: ['train', 'val', 'test'],
      description: 'The most restrictive split that its outputs are computed from.',
    },
    expectedSeconds: {
      ...seconds,
      description: 'What computing those without a result took before, together.',
    },
  },
};
const outcomes = ['ran', 'hit', 'joined', 'failed', 'skipped', 'cancelled'];
const counts = {
  type: 'object',
  description: 'Nodes by outcome; they add up to all nodes.',
  additionalProperties: false,
  required: outcomes,
  properties: Object.fromEntries(outcomes.map((outcome) => [outcome, count])),
};
const repaired = {
  type: 'array',
  minItems: 1,
  items: node,
  description: 'Nodes whose stored results were damaged and have been computed again.',
};

const event = (
  name: string,
  description: string,
  required: { readonly [property: string]: unknown },
  optional: { readonly [property: string]: unknown } = {},
) => ({
  description,
  type: 'object',
  additionalProperties: false,
  required: ['event', 'time', ...Object.keys(required)],
  properties: { event: { const: name }, time, ...required, ...optional },
});

/** JSON Schema (draft 2020-12) of one line of `kshot run --json`; see `RunEvent`. */
export const eventsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'kshot run --json',
  description: 'One line of NDJSON. Version 1.',
  oneOf: [
    event(
      'run.start',
      'The run begins.',
      {
        version: { const: 1, description: 'Counts incompatible changes of this format.' },
        pipeline: text,
        run: { type: 'string', description: 'Tag of the run.' },
        nodes: count,
        slots: { type: 'integer', minimum: 1, description: 'CPU slots.' },
        gpus: { ...count, description: 'GPU tokens.' },
        engine: text,
        steps: {
          type: 'array',
          items: outline,
          description: 'In an order in which what a step needs comes earlier.',
        },
      },
      {
        engineReason: {
          type: 'string',
          description: 'Why it is that engine, where auto or tfjs was asked for.',
        },
        engines: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: {
              name: text,
              form: {
                type: 'string',
                description: 'The form of code that it computes in here, where it has several.',
              },
            },
          },
          description: 'Those that nodes compute with, or computed with; absent where none does.',
        },
        python: {
          type: 'string',
          description:
            'The interpreter that was chosen, where steps compute in Python and it is not the first python3 of PATH.',
        },
        pythonFrom: {
          type: 'string',
          description: 'What chose it: --python, kshot.yaml or VIRTUAL_ENV.',
        },
        expectedSeconds: {
          ...seconds,
          description: 'How long the run may take, by what its steps took before.',
        },
      },
    ),
    event(
      'step.start',
      'A node begins to execute.',
      {
        node,
        step: text,
        kind: text,
        key,
        reason: { type: 'string', description: 'Why it runs, such as with.outer_lr 0.001 -> 0.002.' },
        threads: { type: 'integer', minimum: 1 },
        gpus: { ...count, description: 'GPU tokens that it holds.' },
        log: { type: 'string', description: "Its log's path, relative to the root." },
      },
      {
        derivedFrom,
        devices: {
          type: 'array',
          minItems: 1,
          items: text,
          description: 'Whose tokens, as CUDA names the devices; software is what stands in for one.',
        },
      },
    ),
    event('step.wait', 'A node waits for what a process outside this run has: its result, or a GPU.', {
      node,
      reason: text,
    }),
    event(
      'step.job',
      'A node waits in the queue of a batch system, or a job of it executes it now.',
      { node, state: { enum: ['queued', 'running'] } },
      {
        job: { type: 'string', description: 'Its id, with the index of an array: 4711_3.' },
        host: { type: 'string', description: 'The machine that executes it.' },
      },
    ),
    event('step.decision', 'What the scheduler decides of a node, and why; only where a run is verbose.', {
      node,
      decision: { type: 'string', description: 'Such as starts with 2 slots; left are 0 slots.' },
    }),
    event(
      'step.retry',
      'A node is executed once more: its process was ended from outside the run, or it failed and may be tried again.',
      {
        node,
        reason: {
          type: 'string',
          description: 'What ended it, such as the process that ran train was ended by SIGKILL.',
        },
      },
    ),
    event(
      'step.progress',
      'A node is under way.',
      {
        node,
        done: { type: 'number', minimum: 0 },
        unit: { type: 'string', description: 'Such as iterations.' },
        values: figures('Figures worth showing, such as loss.'),
      },
      {
        total: { type: 'number', minimum: 0, description: 'Absent where the step does not say.' },
        rate: { type: 'number', minimum: 0, description: 'Units per second.' },
        secondsLeft: seconds,
      },
    ),
    event('step.log', 'A line that a node wrote to its log.', { node, line: text }),
    event('step.note', 'A line that a node wrote to its log for people to see.', { node, line: text }),
    event(
      'step.finish',
      'A node has its outcome.',
      {
        node,
        step: text,
        kind: text,
        outcome: { enum: outcomes },
        reason: { type: 'string', description: 'Why it ran or did not.' },
        seconds,
      },
      {
        derivedFrom,
        key,
        after: {
          type: 'string',
          description: 'Of one that was skipped: the node whose failure kept it from starting.',
        },
        values: figures('The figures that its computation reported last, in this run or before.'),
        failure: {
          type: 'object',
          additionalProperties: false,
          required: ['reason', 'message', 'lastLines'],
          properties: {
            reason: { type: 'string', description: 'A stable name, such as step-failed.' },
            message: text,
            hint: text,
            lastLines: { type: 'array', items: text, description: 'The last lines of the log.' },
            log: { type: 'string', description: "The log's path, relative to the root." },
            left: {
              type: 'string',
              description: 'The folder with what it had written, relative to the root.',
            },
            progress: {
              description: 'How far it had come.',
              type: 'object',
              additionalProperties: false,
              required: ['done', 'unit', 'values'],
              properties: {
                done: { type: 'number', minimum: 0 },
                total: { type: 'number', minimum: 0 },
                unit: text,
                values: figures('The figures that it reported last.'),
              },
            },
          },
        },
      },
    ),
    event(
      'run.sending',
      'All steps are done, and results are on their way to the remote cache: what is left, once a second.',
      {
        url: text,
        entries: { ...count, description: 'Results that are not there as a whole.' },
        objects: { ...count, description: 'Outputs of theirs that are not known to be there.' },
        bytes: { ...count, description: 'What is left of these.' },
      },
    ),
    event('run.failed', 'What went wrong, before run.finish; the only event where the run could not begin.', {
      version: { const: 1, description: 'Counts incompatible changes of this format.' },
      failures: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['reason', 'message'],
          properties: {
            reason: { type: 'string', description: 'A stable name, such as unknown-key.' },
            message: text,
            file: { type: 'string', description: 'The file that is wrong, where one is.' },
            line: position,
            column: position,
            length: { type: 'integer', minimum: 1, description: 'Characters from there.' },
            hint: { type: 'string', description: 'What to do instead.' },
            details: { type: 'array', items: text },
          },
        },
      },
    }),
    event(
      'run.computed',
      'Every step has an outcome, and every result is stored; what follows are the report and published files.',
      { run: text, exitCode: count, seconds, counts },
      { repaired },
    ),
    event(
      'run.finish',
      'The run has ended.',
      {
        run: text,
        exitCode: count,
        seconds,
        counts,
      },
      {
        repaired,
        remote: {
          type: 'object',
          description: 'What was exchanged with the remote cache, where the project has one.',
          additionalProperties: false,
          required: ['url', 'found', 'fetched', 'left', 'sent', 'unsent'],
          properties: {
            url: text,
            found: { ...count, description: 'Entries that were there and not here.' },
            fetched: amount,
            left: { ...amount, description: 'Outputs that are there alone.' },
            sent: {
              ...amount,
              required: [...amount.required, 'entries'],
              properties: { ...amount.properties, entries: count },
            },
            unsent: { ...count, description: 'Entries that were to be sent and were not.' },
          },
        },
        published: {
          type: 'array',
          minItems: 1,
          description: 'Files of the project that the pipeline publishes.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['path', 'source', 'outcome'],
            properties: {
              path: { type: 'string', description: 'Relative to the root.' },
              source: { type: 'string', description: 'As the pipeline names it.' },
              outcome: {
                enum: ['written', 'unchanged', 'kept', 'stale', 'removed'],
                description:
                  'kept: somebody else wrote what is there; stale: still of an earlier run; removed: the pipeline makes it no more.',
              },
              of: { type: 'string', description: 'The earlier run that a stale or removed file was of.' },
            },
          },
        },
      },
    ),
  ],
} as const;
