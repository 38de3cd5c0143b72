import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/files/atomic-file.js';
import { makeFolders } from '../../base/files/make-folders.js';
import { pipelineSchema } from '../../pipeline/json-schema.js';
import { settingsSchema } from '../../pipeline/project-settings.js';
import { eventsSchema } from '../../ui/events-schema.js';
import { projectOf } from '../open-project.js';
import { type CommonOptions, openTerminal } from '../terminal.js';

export interface SchemaOptions extends CommonOptions {
  readonly check?: boolean;
}

/** `kshot schema`: writes `schemas/*.json`; with `--check` only says whether they are as they would be written. */
export async function schema(options: SchemaOptions): Promise<number> {
  const terminal = openTerminal(options);
  const project = await projectOf(options);
  if (!project.ok) return terminal.fail(project.failure);
  const folder = join(project.value.root, 'schemas');
  const files = [
    { name: 'pipeline.schema.json', text: asText(pipelineSchema()) },
    { name: 'project.schema.json', text: asText(settingsSchema()) },
    { name: 'events.schema.json', text: asText(eventsSchema) },
  ];
  const stale = files.filter(({ name, text }) => {
    const path = join(folder, name);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  const paths = stale.map(({ name }) => `schemas/${name}`);
  const isCheck = options.check === true;
  if (!isCheck) {
    makeFolders(folder);
    for (const { name, text } of stale) writeFileAtomic(join(folder, name), text);
  }
  if (terminal.json) terminal.document(isCheck ? { stale: paths } : { wrote: paths });
  else {
    for (const path of paths) {
      terminal.data(isCheck ? `${path} is not what kshot schema writes\n` : `wrote ${path}\n`);
    }
  }
  return isCheck && stale.length > 0 ? 1 : 0;
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
