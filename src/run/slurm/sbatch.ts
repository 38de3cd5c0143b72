import { join } from 'node:path';
import type { BatchJobs, Submission } from '../batch/batch-system.js';
import type { CommandAnswer } from './run-command.js';

/** The words of `sbatch` for jobs whose script is on its standard input. */
export function sbatchWords({ name, count, demand, folder, logFolder }: BatchJobs): readonly string[] {
  const { cpus, gpus, memoryBytes, timeSeconds, options } = demand;
  const { partition, account, qos, constraint, reservation, gpu_type: type, throttle, extra = [] } = options;
  const limit = options.timeSeconds ?? (timeSeconds === undefined ? undefined : timeSeconds + graceSeconds);
  const word = (option: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${option}=${value}`];
  return [
    '--parsable',
    `--job-name=${name}`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    // Without a letter some sites take other units.
    ...word('mem', memoryBytes === undefined ? undefined : `${Math.ceil(memoryBytes / 2 ** 20)}M`),
    ...word('gres', gpus === 0 ? undefined : `gpu:${type === undefined ? '' : `${type}:`}${gpus}`),
    ...word('time', limit === undefined ? undefined : Math.ceil(limit / 60)),
    ...word(
      'array',
      count === 1 ? undefined : `0-${count - 1}${throttle === undefined ? '' : `%${throttle}`}`,
    ),
    ...word('partition', partition),
    ...word('account', account),
    ...word('qos', qos),
    ...word('constraint', constraint),
    ...word('reservation', reservation),
    `--chdir=${folder}`,
    `--output=${join(logFolder.replaceAll('%', '%%'), count === 1 ? '%j.out' : '%A_%a.out')}`,
    '--open-mode=append',
    '--export=ALL',
    '--requeue',
    ...extra,
  ];
}

/** What a step's own time needs to end it in order before Slurm does so. */
const graceSeconds = 60;

/** What a job executes: the command, with its id; then it leaves the exit code. */
export function scriptOf({ name, command, endedFolder }: BatchJobs): string {
  // Slurm's signal reaches this shell too, which must live on to say how it ended.
  return `#!/bin/sh
# Submitted by kshot; ${name.replaceAll(/[^\w.-]/g, '_')}.
job=$SLURM_JOB_ID
if [ -n "$SLURM_ARRAY_TASK_ID" ]; then job=\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; fi
# Put back into the queue, it has not ended after all.
rm -f ${quoted(endedFolder)}/"$job"
trap 'kill -TERM $child 2>/dev/null' TERM
${command.map(quoted).join(' ')} "$job" &
child=$!
wait $child
code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
printf '%s' "$code" > ${quoted(endedFolder)}/."$job" && mv ${quoted(endedFolder)}/."$job" ${quoted(endedFolder)}/"$job"
exit "$code"
`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Messages of a queue that has no room for more of this user's jobs, at least now. */
const limits =
  /QOSMax|AssocMax|AssocGrp|QOSGrp|MaxSubmit|job submit limit|accounting\/QOS policy|violates accounting|too many jobs|MaxJobCount|Job violates/i;
/** Messages of a queue that cannot be reached, or is busy. */
const transient =
  /timed out|timeout|unable to contact|connection refused|connection reset|temporarily|try again|zero bytes|transport|slurmctld|communication|protocol authentication|not responding|resource busy/i;

/** What `sbatch` said to so many jobs. */
export function submissionOf({ exitCode, stdout, stderr }: CommandAnswer, count: number): Submission {
  // Plugins of a site print what they like before the id, and after it stands the cluster.
  const id = stdout
    .split('\n')
    .map((line) => /^(\d+)(?:;\S+)?$/.exec(line.trim())?.[1])
    .findLast((found) => found !== undefined);
  if (exitCode === 0 && id !== undefined) {
    const jobs = count === 1 ? [id] : Array.from({ length: count }, (_, index) => `${id}_${index}`);
    return { type: 'submitted', jobs };
  }
  const message =
    messageOf(stderr) || messageOf(stdout) || `sbatch ended with exit code ${exitCode ?? 'none'}`;
  if (limits.test(message)) return { type: 'later', isLimit: true, message };
  if (exitCode === undefined || transient.test(message)) return { type: 'later', isLimit: false, message };
  return { type: 'refused', message };
}

function messageOf(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^sbatch: (?:error: )?/, '').trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join('; ');
}
