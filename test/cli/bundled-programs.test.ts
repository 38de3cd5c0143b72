import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** Modules and packages that are loaded with a built module, without what is imported on use. */
function loadedWith(entry: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    if (!path.startsWith(dist)) continue;
    for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|.*\bfrom) ?"([^"]+)";$/gm,
    ))
      waiting.push(specifier.startsWith('.') ? join(dirname(path), specifier) : specifier);
  }
  return found;
}

it.each(['cli/main', 'run/local/worker'])('%s loads few files, and no package', (program) => {
  const loaded = [...loadedWith(join(dist, `${program}.js`))];
  const modules = loaded.filter((path) => path.startsWith(dist));
  expect(modules.length).toBeGreaterThan(1);
  expect(modules.filter((path) => !path.includes('/bundled/'))).toEqual([join(dist, `${program}.js`)]);
  expect(modules.length).toBeLessThan(40);
  expect(loaded.filter((path) => !path.startsWith(dist) && !path.startsWith('node:'))).toEqual([]);
});

it('what a run with nothing to do loads lies in few files, without DuckDB', () => {
  const bundled = readdirSync(join(dist, 'bundled'));
  const parts = ['start', 'run', 'run-pipeline', 'scheduler', 'local-executor'].map((name) =>
    bundled.find((file) => new RegExp(`^${name}-[A-Z0-9]{8}\\.js$`).test(file)),
  );
  const loaded = new Set(
    ['cli-main.js', ...parts].flatMap((name = '') => [...loadedWith(join(dist, 'bundled', name))]),
  );
  expect(loaded.size).toBeLessThan(60);
  expect([...loaded].filter((path) => path.startsWith(dist)).length).toBeLessThan(20);
  expect([...loaded].filter((path) => path.includes('duckdb'))).toEqual([]);
});
