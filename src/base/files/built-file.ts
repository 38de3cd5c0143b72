/**
 * A file that the build writes into `dist/`. The sources run too, from `src/` (in tests), and then use the last
 * build's.
 */
export function builtFile(name: string): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(`${fromSource ? '../../../dist' : '../..'}/${name}`, import.meta.url);
}
