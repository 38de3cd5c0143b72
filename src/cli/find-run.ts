import type { Failure } from '../base/failure.js';
import { failed, type Result, success } from '../base/result.js';
import { suggestion } from '../pipeline/nearest-name.js';
import { identityOf, type RunRecord, readRegister } from '../report/register.js';

/** The run of that tag (or `PIPELINE/TAG`); the latest of the project without one. */
export function findRun(root: string, name?: string): Result<RunRecord, Failure> {
  const { runs } = readRegister(root);
  const latest = runs.at(-1);
  if (latest === undefined) return failed(noResults());
  if (name === undefined) return success(latest);
  const found = runs.filter((one) => one.run === name || identityOf(one) === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return success(only);
  if (only !== undefined) {
    return failed({
      reason: 'usage',
      message: `${found.length} pipelines have a run ${name}`,
      hint: `name one: ${found.map(identityOf).join(', ')}`,
    });
  }
  const hint = suggestion(
    name,
    runs.toReversed().map((one) => (name.includes('/') ? identityOf(one) : one.run)),
  );
  return failed({
    reason: 'no-results',
    message: `there is no run ${name}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What is said where nothing has been run yet. */
export function noResults(): Failure {
  return {
    reason: 'no-results',
    message: 'there are no results yet',
    hint: 'kshot run makes some',
  };
}
