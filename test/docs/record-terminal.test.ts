import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const images = ['terminal.svg', 'terminal-still.svg'];

/** Draws what a terminal of 40 x 4 received at these times (seconds), in a process of its own. */
function drawn(chunks: readonly { readonly at: number; readonly data: string }[]): string {
  const module = pathToFileURL(`${checkout}/scripts/terminal-svg.mjs`).href;
  const program = `
    import { screensOf, terminalSvg } from ${JSON.stringify(module)};
    const screens = await screensOf(${JSON.stringify(chunks)}, { columns: 40, rows: 4 });
    process.stdout.write(terminalSvg(screens, { columns: 40, duration: 4, still: screens.length - 1, title: 'a < b' }));`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

/** The texts of a row, in the order in which they first stood there. */
function textsOfRow(svg: string, row: number): readonly string[] {
  const group = new RegExp(`<g class="r${row}">(.*?)</g>`).exec(svg)?.[1] ?? '';
  return [...group.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
}

describe('the picture of a terminal', () => {
  it('shows what stood in each row and when, in colours that follow the theme', () => {
    const svg = drawn([
      { at: 0, data: '$ ' },
      { at: 1, data: 'ls & <\r\n' },
      { at: 2, data: '\u001b[32mfirst\u001b[0m\r\n' },
      { at: 3, data: '\u001b[1A\u001b[2Ksecond' },
    ]);
    expect(textsOfRow(svg, 0)).toEqual(['$', '$ ls &amp; &lt;']);
    expect(textsOfRow(svg, 1)).toEqual(['first', 'second']);
    expect(svg).toContain('<text class="f2" x="0" y="33" textLength="42">first</text>');
    // Nothing, then the first text from half of the four seconds on, then the second.
    expect(svg).toMatch(/@keyframes k1\{0%\{[^}]*\(0px\)\}50%\{[^}]*\(-19px\)\}75%\{[^}]*\(-38px\)\}\}/);
    expect(svg).toMatch(/\.r1\{transform:translateY\(-38px\);animation:k1 4s step-end infinite\}/);
    expect(svg).toContain('<title>a &lt; b</title>');
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg).toContain('@media (prefers-reduced-motion:reduce)');
  });

  it('takes changes that nobody could see apart for one', () => {
    const svg = drawn([
      { at: 0, data: 'a' },
      { at: 1, data: 'b' },
      { at: 1.01, data: 'c' },
    ]);
    expect(textsOfRow(svg, 0)).toEqual(['a', 'abc']);
  });

  it.each(images)('docs/images/%s is small enough for a page and says what it shows', (name) => {
    const path = `${checkout}/docs/images/${name}`;
    expect(existsSync(path)).toBe(true);
    const svg = readFileSync(path, 'utf8');
    expect(Buffer.byteLength(svg)).toBeLessThan(300_000);
    expect(svg).toMatch(/<title>A terminal: /);
    expect(svg).toContain(' npx kshot plan');
  });
});
