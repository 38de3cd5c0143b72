import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** Folders of src/, each allowed to import from itself and from those before it. */
const layers = [
  'base',
  'store',
  'tables',
  'statistics',
  'data',
  'model',
  'engines',
  'learning',
  'kinds',
  'pipeline',
  'run',
  'artifacts',
  'report',
  'session',
  'ui',
  'cli',
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
  /** By `import()`. */
  readonly isLazy: boolean;
}

const modules = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.tsx?$/.test(file),
);

const imports: readonly Import[] = modules.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  const found = [...text.matchAll(/(import type [^;']*)?(?:from|import)\s*(\(?)\s*'(\.[^']+)'/g)];
  return found.map(([, type, open, specifier = '']) => ({
    from: file,
    to: relative(source, join(source, dirname(file), specifier)).replace(/\.js$/, '.ts'),
    isType: type !== undefined,
    isLazy: open === '(',
  }));
});

const layerOf = (file: string) => file.split('/')[0] ?? '';

describe('the structure of src/', () => {
  it('has no folder but the layers, and at least one import to judge', () => {
    expect([...new Set(modules.map(layerOf))].filter((layer) => !layers.includes(layer))).toEqual([]);
    expect(imports.length).toBeGreaterThan(50);
  });

  it('imports only from the same layer or from one above it in the list, types too', () => {
    const upwards = imports.filter(
      ({ from, to }) => layers.indexOf(layerOf(to)) > layers.indexOf(layerOf(from)),
    );
    expect(upwards).toEqual([]);
  });

  it('is drawn in src/README.md as it is: its layers in their order, and the imports that follow from no others', () => {
    const page = readFileSync(join(source, 'README.md'), 'utf8');
    expect([...page.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, layer]) => layer)).toEqual(layers);
    const needs = new Map(layers.map((layer) => [layer, new Set<string>()]));
    for (const { from, to } of imports) {
      if (layerOf(from) !== layerOf(to)) needs.get(layerOf(from))?.add(layerOf(to));
    }
    const reaches = (from: string, to: string): boolean =>
      [...(needs.get(from) ?? [])].some((next) => next === to || reaches(next, to));
    const direct = [...needs].flatMap(([from, all]) =>
      [...all]
        .filter((to) => ![...all].some((other) => other !== to && reaches(other, to)))
        .map((to) => `${from} --> ${to}`),
    );
    expect([...page.matchAll(/^ {2}(\w+ --> \w+)$/gm)].map(([, edge]) => edge).sort()).toEqual(direct.sort());
  });

  it('has no cycle of imports, types too, but for what is loaded only when it is needed', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, isLazy } of imports) if (!isLazy) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' > '));
      if (done.has(file) || path.includes(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of modules) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('has no room of more than some 20 modules', () => {
    const most = 22;
    const rooms = new Map<string, number>();
    for (const file of modules) {
      const room = dirname(file);
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
    }
    expect([...rooms].filter(([, count]) => count > most)).toEqual([]);
  });

  it('spreads no list into the arguments of a call: the stack overflows at some 100,000', () => {
    // What is spread into these is a rest parameter, a pair, or the few words of a command.
    const bounded = ['configure', 'joinColumns', 'figureId', 'locate', 'argument'].concat(
      ['metaGradient', 'adaptAndRank', 'lossGradient'], // of an engine that is wrapped
    );
    const spread = modules.flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      const first = [...text.matchAll(/(\w+)(?:\?\.)?\(\s*\.\.\.\w+/g)].filter(
        ([, callee = '']) => !bounded.includes(callee),
      );
      const extremes = text.matchAll(/\bMath\.(?:max|min)\((?:[^()]|\([^()]*\))*?\.\.\.\w+/g);
      return [...first, ...extremes].map(([found]) => `${file}: ${found}`);
    });
    expect(spread).toEqual([]);
  });

  it('exports each name from one module, so that it means one thing wherever it stands', () => {
    const shared: { readonly [name: string]: string } = {
      run: 'what the body of every kind is called by; and the command',
      createEngine: 'what every engine is opened by',
    };
    const declared =
      /^export (?:declare |abstract |async )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
    const modulesOf = new Map<string, Set<string>>();
    for (const file of modules) {
      for (const [, name = ''] of readFileSync(join(source, file), 'utf8').matchAll(declared)) {
        modulesOf.set(name, (modulesOf.get(name) ?? new Set()).add(file));
      }
    }
    expect(modulesOf.size).toBeGreaterThan(500);
    const homonyms = [...modulesOf].filter(([name, files]) => files.size > 1 && !Object.hasOwn(shared, name));
    expect(homonyms.map(([name, files]) => `${name}: ${[...files].join(', ')}`)).toEqual([]);
  });

  it('names things in the words of the field', () => {
    const houseWords = ['told', 'untold', 'tell', 'laid', 'held', 'mend'];
    const noCode =
      /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|\$\{(?:[^`{}]|`(?:\\.|[^`\\])*`|\{[^{}]*\})*\}|[^`\\])*`|>[^<>{}=]*<\//g;
    const found = modules.flatMap((file) => {
      const code = readFileSync(join(source, file), 'utf8').replaceAll(noCode, '``');
      // A name with an underscore is one of a document, such as the columns of a table.
      const names = new Set(code.match(/(?<![\w$])[A-Za-z][A-Za-z\d]*(?![\w$])/g));
      const parts = (name: string) => name.split(/(?=[A-Z])/).map((part) => part.toLowerCase());
      return [...names]
        .filter((name) => parts(name).some((part) => houseWords.includes(part)))
        .map((name) => `${file}: ${name}`);
    });
    expect(found).toEqual([]);
  });

  it('has a session that neither prints, nor ends the process, nor listens to what is sent to it', () => {
    // A process of its own, which answers one query.
    const apart = 'session/reading/query-process.ts';
    const loud = modules.filter(
      (file) =>
        layerOf(file) === 'session' &&
        file !== apart &&
        /\bconsole\.|\bprocess\.(?:std(?:out|err)|exit|exitCode|on|once|chdir)\b/.test(
          readFileSync(join(source, file), 'utf8'),
        ),
    );
    expect(loud).toEqual([]);
  });

  it('keeps storage and the registry out of the kinds: they get what they need through their context', () => {
    const forbidden = imports.filter(
      ({ from, to }) =>
        layerOf(from) === 'kinds' &&
        from !== 'kinds/registry.ts' &&
        (layerOf(to) === 'store' || to === 'kinds/registry.ts'),
    );
    expect(forbidden).toEqual([]);
  });

  it('has no cycle among modules; a type is gone before any is loaded', () => {
    const targets = new Map<string, string[]>();
    for (const { from, to, isType } of imports) {
      if (!isType) targets.set(from, [...(targets.get(from) ?? []), to]);
    }
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file))
        throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      if (done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    expect(() => {
      for (const file of modules) visit(file, []);
    }).not.toThrow();
  });
});
