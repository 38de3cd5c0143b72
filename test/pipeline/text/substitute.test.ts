import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Failure } from '../../../src/base/failure.js';
import { isJsonObject, type Json } from '../../../src/base/json.js';
import { type LocatedMap, toJson } from '../../../src/pipeline/text/located-value.js';
import { parseYaml } from '../../../src/pipeline/text/parse-yaml.js';
import { substitute } from '../../../src/pipeline/text/substitute.js';

function read(text: string): LocatedMap {
  const parsed = parseYaml(text, { file: 'a.yaml' });
  if (!parsed.ok || parsed.value.type !== 'map') throw new Error(text);
  return parsed.value;
}

function fill(text: string): { value: Json; messages: readonly string[]; reasons: readonly string[] } {
  const failures: Failure[] = [];
  const { pipeline } = substitute(read(text), (failure) => failures.push(failure));
  const value = toJson(pipeline);
  return {
    value: isJsonObject(value) ? (value['v'] ?? null) : null,
    messages: failures.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
    reasons: failures.map(({ reason }) => reason),
  };
}

test('a template alone keeps the type, inside a text a scalar is written out', () => {
  expect(
    fill(`params: { n: 0.1, t: true, s: x, none: null, list: [1, [2]], map: { a: { b: 5 } } }
v:
  - \${params.n}
  - \${params.t}
  - \${params.none}
  - \${params.list}
  - "\${params.map.a}"
  - \${params.map.a.b}
  - \${params.list.1}
  - n=\${params.n}, \${params.t} \${params.s}\${params.s}
  - $\${params.n} and $\${ $ $x {} \${params.s}
`).value,
  ).toEqual([0.1, true, null, [1, [2]], { b: 5 }, 5, [2], 'n=0.1, true xx', '${params.n} and ${ $ $x {} x']);
});

test('parameters refer to parameters, through one another and inside one map', () => {
  expect(
    fill(
      'params: { a: "${params.b}", b: "${params.c.x}", c: { x: 1, y: "${params.c.x}" }, d: "${params.e}", e: { f: 2 }, g: "${params.d.f}" }\nv: ["${params.a}", "${params.c}", "${params.g}"]\n',
    ).value,
  ).toEqual([1, { x: 1, y: 1 }, 2]);
});

test('loops are refused as a path', () => {
  expect(
    fill('params: { a: "${params.b}", b: "x${params.c}", c: "${params.a}", d: { e: "${params.d}" } }\n')
      .messages,
  ).toEqual([
    'parameters go round in a circle: params.b -> params.c -> params.a -> params.b',
    'parameters go round in a circle: params.d -> params.d',
  ]);
});

test('unknown parameters suggest the nearest', () => {
  expect(
    fill(
      'params: { seed: 1, data: { path: x } }\nv: ["${params.sede}", "${params.data.pth}", "${seed}", "a ${params.seed.x}"]\n',
    ).messages,
  ).toEqual([
    'there is no parameter params.sede (did you mean params.seed?)',
    'there is no parameter params.data.pth (did you mean params.data.path?)',
    '${seed} is no parameter (write ${params.NAME}, or $${ for the two characters themselves)',
    'there is no parameter params.seed.x',
  ]);
});

test('parameters that grow without bounds are refused at once', () => {
  const levels = Array.from({ length: 18 }, (_, level) =>
    level === 0
      ? 'p0: haha'
      : `p${level}: ["\${params.p${level - 1}}", "\${params.p${level - 1}}", "\${params.p${level - 1}}"]`,
  );
  const texts = Array.from({ length: 18 }, (_, level) =>
    level === 0 ? 't0: haha' : `t${level}: "${`\${params.t${level - 1}}`.repeat(4)}"`,
  );
  const start = process.cpuUsage();
  expect(new Set(fill(`params: { ${levels.join(', ')} }`).reasons)).toEqual(new Set(['yaml-alias-bomb']));
  expect(new Set(fill(`params: { ${texts.join(', ')} }`).reasons)).toEqual(new Set(['yaml-alias-bomb']));
  expect(process.cpuUsage(start).user).toBeLessThan(4e6);
});

test('a long row of parameters that stand for one another is refused', () => {
  const row = Array.from({ length: 30 }, (_, level) => `p${level}: "\${params.p${level + 1}}"`);
  expect(fill(`params: { ${row.join(', ')}, p30: x }`).messages).toContain(
    'more than 20 parameters stand for one another here',
  );
});

test('filling in twice is the same as once, and values without templates stay as they are', () => {
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string().filter((text) => !text.includes('$')),
  );
  const template = fc.constantFrom('${params.a}', '${params.b}', 'x${params.a}y', '${params.b}${params.a}');
  fc.assert(
    fc.property(scalar, scalar, fc.array(fc.oneof(scalar, template, fc.array(template))), (a, b, v) => {
      const once = substitute(read(stringify({ params: { a, b }, v })), fail).pipeline;
      const twice = substitute(once, fail).pipeline;
      expect(toJson(twice)).toEqual(toJson(once));
    }),
    { numRuns: 100 },
  );
});

function fail(failure: Failure): void {
  throw new Error(failure.message);
}
