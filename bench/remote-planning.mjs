// What `npm run bench:remote` runs: how long a plan takes where all of its entries are on a remote cache and none is
// here, and whether that is asked where all are here. The server is nginx on this machine (Debian's nginx-light), its
// log the count of requests. Usage: node bench/remote-planning.mjs [STEPS]
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const steps = Number(process.argv[2] ?? 10_000);
const repeats = 5;
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kshot-bench-remote-'));
const root = join(folder, 'project');
const log = join(folder, 'requests.log');

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function kshot(...words) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words, '--root', root], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`kshot ${words.join(' ')} ended with ${status}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, stdout };
}

/** How many requests the server has answered so far. */
const requests = () => readFileSync(log, 'utf8').split('\n').length - 1;

const forgetEntries = () => rmSync(join(root, 'cache'), { recursive: true, force: true });

/** Plans as often as it is measured, every step a hit, and says how long that took and what was asked. */
function measurePlans(name, before = () => undefined) {
  const times = [];
  let asked = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    before();
    const sofar = requests();
    const { seconds, stdout } = kshot('plan', '--json');
    times.push(seconds);
    asked = requests() - sofar;
    const { hit } = JSON.parse(stdout).counts;
    if (hit !== steps) throw new Error(`${name}: ${hit} of ${steps} steps are hits`);
  }
  console.log(
    `${name.padEnd(36)} ${median(times).toFixed(2)} s (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)}), ${asked} requests`,
  );
}

const port = await freePort();
mkdirSync(join(root, 'pipelines'), { recursive: true });
mkdirSync(join(folder, 'data'));
chmodSync(folder, 0o755);
chmodSync(join(folder, 'data'), 0o777);
writeFileSync(
  join(root, 'kshot.yaml'),
  `cache: { remote: { url: "http://127.0.0.1:${port}", mode: read_write } }\n`,
);
const indices = Array.from({ length: steps }, (_, index) => index).join(', ');
writeFileSync(
  join(root, 'pipelines/values.yaml'),
  `version: 1\nname: values\nsteps:\n  value: { kind: value, with: { x: 1 }, matrix: { i: [${indices}] } }\n`,
);
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/errors.log; worker_processes 1;
events { worker_connections 512; }
http {
  access_log ${log}; client_body_temp_path ${folder}/sending;
  server { listen 127.0.0.1:${port}; root ${folder}/data; client_max_body_size 0; dav_methods PUT; create_full_put_path on; }
}\n`,
);
const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });

try {
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}; ${steps} steps`,
  );
  console.log(`computed and sent: ${kshot('run', '--quiet').seconds.toFixed(0)} s, ${requests()} requests`);
  measurePlans('all here, computed here');
  measurePlans('all on the remote, none here', forgetEntries);
  kshot('run', '--quiet');
  kshot('pull', '--quiet');
  measurePlans('all here, fetched');
} finally {
  nginx.kill();
  rmSync(folder, { recursive: true, force: true });
}
