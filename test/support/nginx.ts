import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const version = spawnSync('nginx', ['-V'], { encoding: 'utf8' });

/** Whether there is an nginx that takes PUT. */
export const hasNginx = version.status === 0 && version.stderr.includes('http_dav_module');

/** What is sent to get past its password. */
export const nginxVariables = {
  KSHOT_REMOTE_AUTHORIZATION: `Basic ${Buffer.from('team:hush-hush').toString('base64')}`,
};

/** The server's part of docs/sharing.md, as it stands there. */
function serverBlock(): string {
  const page = readFileSync(new URL('../../docs/sharing.md', import.meta.url), 'utf8');
  const found = /```nginx[^\n]*\n([\s\S]*?)```/.exec(page)?.[1];
  if (found === undefined) throw new Error('docs/sharing.md shows no configuration of nginx');
  return found;
}

/** Writes what nginx needs into a folder; returns the words of the command that starts it, in front. */
export function layOutNginx(folder: string, listen: string): readonly [string, ...string[]] {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'passwords'), 'team:{PLAIN}hush-hush\n');
  const block = serverBlock()
    .replace(/listen [^;]+;/, `listen ${listen};`)
    .replaceAll('/srv/kshot', join(folder, 'data'))
    .replaceAll('/etc/nginx/kshot.passwords', join(folder, 'passwords'));
  const path = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  writeFileSync(
    path,
    `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr crit;
events { worker_connections 256; }
http { access_log off; ${temporary.join(' ')}
${block}}
`,
  );
  return ['nginx', '-c', path, '-p', folder];
}
