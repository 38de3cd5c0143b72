import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

/**
 * One module that exports `validators`: kind name -> function that checks the kind's parameters, and
 * `settingsValidator`, which checks kshot.yaml, with ajv compiled away so that no start of kshot pays for it.
 */
export async function compileValidators(output) {
  const { kinds } = await import(pathToFileURL(join(output, 'kinds/registry.js')).href);
  const { settingsDeclaration } = await import(
    pathToFileURL(join(output, 'pipeline/project-settings.js')).href
  );
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addSchema(settingsDeclaration.schema, 'settings');
  const exported = { settingsValidator: 'settings' };
  const names = Object.keys(kinds).sort();
  for (const [index, name] of names.entries()) {
    ajv.addSchema(kinds[name].parameters.schema, `kind-${index}`);
    exported[`kind${index}`] = `kind-${index}`;
  }
  const code = standalone.default(ajv, exported);
  const map = names.map((name, index) => `${JSON.stringify(name)}: kind${index}`).join(', ');
  const bundled = await build({
    stdin: {
      contents: `${code}\nexport const validators = { ${map} };`,
      resolveDir: join(output, '..'),
      loader: 'js',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'warning',
  });
  return bundled.outputFiles[0].text;
}
