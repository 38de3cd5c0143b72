import { FailureError } from '../../base/failure.js';

/** What to write in the place of a checkpoint that cannot be read. */
const hint = 'write it with PyTorch: torch.save(model.state_dict(), path)';

/** A failure that says what is wrong with a checkpoint. */
export function malformed(source: string, problem: string): FailureError {
  return new FailureError({ reason: 'bad-data', message: `${source}: ${problem}`, hint });
}
