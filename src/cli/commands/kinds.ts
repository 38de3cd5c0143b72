import type { Failure } from '../../base/failure.js';
import { suggestion } from '../../base/nearest-name.js';
import { describeKind } from '../../kinds/described-kind.js';
import { kinds } from '../../kinds/registry.js';
import { kindLines, kindList } from '../../ui/views/kind-lines.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot kinds [KIND]`: what a step can be, or one kind with its ports and parameters, on stdout. */
export async function showKinds(options: CommonOptions, name?: string): Promise<number> {
  const terminal = openTerminal(options);
  if (name === undefined) {
    const described = Object.values(kinds)
      .map(describeKind)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    if (terminal.json) terminal.document({ kinds: described });
    else for (const line of kindList(described, terminal.dataStyle)) terminal.show(line);
    return 0;
  }
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    return terminal.fail([unknownKind(name)]);
  }
  const described = describeKind(kind);
  if (terminal.json) terminal.document(described);
  else for (const line of kindLines(described, terminal.dataStyle)) terminal.show(line);
  return 0;
}

function unknownKind(name: string): Failure {
  const names = Object.keys(kinds).sort();
  const ofGroup = name === '' ? [] : names.filter((one) => one.startsWith(`${name}.`));
  const group = ofGroup.length === 0 ? undefined : `these begin so: ${ofGroup.join(', ')}`;
  const hint = group ?? (name === '' ? 'kshot kinds lists all' : suggestion(name, names));
  return {
    reason: 'unknown-kind',
    message: name === '' ? 'the name of the kind is empty' : `there is no kind ${name}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
