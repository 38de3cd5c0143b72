import { largestExitCode } from '../../base/exit-code.js';
import { failuresAsData } from '../../session/failures-as-data.js';
import { diagnose } from '../../session/keeping/diagnosis.js';
import { terminalFacts } from '../../ui/terminal-facts.js';
import { diagnosisLines } from '../../ui/views/diagnosis-view.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot doctor`: what kshot finds where it stands, on stdout; exit 36 where something that it needs is missing. */
export async function doctor(options: CommonOptions & { readonly python?: string }): Promise<number> {
  const terminal = openTerminal(options);
  const diagnosis = await diagnose({ folder: process.cwd(), root: options.root, python: options.python });
  const facts = terminalFacts(options.color);
  const { problems } = diagnosis;
  if (terminal.json) {
    terminal.document({ ...diagnosis, terminal: facts, problems: failuresAsData(problems) });
    return largestExitCode(problems);
  }
  for (const line of diagnosisLines(diagnosis, facts, terminal.dataStyle, terminal.dataWidth))
    terminal.show(line);
  terminal.data(problems.length === 0 ? '\nall that kshot needs is here\n' : '\n');
  return terminal.fail(problems);
}
