import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/fetch-test-torch.sh', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'kshot-fetch-torch-'));
const cache = join(home, 'kshot-tests');

/** With apt that answers so, and nothing on the network. */
function fetch(apt?: string) {
  const programs = join(home, 'programs');
  rmSync(programs, { recursive: true, force: true });
  mkdirSync(programs);
  if (apt !== undefined) {
    writeFileSync(join(programs, 'apt-get'), `#!/bin/sh\n${apt}\n`);
    chmodSync(join(programs, 'apt-get'), 0o755);
  }
  const rest = apt === undefined ? '' : `:${process.env['PATH']}`;
  const { status, stderr } = spawnSync('/bin/sh', [script], {
    encoding: 'utf8',
    env: { PATH: `${programs}${rest}`, XDG_CACHE_HOME: home },
  });
  return { status, stderr };
}

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the script that fetches PyTorch for the tests', () => {
  it('says why it cannot, and leaves nothing behind', () => {
    expect(fetch()).toEqual({ status: 1, stderr: 'no PyTorch 2 for the tests: there is no apt-get\n' });
    const { status, stderr } = fetch('exit 100');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^no PyTorch 2 for the tests: (Debian 13 is out of reach|there is no \S+keyring)/);
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  it('does nothing where there is one, and nothing to what is there and has none', () => {
    mkdirSync(join(cache, 'torch/bin'), { recursive: true });
    expect(fetch('exit 100').stderr).toBe(
      `no PyTorch 2 for the tests: ${cache}/torch is there, and has none\n`,
    );
    const python = join(cache, 'torch/bin/python3');
    writeFileSync(python, '#!/bin/sh\n');
    chmodSync(python, 0o755);
    expect(fetch('exit 100')).toEqual({ status: 0, stderr: '' });
  });
});
