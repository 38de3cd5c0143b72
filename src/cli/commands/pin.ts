import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface PinOptions extends CommonOptions {
  readonly remove?: boolean;
}

/** `kshot pin [RUN...]`: pins runs, so that `gc` keeps what they reach, or takes the pins away; lists those there are. */
export async function pin(options: PinOptions, names: readonly string[]): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const remove = options.remove === true;
  if (remove && names.length === 0) {
    return terminal.fail([
      { reason: 'usage', message: '--remove needs a run', hint: 'kshot pin lists the runs that are pinned' },
    ]);
  }
  const changed = await project.value.pin(remove ? { unpin: names } : { pin: names });
  if (!changed.ok) return terminal.fail(changed.failure);
  const pinned = changed.value;
  if (terminal.json) terminal.document({ pinned });
  else if (pinned.length === 0) terminal.say('no run is pinned');
  else terminal.data(pinned.map((run) => `${run}\n`).join(''));
  return 0;
}
