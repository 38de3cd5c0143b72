import { Argument } from 'commander';
import { type CommandBuilder, pythonOption, wholeNumber } from './command-builder.js';
import { shells } from './completion/completion-scripts.js';

/** Adds the commands that look after the project: its cache, its schemas, and what it stands on. */
export function addProjectCommands(builder: CommandBuilder): void {
  const { command, group, connect } = builder;
  connect(
    command('gc', {
      summary: 'remove what no recent run needs',
      description:
        'Removes from the cache what neither the last distinct results of any pipeline nor pinned runs reach, and says of which runs and steps it was and how much it frees. Running again without a change pushes nothing out; while a run is under way no result goes.',
      examples: ['kshot gc --dry-run --keep 2'],
    })
      .option('-n, --dry-run', 'say what would be removed')
      .option('--keep <runs>', 'how many distinct results of each pipeline to keep', wholeNumber, 5),
    async () => (await import('./commands/gc.js')).gc,
  );
  connect(
    command('pin', {
      summary: 'keep the results of a run for good',
      description:
        'Pins runs, so that gc keeps all that they reach however many runs follow, until the pin or the folder of the run is removed. Lists the runs that are pinned.',
      examples: ['kshot pin maml_residual/submitted', 'kshot pin --remove latest', 'kshot pin'],
    })
      .argument('[RUN...]', 'runs, as for results (default: none, the pins are listed)')
      .option('--remove', 'take the pins of these runs away'),
    async () => (await import('./commands/pin.js')).pin,
  );
  addRunCommands(builder);
  const cache = group('cache', {
    summary: 'look after the cache',
    description: 'Looks after the cache.',
    examples: ['kshot cache verify'],
  });
  connect(
    command(
      'verify',
      {
        summary: 'check every byte of the cache and of the results of runs',
        description:
          'Reads every object of the cache, where a bad one is set aside, so that its step runs again, and the files of all runs. With --remote, what the remote cache has of all that is known here, where nothing is changed.',
        examples: ['kshot cache verify --json', 'kshot cache verify --remote'],
      },
      cache,
    ).option('--remote', 'check the remote cache of kshot.yaml instead'),
    async () => (await import('./commands/cache/verify.js')).cacheVerify,
  );
  addSharingCommands(builder);
  connect(
    command('doctor', {
      summary: 'say what is here and what is missing',
      description:
        'Says which engine computes and why each other cannot, what the machine, the project and its cache are like, and the versions of all parts; exit 36 where something that kshot needs is missing.',
      examples: ['kshot doctor --json'],
    }).addOption(pythonOption()),
    async () => (await import('./commands/doctor.js')).doctor,
  );
  connect(
    command('schema', {
      summary: 'write the JSON Schemas of pipelines and events',
      description: 'Writes schemas/*.json, which editors use to complete and check pipelines.',
      examples: ['kshot schema --check'],
    }).option('--check', 'write nothing; exit 1 where a file is not as it would be written'),
    async () => (await import('./commands/schema.js')).schema,
  );
  addCommandsWithoutProject(builder);
}

/** What moves results between this cache and the remote one. */
function addSharingCommands({ command, connect }: CommandBuilder): void {
  const run = ['[RUN]', 'a run, as for results (default: latest)'] as const;
  connect(
    command('push', {
      summary: 'send the results of a run to the remote cache',
      description:
        'Sends all that a run gave and that is not there yet to the remote cache that kshot.yaml names; in mode read_write kshot run does so by itself.',
      examples: ['kshot push', 'kshot push maml_residual/submitted'],
    }).argument(...run),
    async () => (await import('./commands/cache/push.js')).push,
  );
  connect(
    command('pull', {
      summary: 'fetch the results of a run from the remote cache',
      description:
        'Fetches all that a run gave and that is not here, such as models that no step needed: kshot run fetches what it needs by itself. Exit 1 where something is on neither side.',
      examples: ['kshot pull latest'],
    }).argument(...run),
    async () => (await import('./commands/cache/push.js')).pull,
  );
}

/** Commands that need no project. */
function addCommandsWithoutProject({ command, connect }: CommandBuilder): void {
  connect(
    command('init', {
      summary: 'make a project that runs',
      description:
        'Makes a small experiment that runs at once: with kinds of kshot, or a sweep of a script in Python, with choice on val and evaluation on test. In a folder that has other files it puts its own beside them; none is overwritten.',
      examples: ['kshot init my-sweep --python', 'kshot init'],
    })
      .argument('[DIR]', 'the folder (default: this one)')
      .option('--python', 'train with a script in Python, to put one of your own in its place'),
    async () => (await import('./commands/init.js')).init,
  );
  connect(
    command('kinds', {
      summary: 'what a step can be, with ports and parameters',
      description:
        'Lists the kinds that a step can be; of one kind its inputs, outputs and parameters, with what each is and its default.',
      examples: ['kshot kinds', 'kshot kinds python', 'kshot kinds select --json'],
    }).argument('[KIND]', 'a kind, such as select (default: all, a line each)'),
    async () => (await import('./commands/kinds.js')).showKinds,
  );
  connect(
    command('completion', {
      summary: 'let the shell complete commands, steps, runs and parameters',
      description:
        'Prints a script that lets a shell complete commands, flags, pipelines, steps and nodes, runs, engines, and the paths of parameters after --set. kshot must be on PATH: npm link in the folder of kshot puts it there.',
      examples: [
        'kshot completion bash >> ~/.bashrc',
        'kshot completion zsh >> ~/.zshrc',
        'kshot completion fish > ~/.config/fish/completions/kshot.fish',
      ],
    }).addArgument(new Argument('<SHELL>', 'the shell').choices(shells)),
    async () => (await import('./commands/completion.js')).completion,
  );
}

/** `kshot runs`, which lists them, with what changes them below it. */
function addRunCommands({ command, connect }: CommandBuilder): void {
  const runs = command('runs', {
    summary: 'list, rename and remove runs',
    description:
      'Lists all runs, the latest last: those that executed nothing, failed or were killed, too, and those under way.',
    examples: [
      'kshot runs',
      'kshot runs rename latest paper',
      'kshot runs remove maml_residual/20260107-101500-3f9c',
    ],
  });
  connect(runs, async () => (await import('./commands/runs.js')).runs);
  connect(
    command(
      'rename',
      {
        summary: 'give a run another tag',
        description: 'Gives a run that has ended another tag.',
        examples: ['kshot runs rename latest paper'],
      },
      runs,
    )
      .argument('<OLD>', 'a run, as for results')
      .argument('<NEW>', 'its new tag'),
    async () => (await import('./commands/runs.js')).runsRename,
  );
  connect(
    command(
      'remove',
      {
        summary: 'remove runs',
        description:
          'Removes runs that have ended, all or none. What they computed stays in the cache until kshot gc, other runs keep all their results, and evaluations on test data still count.',
        examples: ['kshot runs remove latest~1', 'kshot runs remove first second'],
      },
      runs,
    ).argument('<RUN...>', 'runs, as for results'),
    async () => (await import('./commands/runs.js')).runsRemove,
  );
}
