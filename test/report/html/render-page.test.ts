import { describe, expect, it } from 'vitest';
import { gitText } from '../../../src/report/html/components/surroundings.js';
import { renderPage } from '../../../src/report/html/render-page.js';
import type { RunContents } from '../../../src/report/html/report-model.js';
import { valueRun } from './sample-contents.js';

const page = (contents: RunContents) => renderPage({ contents, figures: [], figuresLeft: 0, files: [] });
const headings = (html: string) => [...html.matchAll(/<h2[^>]*>([^<]*)</g)].map((match) => match[1]);

describe('the page of a run', () => {
  it('has only the sections that a run without metrics has something for', () => {
    expect(headings(page(valueRun(2)))).toEqual(['Steps', 'Environment', 'Configuration', 'Files']);
  });

  it('begins with what must be known: waivers first, then failures, synthetic data, looks, what may not repeat', () => {
    const html = page(
      valueRun(2, {
        report: {
          waivers: [{ step: 'peek', reason: 'to see', path: ['split.test', 'peek.rows'] }],
          failures: [{ node: 'v[a=1]', reason: 'step-failed', message: 'it broke' }],
          synthetic: true,
          test_sets: [{ test_set: 'e'.repeat(64), evaluations: 7 }],
          not_deterministic: ['v[a=0]'],
          exit_code: 1,
        },
      }),
    );
    const notes = html.slice(html.indexOf('id="first"'), html.indexOf('</section>'));
    expect([...notes.matchAll(/<strong>([^<]*)</g)].map((match) => match[1])).toEqual([
      'Guard against test data waived for peek',
      '1 node failed',
      'Synthetic data',
      'Looks at test data',
      'Not everything repeats',
    ]);
    expect(notes).toContain('split.test → peek.rows');
    expect(notes).toContain('7 distinct evaluations');
    expect(html).toContain('failed, exit code 1');
  });

  it('shows names, reasons and log lines that look like HTML as text', () => {
    const evil = '</pre><script>alert(1)</script>"\'&';
    const contents = valueRun(1, { name: evil, report: { warnings: [evil], pipeline: evil } });
    const html = page({ ...contents, logs: new Map([[`${evil}[a=0]`, [evil]]]) });
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('lets no script run but its own, and asks nothing of the network', () => {
    const html = page(valueRun(1));
    expect(html).toContain('default-src &#x27;none&#x27;');
    expect(html).toMatch(/script-src &#x27;sha256-/);
    expect(html.replaceAll('http://www.w3.org', '')).not.toMatch(/https?:\/\//);
  });

  it('gives the same bytes for the same run', () => {
    expect(page(valueRun(5))).toBe(page(valueRun(5)));
  });

  it('holds a thousand nodes of one step, grouped, in under a megabyte', () => {
    const html = page(valueRun(1000));
    expect(html.length).toBeLessThan(1e6);
    expect(html.match(/class="box /g)).toHaveLength(1);
    expect(html).toContain('×1000');
  });

  it('holds a thousand steps, and says that they are too many to draw', () => {
    const html = page(valueRun(1000, { steps: 1000 }));
    expect(html.length).toBeLessThan(3e6);
    expect(html).not.toContain('class="box ');
    expect(html).toContain('1000 steps with 0 edges are too many to draw');
  });
});

it('a commit is shown with how the files differed from it, and what of that is not kept', () => {
  const git = { commit: 'c0ffee', branch: 'main', dirty: true, untracked: ['a'] };
  expect(gitText(git)).toBe('c0ffee, branch main, changed, 1 not in git: a');
  expect(gitText({ ...git, branch: null, diff_is_cut: true, diff_is_redacted: true })).toBe(
    'c0ffee, changed, git.diff not whole and without secrets, 1 not in git: a',
  );
});
