// Kinds that only tests know: a worker process gets them by starting with test-worker.mjs.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { withDeviceFailures } from '../../../dist/engines/tfjs/device/device-failures.js';
import { declareParameters } from '../../../dist/kinds/parameters.js';

const file = { shape: { type: 'file', content: 'value' }, description: 'What it wrote.' };
const base = {
  summary: 'A kind of the tests.',
  parameters: declareParameters({ additionalProperties: true }),
  inputs: { input: { shape: { type: 'any' }, description: 'Anything.', required: false } },
  outputs: { value: file },
};
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const kind = (name, run, more = {}) => ({ ...base, name, load: async () => ({ run }), ...more });

/** Blocks the thread: no timer and no message is served. */
function block(seconds) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) Math.sqrt(2);
}

/** Takes a member out of a file: what `test.whole` has each of its parts derived by. */
const part = kind(
  'test.part',
  async ({ parameters, inputs, output }) => {
    const whole = JSON.parse(readFileSync(inputs.whole.leaf, 'utf8'));
    writeFileSync(output(parameters.part), String(whole[parameters.part]));
  },
  {
    inputs: { whole: { shape: file.shape, description: 'What the part is of.' } },
    outputs: ({ part: name }) => ({ [name]: file }),
  },
);

export const testKinds = Object.fromEntries(
  [
    part,
    /** Writes an object, whose members are ports of their own as far as `parts` names them. */
    kind(
      'test.whole',
      async ({ parameters, output }) => writeFileSync(output('value'), JSON.stringify(parameters.content)),
      {
        derived: ({ parts = [] }) =>
          Object.fromEntries(
            parts.map((name) => [
              name,
              { kind: part, parameters: { part: name }, inputs: { whole: 'value' } },
            ]),
          ),
      },
    ),
    /** Appends when it began and ended to the file `trace`, and writes its process id. */
    kind('test.trace', async ({ parameters, threads, output }) => {
      const { trace, name, seconds = 0 } = parameters;
      if (trace)
        appendFileSync(trace, `${JSON.stringify({ name, event: 'begin', threads, pid: process.pid })}\n`);
      await pause(seconds);
      writeFileSync(output('value'), JSON.stringify(parameters.content ?? name));
      if (trace)
        appendFileSync(trace, `${JSON.stringify({ name, event: 'end', threads, pid: process.pid })}\n`);
    }),
    kind('test.free', async ({ threads, output }) => writeFileSync(output('value'), String(threads)), {
      slots: 'free',
    }),
    kind('test.memory', async ({ memoryBytes, output }) =>
      writeFileSync(output('value'), String(memoryBytes)),
    ),
    kind('test.block', async ({ parameters, output, log }) => {
      log('blocking');
      writeFileSync(parameters.pidFile, String(process.pid));
      block(parameters.seconds);
      writeFileSync(output('value'), 'done');
    }),
    kind('test.crash', async ({ parameters, log }) => {
      log('about to end');
      process.stderr.write('printed to stderr\n');
      if (parameters.how === 'exit') process.exit(3);
      else if (parameters.how === 'abort') process.kill(process.pid, 'SIGABRT');
      else if (parameters.how === 'throw')
        setTimeout(() => {
          throw new Error('out of nowhere');
        }, 0);
      else process.kill(process.pid, 'SIGKILL');
      await pause(60);
    }),
    kind('test.silent', async () => {}),
    /** Other bytes at each run, from a counter file: what no kind may do, and a stand-in for one that does. */
    kind('test.counter', async ({ parameters, output }) => {
      appendFileSync(parameters.counter, 'x');
      const { size } = await import('node:fs').then((fs) => fs.statSync(parameters.counter));
      writeFileSync(output('value'), String(size));
    }),
    kind(
      'test.random',
      async ({ parameters, output }) => {
        appendFileSync(parameters.counter, 'x');
        const { size } = await import('node:fs').then((fs) => fs.statSync(parameters.counter));
        writeFileSync(output('value'), String(size));
      },
      { deterministic: false },
    ),
    kind('test.progress', async ({ parameters, output, progress }) => {
      for (let done = 1; done <= parameters.steps; done++) {
        await pause(parameters.seconds / parameters.steps);
        progress({ done, total: parameters.steps, unit: 'step', values: { loss: 1 / done } });
      }
      writeFileSync(output('value'), 'done');
    }),
    /** Counts to `steps` and keeps where it is; writes how far it had come when it began. */
    kind('test.resume', async ({ parameters, output, partial }) => {
      const state = await partial.load();
      let done = state === undefined ? 0 : Number(Buffer.from(state).toString());
      if (parameters.trace) appendFileSync(parameters.trace, `${done}\n`);
      for (; done < parameters.steps; done++) {
        await partial.save(Buffer.from(String(done)));
        await pause(parameters.seconds / parameters.steps);
      }
      writeFileSync(output('value'), String(done));
    }),
    /** Computes on a device whose library says `message` as long as the file `full` is there. */
    kind(
      'test.device',
      async ({ parameters, output, partial }) => {
        await partial.save(Buffer.from('half'));
        const engine = withDeviceFailures({
          name: 'tfjs:test',
          device: 'GPU of the tests',
          async lossGradient() {
            if (existsSync(parameters.full)) throw new Error(parameters.message);
          },
        });
        await engine.lossGradient();
        writeFileSync(output('value'), 'done');
      },
      {
        parameters: declareParameters({
          additionalProperties: true,
          properties: { meta_batch_size: { type: 'integer' } },
        }),
        deterministic: false,
      },
    ),
    kind(
      'test.settings',
      async ({ parameters, output }) => {
        writeFileSync(output('value'), JSON.stringify(parameters));
      },
      {
        inputs: {
          settings: {
            shape: { type: 'file', content: 'value' },
            description: 'Chosen values.',
            required: false,
          },
        },
        parameters: declareParameters(
          { additionalProperties: true, properties: { rate: { type: 'number', default: 0.5 } } },
          { settings: ['rate'], canonical: { canonical: () => true } },
        ),
      },
    ),
  ].map((one) => [one.name, one]),
);
