import { kinds } from '../../../dist/kinds/registry.js';
import { serveRequests } from '../../../dist/run/local/serve-requests.js';
import { testKinds } from './test-kinds.mjs';

serveRequests({ ...kinds, ...testKinds });
