import { kinds } from '../kinds/registry.js';
import { validators } from '../validators.js';
import { serveRequests } from './serve-requests.js';

/** The module that a worker process starts with. */
serveRequests(kinds, (kind, parameters) => {
  const validator = validators[kind];
  if (validator === undefined || validator(parameters)) return [];
  return (validator.errors ?? []).map(
    ({ instancePath, message }) =>
      `${instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is not valid'}`,
  );
});
