import { Command } from 'commander';
import { kshotVersion } from '../run/kshot-version.js';
import { createCommandBuilder, exampleText, withoutExit } from './command-builder.js';
import { addPlanningCommands } from './planning-commands.js';
import { addProjectCommands } from './project-commands.js';
import { addResultCommands } from './result-commands.js';

/**
 * The command line. Each command's module is imported when the command is given, so that none pays for another.
 * `done` is told the exit code.
 */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = withoutExit(new Command('kshot'))
    .description(
      'Few-shot and meta-learning experiments as a graph: run what changed, keep every result, ask SQL.',
    )
    .version(kshotVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      exampleText(['kshot run pipelines/maml_residual.yaml --set params.iterations=200']),
    );
  const builder = createCommandBuilder(program, done);
  addPlanningCommands(builder);
  addResultCommands(builder);
  addProjectCommands(builder);
  return program;
}
