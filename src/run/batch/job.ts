import { kinds } from '../../kinds/registry.js';
import { servePool } from './serve-pool.js';

/** The module that a job starts with: the folder of its pool, and its id. */
const [folder = '', job = ''] = process.argv.slice(2);
// Not awaited: what the bodies load waits for this module to be there.
void servePool(kinds, folder, job).then((exitCode) => process.exit(exitCode));
