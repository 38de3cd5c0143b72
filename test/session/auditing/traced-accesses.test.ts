import { describe, expect, it } from 'vitest';
import { createSystemCallReader, unquoted } from '../../../src/session/auditing/system-calls.js';
import { AccessReader } from '../../../src/session/auditing/traced-accesses.js';

/** What is read of lines as strace 6.1 has written them (`-f -y`), a program's folder being /w/scratch. */
function accessesIn(lines: readonly string[], interpreterOf?: (program: string) => string | undefined) {
  const reader = new AccessReader('/w/scratch', interpreterOf);
  for (const line of lines) reader.read(line);
  return reader;
}

/** `read /a`, in their order. */
function found(lines: readonly string[]): readonly string[] {
  return [...accessesIn(lines).found.values()].map(({ how, path }) => `${how} ${path}`);
}

describe('calls in the output of strace', () => {
  it('are put together where others stand between their parts', () => {
    const { read, begun } = createSystemCallReader();
    const lines = [
      '7431  newfstatat(4</tmp/t.py>, "",  <unfinished ...>',
      '7432  openat(AT_FDCWD</tmp>, "/tmp/t.py", O_RDONLY|O_CLOEXEC <unfinished ...>',
      '7431  <... newfstatat resumed>{st_mode=S_IFREG|0644, st_size=939, ...}, AT_EMPTY_PATH) = 0',
      '7432  <... openat resumed>)             = 5</tmp/t.py>',
      '7426  <... wait4 resumed>0x7, 0, NULL)  = 7',
    ];
    expect(lines.map((line) => read(line)).filter((call) => call !== undefined)).toEqual([
      {
        processId: 7431,
        name: 'newfstatat',
        given: '4</tmp/t.py>, "", {st_mode=S_IFREG|0644, st_size=939, ...}, AT_EMPTY_PATH',
        result: 0,
      },
      {
        processId: 7432,
        name: 'openat',
        given: 'AT_FDCWD</tmp>, "/tmp/t.py", O_RDONLY|O_CLOEXEC',
        result: 5,
        resultPath: '/tmp/t.py',
      },
    ]);
    expect(begun.size).toBe(0);
  });

  it('say what failed and why, and what nobody knows the end of', () => {
    const { read } = createSystemCallReader();
    expect(read('1 access("/etc/x", R_OK) = -1 ENOENT (No such file or directory)')).toMatchObject({
      result: -1,
      error: 'ENOENT',
    });
    expect(read('1 openat(AT_FDCWD</>, "fifo", O_RDONLY) = ? ERESTARTSYS (To be restarted)')).toMatchObject({
      result: undefined,
    });
    expect(read('1 openat(AT_FDCWD</>, "a) = 3", O_RDONLY) = 4</a) = 3>')).toMatchObject({
      result: 4,
      resultPath: '/a) = 3',
    });
    expect(read('1 openat(AT_FDCWD</>, "x", O_RDONLY) = 4</x (deleted)>')).not.toHaveProperty('resultPath');
    for (const line of ['1 +++ exited with 0 +++', '1 --- SIGCHLD {si_signo=SIGCHLD} ---', '', 'strace: x']) {
      expect(read(line)).toBeUndefined();
    }
  });

  it('quote every byte that is not plain', () => {
    expect(unquoted(String.raw`\303\244 d/f\"\74x\76\t\n\\.\0011`)).toBe('ä d/f"<x>\t\n\\.\u00011');
  });
});

describe('what a traced program reads', () => {
  it('is told by absolute paths, by whichever folder it is named from', () => {
    const lines = [
      '7  execve("/usr/bin/python3", [...], 0x7ffe /* 35 vars */) = 0',
      String.raw`7  chdir("/tmp/\303\244 d")               = 0`,
      String.raw`7  openat(AT_FDCWD</tmp/\303\244 d>, "f\"<x>.txt", O_RDONLY|O_CLOEXEC) = 3</tmp/\303\244 d/f\"\74x\76.txt>`,
      '7  open("../plain", O_RDONLY) = 4',
      '7  openat(3</tmp>, "lnk/a.txt", O_RDONLY) = 4</data/real/a.txt>',
      '7  openat(3, "nobody-knows-where", O_RDONLY) = 4',
      '7  fchdir(3</srv>)             = 0',
      '7  stat("b", {st_mode=S_IFREG|0644, st_size=3, ...}) = 0',
      '7  newfstatat(AT_FDCWD</srv>, "folder", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0',
      '7  newfstatat(3</srv/c>, "", {st_mode=S_IFREG|0644, st_size=3, ...}, AT_EMPTY_PATH) = 0',
      '7  getdents64(3</srv/listed>, 0x31d30eb0 /* 209 entries */, 32768) = 6984',
      '7  readlink("/etc/link", ""..., 4096) = 10',
    ];
    expect(found(lines)).toEqual([
      'run /usr/bin/python3',
      'read /tmp/ä d/f"<x>.txt',
      'read /tmp/plain',
      'read /tmp/lnk/a.txt',
      'looked-at /srv/b',
      'listed /srv/listed',
      'looked-at /etc/link',
    ]);
    expect(accessesIn(lines).found.get('/tmp/lnk/a.txt')?.real).toBe('/data/real/a.txt');
  });

  it('goes on in the folder of the process that started it, be that told of later', () => {
    const lines = [
      '1  chdir("/a")               = 0',
      '1  vfork( <unfinished ...>',
      '2  openat(AT_FDCWD, "of-child", O_RDONLY) = 3',
      '2  chdir("/b")               = 0',
      '2  execve("./tool", [...], 0x56 /* 35 vars */ <unfinished ...>',
      '1  <... vfork resumed>)              = 2',
      '2  <... execve resumed>)             = 0',
      '2  open("x", O_RDONLY) = 3',
      '1  open("y", O_RDONLY) = 3',
      '1  clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7) = 3',
      '1  clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0} => {parent_tid=[4]}, 88) = 4',
      '4  chdir("/c")               = 0',
      '1  open("z", O_RDONLY) = 3',
      '3  open("z", O_RDONLY) = 3',
    ];
    expect(found(lines)).toEqual([
      'read /a/of-child',
      'run /b/tool',
      'read /b/x',
      'read /a/y',
      'read /c/z',
      'read /a/z',
    ]);
    expect(accessesIn(lines).found.get('/b/x')?.by).toBe('/b/tool');
  });

  it('is not what it has made itself', () => {
    const lines = [
      '1  mkdir("/tmp/d", 0700)   = 0',
      '1  openat(AT_FDCWD</w>, "/tmp/d/x", O_RDONLY) = 3</tmp/d/x>',
      '1  openat(AT_FDCWD</w>, "/tmp/new", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</tmp/new>',
      '1  rename("/tmp/new", "/home/u/cache") = 0',
      '1  open("/home/u/cache", O_RDONLY) = 3</home/u/cache>',
      '1  open("/log", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</log>',
      '1  open("/log", O_RDONLY) = 3</log>',
      '1  open("/appended", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3</appended>',
      '1  renameat2(AT_FDCWD</w>, "old", AT_FDCWD</w>, "moved", 0) = 0',
      '1  open("/w/moved", O_RDONLY) = 3</w/moved>',
      '1  open("/db", O_RDWR|O_CREAT, 0666) = 3</db>',
    ];
    expect(found(lines)).toEqual(['read /w/moved', 'read /db']);
  });

  it('is told apart from what a Python begins with, and from what has chosen that', () => {
    const lines = [
      '1  execve("/home/u/.pyenv/shims/python3", [...], 0x7 /* 3 vars */) = 0',
      '1  open("/home/u/.pyenv/version", O_RDONLY) = 3',
      '1  execve("/opt/python/bin/python3.11", [...], 0x7 /* 3 vars */) = 0',
      '1  open("/opt/site-packages/x.pth", O_RDONLY) = 3',
      '1  open("/w/scratch", O_RDONLY|O_DIRECTORY) = 3</w/scratch>',
      '1  open("/early.txt", O_RDONLY) = 3',
      '1  open("train.py", O_RDONLY) = 3</w/scratch/train.py>',
      '1  open("/opt/data", O_RDONLY) = 3',
      '1  open("/early.txt", O_RDONLY) = 3',
      '1  execve("/bin/tool", [...], 0x7 /* 3 vars */) = 0',
      '1  open("/etc/tool.conf", O_RDONLY) = 3',
    ];
    const shell = (program: string) => (program.endsWith('/shims/python3') ? '/bin/bash' : undefined);
    const stages = [...accessesIn(lines, shell).found.values()].map(({ path, stage }) => `${stage} ${path}`);
    expect(stages).toEqual([
      'before /home/u/.pyenv/shims/python3',
      'before /bin/bash',
      'before /home/u/.pyenv/version',
      'before /opt/python/bin/python3.11',
      'start /opt/site-packages/x.pth',
      'own /early.txt',
      'own /w/scratch/train.py',
      'own /opt/data',
      'own /bin/tool',
      'own /etc/tool.conf',
    ]);
  });

  it('is told, too, of what a Python runs of the user’s own before the program', () => {
    const lines = [
      '1  execve("/usr/bin/python3", [...], 0x7 /* 3 vars */) = 0',
      '1  open("/usr/lib/python3.11/sitecustomize.py", O_RDONLY) = 3</etc/python3.11/sitecustomize.py>',
      '1  open("/usr/lib/python3.11/os.py", O_RDONLY) = 3',
      '1  open("/home/u/path/__pycache__/sitecustomize.cpython-311.pyc", O_RDONLY) = 3',
      '1  open("/home/u/rates.json", O_RDONLY) = 3',
    ];
    const stages = [...accessesIn(lines).found.values()].map(({ path, stage }) => `${stage} ${path}`);
    expect(stages).toEqual([
      'before /usr/bin/python3',
      'start /usr/lib/python3.11/sitecustomize.py',
      'start /usr/lib/python3.11/os.py',
      'own /home/u/path/__pycache__/sitecustomize.cpython-311.pyc',
      'own /home/u/rates.json',
    ]);
  });

  it('may be of other machines, and may not be there', () => {
    const { missed, addresses } = accessesIn([
      '1  openat(AT_FDCWD</w>, "local.yaml", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '1  openat(AT_FDCWD</w>, "secret", O_RDONLY) = -1 EACCES (Permission denied)',
      '1  connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      '1  connect(3<TCP:[2]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.2")}, 16) = -1 ECONNREFUSED (Connection refused)',
      '1  connect(3<TCP:[3]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      '1  connect(3<TCPv6:[4]>, {sa_family=AF_INET6, sin6_port=htons(8080), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      '1  connect(3<UNIX:[5]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0',
    ]);
    expect([...missed]).toEqual([['/w/local.yaml', 'before']]);
    expect([...addresses]).toEqual(['192.0.2.1:443', '[2001:db8::1]:8080']);
  });
});
