import { completionScripts, type Shell } from '../completion/completion-scripts.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

/** `kshot completion SHELL`: what makes a shell complete kshot's command line, on stdout. */
export async function completion(options: CommonOptions, shell: Shell): Promise<number> {
  openTerminal(options).data(completionScripts[shell]);
  return 0;
}
