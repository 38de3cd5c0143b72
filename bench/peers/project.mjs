// Virtual environments, projects of a tool, and commands in them that are timed, counted and killed.
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

function must(command, args, options = {}) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${error ?? ''}${stderr}`);
}

/** A wheel of the small package that the scripts import, in this version; built once. */
function tallyWheel(folder, python, version) {
  const wheel = join(folder, 'wheels', `bench_tally-${version}-py3-none-any.whl`);
  if (existsSync(wheel)) return wheel;
  const source = join(folder, `bench-tally-${version}`);
  cpSync(join(here, 'tally'), source, { recursive: true });
  const settings = join(source, 'pyproject.toml');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace('"1.0"', `"${version}"`));
  must(python, ['-m', 'pip', 'wheel', '-q', '--no-deps', '-w', join(folder, 'wheels'), source]);
  rmSync(source, { recursive: true });
  return wheel;
}

/** The tool's own virtual environment below `folder`; made where it is not there yet, with the packages from PyPI. */
export function environment(folder, name, packages) {
  const root = join(folder, name);
  const python = join(root, 'bin/python');
  const pip = (...args) =>
    must(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...args]);
  if (!existsSync(python)) {
    must('python3', ['-m', 'venv', root]);
    if (packages.length > 0) pip(...packages);
  }
  const asked = spawnSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
    encoding: 'utf8',
  });
  const site = asked.stdout.trim();
  const log = join(site, 'bench_tally/executed.log');
  return {
    bin: join(root, 'bin'),
    /** Installs this version of the small package that the scripts import. */
    install(version) {
      if (existsSync(join(site, `bench_tally-${version}.dist-info`))) return;
      pip('--no-deps', '--no-index', '--force-reinstall', tallyWheel(folder, python, version));
    },
    /** How often each event happened since the last `forget`. */
    executed() {
      const counts = { train: 0, epoch: 0, trained: 0, evaluate: 0, half: 0 };
      for (const event of existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []) {
        if (event !== '') counts[event] += 1;
      }
      return counts;
    },
    forget: () => rmSync(log, { force: true }),
  };
}

/** Puts each edit's text in the place of the one that it names, which must be there exactly once. */
function edit(folder, edits) {
  for (const { file, from, to } of edits) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${path}: ${from} is there ${parts.length - 1} times`);
    writeFileSync(path, parts.join(to));
  }
}

/** Ids of processes that work somewhere in the folder, on Linux. */
function processesIn(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        return readlinkSync(`/proc/${id}/cwd`).startsWith(folder);
      } catch {
        return false; // gone meanwhile
      }
    })
    .map(Number);
}

/** The commands of a whole sweep, in order. */
const wholeSweep = (tool) => [tool.first, tool.sweep, tool.last].filter(Boolean).join(' && ');

/** A project of the tool in the folder: from scratch, or where `from` is given a copy of that one. */
export function project(tool, venv, folder, { from, points = 30_000 } = {}) {
  if (from !== undefined) cpSync(from.folder, folder, { recursive: true, preserveTimestamps: true });
  else {
    mkdirSync(folder, { recursive: true });
    cpSync(join(here, 'sweep'), join(folder, 'sweep'), { recursive: true });
    for (const layer of tool.layers) cpSync(join(here, layer), folder, { recursive: true });
    edit(folder, [{ file: 'sweep/split.py', from: 'POINTS = 30000', to: `POINTS = ${points}` }]);
    writeFileSync(join(folder, 'requirements.txt'), 'bench-tally==1.0\n');
  }
  const root = realpathSync(folder);
  const env = { ...process.env, PATH: `${venv.bin}:${process.env.PATH}` };
  // Without its file of settings, which bash reads where its input is a socket, and which may put another Python first.
  const bash = (script) => spawnSync('bash', ['--norc', '-c', script], { cwd: root, env, encoding: 'utf8' });

  /** Runs a command of shell: its exit code, seconds by the clock and of CPU time, what it executed and said. */
  function run(command = wholeSweep(tool)) {
    venv.forget();
    const said = `${root}.out`;
    const timed = bash(
      `TIMEFORMAT='%R %U %S'; { time { ${command}; } > ${said} 2>&1 < /dev/null; } 2> ${said}.time; exit $?`,
    );
    const [wall, user, system] = readFileSync(`${said}.time`, 'utf8')
      .trim()
      .split('\n')
      .at(-1)
      .split(' ')
      .map(Number);
    return {
      exit: timed.status,
      wall,
      cpu: user + system,
      ...venv.executed(),
      said: readFileSync(said, 'utf8'),
    };
  }

  if (from === undefined && tool.prepare !== undefined) {
    const prepared = bash(tool.prepare);
    if (prepared.status !== 0) throw new Error(`${tool.prepare}: ${prepared.stderr}`);
  }

  return {
    folder: root,
    run,
    edit: (edits) => edit(root, edits),
    write: (file, text) => writeFileSync(join(root, file), text),
    touch: () => bash('find . -name "*.py" -o -name "*.yaml" -o -name "*.csv" | xargs touch'),
    accuracy() {
      const { stdout, stderr } = bash(tool.summary);
      try {
        return [JSON.parse(stdout)].flat()[0].accuracy;
      } catch {
        throw new Error(`${tool.title} has no summary: ${stdout}${stderr}`);
      }
    },
    /**
     * Starts the sweep and kills it with SIGKILL as soon as `when` says so: the tool's own process, or with
     * `everything` all that it has started too. Waits until all is over, and says what was executed by then.
     */
    async kill(when, { everything }) {
      if (tool.first !== undefined) bash(tool.first);
      venv.forget();
      const started = spawn('bash', ['--norc', '-c', `exec ${tool.sweep}`], {
        cwd: root,
        env,
        stdio: 'ignore',
        detached: true,
      });
      while (!when(venv.executed())) {
        if (started.exitCode !== null) throw new Error(`${tool.title} ended before it was killed`);
        await wait(20);
      }
      process.kill(everything ? -started.pid : started.pid, 'SIGKILL');
      const killed = venv.executed();
      await untilNothingRuns(root, { end: everything });
      return { killed, over: venv.executed() };
    },
    /** Files that a program left half written where its readers look for them. */
    halfWritten: () =>
      bash('find . -name model.json -not -path "*/cache/*" -not -path "./.dvc/*"')
        .stdout.split('\n')
        .filter((path) => path !== '' && !readFileSync(join(root, path), 'utf8').endsWith(']')),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function untilNothingRuns(folder, { end }) {
  for (;;) {
    const left = processesIn(folder);
    if (left.length === 0) return;
    if (end) left.forEach(endIfThere);
    await wait(50);
  }
}

function endIfThere(id) {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

const counts = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(#|""")/.test(line));

/** Lines that the tool asks for beyond the scripts as they were, without empty ones and comments. */
export function linesToWrite(tool) {
  const lines = { declared: 0, python: 0 };
  for (const layer of tool.layers) {
    for (const file of readdirSync(join(here, layer), { recursive: true, withFileTypes: true })) {
      if (!file.isFile() || file.name.endsWith('.pyc')) continue;
      const path = join(file.parentPath ?? file.path, file.name);
      const common = join(here, path.slice(join(here, layer).length + 1));
      const known = existsSync(common) ? counts(readFileSync(common, 'utf8')) : [];
      const written = counts(readFileSync(path, 'utf8')).filter((line) => {
        const at = known.indexOf(line);
        if (at >= 0) known.splice(at, 1);
        return at < 0;
      });
      lines[file.name.endsWith('.py') ? 'python' : 'declared'] += written.length;
    }
  }
  return lines;
}
