import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mainFile } from '../support/kshot.js';
import { hasNginx, layOutNginx, nginxVariables } from '../support/nginx.js';
import { temporaryProject } from '../support/temporary-project.js';

/** Without a trace on the machine, whatever happens in it: processes, networks and mounts end with its first process. */
const apart = ['--net', '--pid', '--mount-proc', '--fork', '--kill-child'];
const canLink = (text: string) => spawnSync('unshare', [...apart, 'sh', '-c', text]).status === 0;
const hasNetworks = canLink(
  'ip link set lo up && ip link add v0 type veth peer name v1 && command -v nsenter',
);
if (!hasNetworks || !hasNginx) {
  console.warn('skipping a test of two networks: it needs nginx, iproute2 and the right to make namespaces');
}

/** `host N COMMAND…` runs a command on a host with a name, processes and a network of its own, at 10.77.N.2. */
const network = `set -eu
ip link set lo up
"$@" &
attach() {
  unshare --net sleep 300 & eval "net$1=/proc/$!/ns/net"; peer=$!
  while [ "$(readlink /proc/$peer/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
  ip link add "v$1" type veth peer name eth0 netns "$peer"
  ip addr add "10.77.$1.1/24" dev "v$1"; ip link set "v$1" up
  nsenter --net="/proc/$peer/ns/net" sh -c "ip addr add 10.77.$1.2/24 dev eth0; ip link set eth0 up"
}
host() {
  eval "net=\\$net$1"; number=$1; shift
  nsenter --net="$net" unshare --uts --pid --mount-proc --fork --kill-child sh -c "hostname host$number && exec \\"\\$@\\"" sh "$@"
}
attach 1; attach 2
`;

describe.skipIf(!hasNetworks || !hasNginx)('two hosts on networks of their own, with nginx between', () => {
  it('share what one computed; cut off, one computes, and sends it when it is back', () => {
    const folder = temporaryProject({});
    const colleague = (host: number, mode: string) =>
      temporaryProject({
        files: {
          'kshot.yaml': `cache: { remote: { url: "http://10.77.${host}.1:8080", mode: ${mode} } }\n`,
          'pipelines/p.yaml': `version: 1
name: p
steps:
  make: { kind: command, with: { shell: true, argv: "hostname > out", outputs: { out: out } } }
`,
        },
      });
    const [one, two] = [colleague(1, 'read_write'), colleague(2, 'read')];
    const run = (number: number, root: string, words: string) =>
      `host ${number} node ${mainFile} ${words} --root ${root} 2>&1`;
    const script = `${network}
echo "[first]"; ${run(1, one.root, 'run --tag first')}
echo "[second]"; ${run(2, two.root, 'run')}
sed -i 's/hostname/hostname -s/' ${one.root}/pipelines/p.yaml ${two.root}/pipelines/p.yaml
ip link set v1 down
echo "[apart]"; ${run(1, one.root, 'run --tag apart')}
ip link set v1 up
echo "[back]"; ${run(1, one.root, 'push apart')}
echo "[then]"; ${run(2, two.root, 'run')}
`;
    const ran = spawnSync(
      'unshare',
      [...apart, 'bash', '-c', script, 'bash', ...layOutNginx(folder.path('.'), '8080')],
      {
        encoding: 'utf8',
        env: { ...process.env, ...nginxVariables, KSHOT_GPUS: 'none' },
      },
    );
    expect([ran.status, ran.stderr], ran.stdout).toEqual([0, '']);
    const said = Object.fromEntries(
      ran.stdout.split(/^\[/m).map((part) => [part.slice(0, part.indexOf(']')), part]),
    );
    expect(said['first']).toMatch(/sent 1 result /);
    expect(said['second']).toMatch(/0 ran \+ 1 hit/);
    expect(said['apart']).toMatch(
      /cannot be (reached|talked to).*\n[\s\S]*did not send 1 result: kshot push does/,
    );
    expect(said['back']).toMatch(/sent 1 results?/);
    expect(said['then']).toMatch(/0 ran \+ 1 hit/);
  }, 120_000);
});
