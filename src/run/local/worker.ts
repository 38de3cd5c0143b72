import { kinds } from '../../kinds/registry.js';
import { serveRequests } from './serve-requests.js';

/** The module that a worker process starts with. */
serveRequests(kinds);
