import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { killProcessGroup } from '../../base/process-group.js';

/** The state of the repository that a project is in, when a run began. */
export interface GitState {
  /** Null where there is none yet. */
  readonly commit: string | null;
  /** Null where none is checked out. */
  readonly branch: string | null;
  /** Whether files differ from the commit or are not in it; null where git did not say in time. */
  readonly dirty: boolean | null;
  /** Files and folders that git does not know and is not told to ignore, relative to the project. */
  readonly untracked: readonly string[];
  /** How many more there are. */
  readonly more_untracked?: number;
  /** Whether the difference from the commit is longer than what is kept of it. */
  readonly diff_is_cut?: boolean;
  /** Whether names of variables stand in what is kept of it in the place of what is secret. */
  readonly diff_is_redacted?: boolean;
}

/** Git asked beside what a run does. */
export interface GitQuestion {
  /** What it has said, after at most so many milliseconds more; undefined where the project is in no repository. */
  finish(milliseconds: number): Promise<{ readonly state: GitState; readonly diff?: Buffer } | undefined>;
}

const mostDiffBytes = 2 ** 20;
const mostListBytes = 2 ** 23;
const mostUntracked = 200;
/** Kshot's own folders are no part of what was run. */
const places = ['--', ':/', ':(exclude)cache', ':(exclude)artifacts'];

/** What `git apply` takes, whatever the user's own settings are, changes within submodules too. */
const diffCommand = [
  'diff',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--submodule=diff',
];

/** Begins to ask git about a project, where it is in a repository; nothing waits for the answer but `finish`. */
export function askGit(root: string): GitQuestion {
  const repository = repositoryOf(root);
  if (repository === undefined) return { finish: async () => undefined };
  const controller = new AbortController();
  const ask = (args: readonly string[], mostBytes: number) =>
    askOnce(root, args, mostBytes, controller.signal);
  let known: GitState = { commit: null, branch: null, dirty: null, untracked: [] };
  let diff: Buffer | undefined;
  const head = ask(['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'], 4096).then((answer) => {
    const [commit, branch] = answer?.bytes.toString('utf8').split('\n') ?? [];
    if (known.dirty === null && commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit)) {
      known = { ...known, commit, branch: branch === undefined || branch === 'HEAD' ? null : branch };
    }
  });
  const status = ask(
    ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal', ...places],
    mostListBytes,
  ).then(async (answer) => {
    if (answer === undefined) return;
    known = stateOf(answer.bytes.toString('utf8'), (path) => relativePath(root, join(repository, path)));
    if (known.dirty !== true || known.commit === null) return;
    const asked = known;
    const keep = ({ bytes, isCut }: { readonly bytes: Buffer; readonly isCut: boolean }) => {
      diff = bytes;
      known = isCut ? { ...asked, diff_is_cut: true } : asked;
    };
    const ofText = await ask([...diffCommand, 'HEAD', ...places], mostDiffBytes);
    if (ofText === undefined) return;
    const lacksBinary = !ofText.isCut && /^Binary files /m.test(ofText.bytes.toString('latin1'));
    keep({ ...ofText, isCut: ofText.isCut || lacksBinary });
    if (!lacksBinary) return;
    // Files that are no text in full only where they leave the rest its room, and are compressed in time.
    const whole = await ask([...diffCommand, '--binary', 'HEAD', ...places], mostDiffBytes);
    if (whole?.isCut === false) keep(whole);
  });
  const all = Promise.all([head, status]);
  return {
    async finish(milliseconds) {
      const timer = setTimeout(() => controller.abort(), milliseconds);
      await all;
      clearTimeout(timer);
      return { state: known, ...(diff === undefined || diff.length === 0 ? {} : { diff }) };
    },
  };
}

/** The folder of the repository that a folder is in. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** With a slash behind it where the path of a folder has one. */
function relativePath(root: string, path: string): string {
  return `${relative(root, path)}${path.endsWith('/') ? '/' : ''}`;
}

/** What `git status --porcelain=v2 --branch -z` says, whose paths begin at the repository's folder. */
function stateOf(text: string, fromProject: (path: string) => string): GitState {
  const entries = text.split('\0');
  const header = (name: string) =>
    entries.find((entry) => entry.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const [commit, branch] = [header('oid'), header('head')];
  const untracked = entries.flatMap((entry) => (entry.startsWith('? ') ? [fromProject(entry.slice(2))] : []));
  const more = untracked.length - mostUntracked;
  return {
    commit: commit === undefined || commit === '(initial)' ? null : commit,
    branch: branch === undefined || branch === '(detached)' ? null : branch,
    dirty: entries.some((entry) => /^[12u?] /.test(entry)),
    untracked: untracked.slice(0, mostUntracked),
    ...(more > 0 ? { more_untracked: more } : {}),
  };
}

/** What git answers; undefined where it fails, is not there, or is told to end. It writes nothing and asks nobody. */
function askOnce(
  root: string,
  args: readonly string[],
  mostBytes: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean } | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  // In a hook of git its variables are about something else.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  const child = spawn('git', ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (answer: { readonly bytes: Buffer; readonly isCut: boolean } | undefined) => {
      signal.removeEventListener('abort', stop);
      child.stdout.destroy();
      resolve(answer);
    };
    const kill = () => {
      if (child.pid !== undefined) killProcessGroup(child.pid, 'SIGKILL');
    };
    const stop = () => {
      kill();
      end(undefined);
    };
    signal.addEventListener('abort', stop);
    child.stdout.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= mostBytes) return;
      kill();
      end({ bytes: Buffer.concat(pieces).subarray(0, mostBytes), isCut: true });
    });
    child.once('error', () => end(undefined));
    child.once('close', (code) =>
      end(code === 0 ? { bytes: Buffer.concat(pieces), isCut: false } : undefined),
    );
  });
}
