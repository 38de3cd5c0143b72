import { kinds } from '../../../dist/kinds/registry.js';
import { servePool } from '../../../dist/run/batch/serve-pool.js';
import { testKinds } from './test-kinds.mjs';

const [folder, job] = process.argv.slice(2);
process.exit(await servePool({ ...kinds, ...testKinds }, folder, job));
