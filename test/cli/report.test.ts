import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chromiumMissing, startChromium } from '../support/chromium.js';
import { kshot } from '../support/kshot.js';
import { smallExperiment } from '../support/small-experiment.js';
import { temporaryProject } from '../support/temporary-project.js';

const pipeline = `${smallExperiment.replace(
  'settings: chosen.settings } }\n',
  'settings: chosen.settings }, with: { drift: true } }\n',
)}  by_k:
    kind: eval.few_shot
    in: { model: best, episodes: episodes.test }
    with: { inner_lr: 0.1, k: [1, 3], steps: [1, 3] }
  noisy: { kind: command, with: { argv: [sh, -c, "echo '<script>alert(1)</script>' && echo x > out.txt"], outputs: { out: out.txt } } }
  summary: { kind: summary, in: { zero_shot: zero_shot, few_shot: few_shot }, with: { baseline: zero_shot } }
  summary_by_k: { kind: summary, in: { zero_shot: zero_shot, few_shot: by_k }, with: { baseline: zero_shot } }
`;
const values = 'version: 1\nname: values\nsteps:\n  v: { kind: value, matrix: { a: [1, 2, 3] } }\n';
const project = temporaryProject({
  files: { 'pipelines/small.yaml': pipeline, 'pipelines/values.yaml': values },
});
const folder = 'artifacts/small/first';
const page = project.path(`${folder}/report.html`);

beforeAll(async () => {
  const ran = await kshot(project, ['run', 'pipelines/small.yaml', '--tag', 'first']);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(ran.stderr).toContain(`${folder}/report.html`);
});

describe('kshot report', () => {
  it('is written by a run with its figures, and all of it is in what cache verify checks', async () => {
    const { files } = JSON.parse(project.read(`${folder}/record.json`)) as { files: object };
    const names = Object.keys(files);
    expect(names).toContain('report.html');
    expect(names.filter((name) => /^figures\/.+\.svg$/.test(name)).length).toBeGreaterThan(6);
    expect(names.filter((name) => name.endsWith('.svg')).map((name) => name.replace('.svg', '.png'))).toEqual(
      names.filter((name) => name.endsWith('.png')),
    );
    const before = readFileSync(page);
    writeFileSync(page, 'something else');
    const found = await kshot(project, ['cache', 'verify']);
    expect([found.exitCode, found.stderr]).toEqual([1, expect.stringContaining('report.html is not what')]);
    writeFileSync(page, before);
  });

  it('makes the same bytes again, whatever became of them', async () => {
    const before = readFileSync(page);
    rmSync(page);
    rmSync(project.path(`${folder}/figures`), { recursive: true });
    // What is no part of the run: a pin, and a note of the user's.
    expect((await kshot(project, ['pin', 'first'])).exitCode).toBe(0);
    project.write(`${folder}/notes.txt`, 'mine');
    const made = await kshot(project, ['report']);
    expect([made.exitCode, made.stdout], made.stderr).toEqual([0, `${folder}/report.html\n`]);
    expect(readFileSync(page).equals(before)).toBe(true);
    expect((await kshot(project, ['cache', 'verify'])).exitCode).toBe(0);
  });

  it('of a run that executed nothing and has a name bears that name; of one without it is the earlier run’s, until it is asked for', async () => {
    const again = await kshot(project, ['run', 'pipelines/small.yaml', '--tag', 'again', '--keep-going']);
    // A command that may not repeat is a hit like any other.
    expect([again.exitCode, again.stderr], again.stderr).toEqual([
      0,
      expect.stringContaining('artifacts/small/again/report.html'),
    ]);
    expect(project.read('artifacts/small/again/report.html')).toContain('>again<');
    const nameless = await kshot(project, ['run', 'pipelines/small.yaml', '--keep-going']);
    expect(nameless.stderr).toContain(`${folder}/report.html`);
    const made = await kshot(project, ['report', '--json']);
    expect(JSON.parse(made.stdout)).toMatchObject({ run: expect.stringMatching(/^small\/2/) });
  });

  it('shows no number from a damaged table, and says which it is', async () => {
    const file = project.path(`${folder}/tables/metrics.parquet`);
    const before = readFileSync(file);
    writeFileSync(file, 'PAR1');
    const refused = await kshot(project, ['report', 'first']);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`${file} is not what kshot wrote`);
    writeFileSync(file, before);
  });

  it('opens the page with what the platform opens pages with, and says where there is nothing', async () => {
    mkdirSync(project.path('bin'), { recursive: true });
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
    project.write(`bin/${opener}`, `#!/bin/sh\nprintf '%s' "$1" > '${project.path('opened')}'\n`);
    chmodSync(project.path(`bin/${opener}`), 0o755);
    const path = `${project.path('bin')}:/bin:/usr/bin`;
    const opened = await kshot(project, ['report', 'first', '--open'], { environment: { PATH: path } });
    expect([opened.exitCode, project.read('opened')], opened.stderr).toEqual([0, page]);
    mkdirSync(project.path('empty'));
    const none = await kshot(project, ['report', 'first', '--open'], {
      environment: { PATH: project.path('empty') },
    });
    expect([none.exitCode, none.stdout]).toEqual([36, `${folder}/report.html\n`]);
    expect(none.stderr).toContain(`${opener} is not installed`);
    expect(none.stderr).toContain('hint: ');
    const asJson = await kshot(project, ['report', 'first', '--open', '--json'], {
      environment: { PATH: project.path('empty') },
    });
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      failures: [{ reason: 'opener-missing', message: expect.stringContaining(page) }],
    });
  });

  it('that cannot be written takes no results with it, and fails the run', async () => {
    const other = temporaryProject({ files: { 'pipelines/values.yaml': values } });
    const full = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      const rename = fs.renameSync;
      fs.renameSync = (from, to) => {
        if (to.endsWith('report.html')) throw Object.assign(new Error('full'), { code: 'ENOSPC', path: to });
        rename(from, to);
      };
      syncBuiltinESMExports();`;
    const hook = `data:text/javascript,${encodeURIComponent(full)}`;
    const environment = { NODE_OPTIONS: `--import=${hook}` };
    const ran = await kshot(other, ['run', '--tag', 'one'], { environment });
    expect([ran.exitCode, ran.stderr], ran.stderr).toEqual([
      36,
      expect.stringContaining('report.html was not written: no space is left'),
    ]);
    expect(ran.stderr).toContain('kshot report tries again');
    const rows = await kshot(other, ['sql', 'SELECT exit_code, ran FROM runs', '--format', 'csv']);
    expect(rows.stdout).toBe('exit_code,ran\n36,3\n');
    expect((await kshot(other, ['cache', 'verify'])).exitCode).toBe(0);
    expect((await kshot(other, ['report'])).stdout).toBe('artifacts/values/one/report.html\n');
    expect(other.read('artifacts/values/one/report.html')).toContain('failed, exit code 36');
    expect((await kshot(other, ['cache', 'verify'])).exitCode).toBe(0);
  });
});

const inBrowser = `report.html in a browser${chromiumMissing === undefined ? '' : ` (${chromiumMissing})`}`;

describe.skipIf(chromiumMissing !== undefined)(inBrowser, () => {
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(
    file: string,
    { width = 1280, dark = false }: { width?: number; dark?: boolean } = {},
  ): Promise<Page> {
    const opened = await browser.newPage({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    opened.on('console', (message) => problems.push(`console ${message.type()}: ${message.text()}`));
    opened.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    opened.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) problems.push(`request: ${request.url()}`);
    });
    await opened.goto(pathToFileURL(file).href);
    return opened;
  }

  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  it.each([
    ['desk, light', 1280, false],
    ['phone, dark', 390, true],
  ])('passes axe, scrolls one way only and asks for nothing: %s', async (_, width, dark) => {
    problems.length = 0;
    const opened = await open(page, { width, dark });
    // What is closed is not looked at by axe.
    await opened.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    const [scrolled, visible] = await Promise.all(
      ['scrollWidth', 'clientWidth'].map((name) => opened.evaluate(`document.documentElement.${name}`)),
    );
    expect(scrolled).toBe(visible);
    await opened.evaluate(axe);
    const found = (await opened.evaluate(
      'axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + html)))',
    )) as readonly string[];
    expect(found).toEqual([]);
    expect(problems).toEqual([]);
    await opened.close();
  });

  it('prints the whole graph, since paper cannot be scrolled', async () => {
    const opened = await open(page, { width: 320 });
    const overhang = () =>
      opened.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.graph'))",
      );
    expect(await overhang()).toBeGreaterThan(0);
    await opened.emulateMedia({ media: 'print' });
    expect(await overhang()).toBe(0);
    await opened.close();
  });

  it('fits a graph as wide as that of a whole experiment on a page of 1,280 pixels, in letters of 10 at the least', async () => {
    const many = Array.from({ length: 12 }, (_, index) => `baseline_number_${index}`);
    const wide = temporaryProject({
      files: {
        'pipelines/wide.yaml': `version: 1\nname: wide\nsteps:\n  first: { kind: value, with: { value: 1 } }\n${many
          .map(
            (name) =>
              `  ${name}: { kind: command, in: { data: first }, with: { argv: [sh, -c, "echo x > out.txt"], outputs: { out: out.txt } } }\n`,
          )
          .join(
            '',
          )}  last: { kind: command, in: { ${many.map((name) => `${name}: ${name}`).join(', ')} }, with: { argv: [sh, -c, "echo x > out.txt"], outputs: { out: out.txt } } }\n`,
      },
    });
    const ran = await kshot(wide, ['run', '--tag', 'one']);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const opened = await open(wide.path('artifacts/wide/one/report.html'));
    const found = await opened.evaluate(`(() => {
      const graph = document.querySelector('.graph');
      const svg = graph.querySelector('svg');
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const letters = Array.from(svg.querySelectorAll('text'), (text) => scale * parseFloat(getComputedStyle(text).fontSize));
      return { boxes: svg.querySelectorAll('a.box').length, overhang: graph.scrollWidth - graph.clientWidth, least: Math.min(...letters) };
    })()`);
    expect(found).toMatchObject({ boxes: 14, overhang: 0 });
    expect((found as { least: number }).least).toBeGreaterThanOrEqual(10);
    await opened.close();
  });

  it('shows a bar below what scrolls, which stays in view, and none below what fits', async () => {
    const withBars = await startChromium({ scrollbars: true });
    const opened = await withBars.newPage({ viewport: { width: 320, height: 900 } });
    await opened.goto(pathToFileURL(page).href);
    // A bar that hides itself takes no place. The page may still be laid out.
    await vi.waitFor(async () => {
      const bars = (await opened.evaluate(`Array.from(document.querySelectorAll('.scroll'), (box) => ({
      scrolls: box.scrollWidth > box.clientWidth, bar: box.offsetHeight - box.clientHeight
    })).filter(({ bar, scrolls }) => bar > 0 || scrolls)`)) as readonly { scrolls: boolean; bar: number }[];
      expect(bars.length).toBeGreaterThan(0);
      for (const { scrolls, bar } of bars) expect([scrolls, bar > 0]).toEqual([true, true]);
    }, 10_000);
    await withBars.close();
  });

  it.each([1280, 390])('keeps the outcomes of a step within their place at %i pixels', async (width) => {
    const opened = await open(page, { width });
    const overhang = await opened.evaluate(`(() => {
      const outcomes = document.querySelector('.step > summary .step-outcomes');
      for (let more = 0; more < 5; more++) outcomes.append(outcomes.firstElementChild.cloneNode(true));
      return outcomes.scrollWidth - outcomes.clientWidth;
    })()`);
    expect(overhang).toBe(0);
    await opened.close();
  });

  it('shows the numbers that kshot sql gives', async () => {
    const query = `SELECT model, value, low, high, distinguishable FROM summary
      WHERE run = 'small/first' AND node = 'summary' AND metric = 'mrr' ORDER BY place`;
    const { stdout } = await kshot(project, ['sql', query, '--format', 'json']);
    const rows = JSON.parse(stdout) as {
      model: string;
      value: number;
      low: number;
      high: number;
      distinguishable: string | null;
    }[];
    expect(rows).toHaveLength(2);
    const opened = await open(page);
    const table = opened.getByRole('group', { name: 'Summary summary', exact: true }).locator('tbody tr');
    for (const [index, { model, value, low, high, distinguishable }] of rows.entries()) {
      const text = (await table.nth(index).innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain(model);
      expect(text).toContain(`${value.toFixed(4)} [${low.toFixed(3)}, ${high.toFixed(3)}]`);
      if (distinguishable === 'no') expect(text).toContain('cannot be told apart from zero_shot');
    }
    await opened.close();
  });

  it('opens a step from the graph by keyboard alone, with key, reason, inputs and log', async () => {
    const opened = await open(page);
    await opened.locator('.graph').focus();
    for (let presses = 0; presses < 40; presses++) {
      await opened.keyboard.press('Tab');
      if ((await opened.locator('a.box:focus', { hasText: 'noisy' }).count()) === 1) break;
    }
    await opened.keyboard.press('Enter');
    const details = opened.locator('details.step', { hasText: 'noisy' });
    await details.locator('.node-body').waitFor({ state: 'visible' });
    expect(await details.locator('summary:focus').count()).toBe(1);
    const text = await details.innerText();
    const { stdout } = await kshot(project, [
      'sql',
      "SELECT key, reason FROM steps WHERE run = 'small/first' AND node = 'noisy'",
      '--format',
      'json',
    ]);
    const [{ key, reason }] = JSON.parse(stdout) as [{ key: string; reason: string }];
    expect(text).toContain(key);
    expect(text).toContain(reason);
    expect(text).toContain('<script>alert(1)</script>');
    expect(text).toContain('computing it again may give other bytes');
    await opened.close();
  });

  it('is good for a pipeline that measures nothing', async () => {
    problems.length = 0;
    expect((await kshot(project, ['run', 'pipelines/values.yaml', '--tag', 'plain'])).exitCode).toBe(0);
    const opened = await open(project.path('artifacts/values/plain/report.html'), { width: 390 });
    expect(await opened.locator('h2').allInnerTexts()).toEqual([
      'Steps',
      'Environment',
      'Configuration',
      'Files',
    ]);
    expect(await opened.locator('a.box').count()).toBe(1);
    expect(problems).toEqual([]);
    await opened.close();
  });
});
