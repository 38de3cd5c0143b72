/** The Python that was chosen for a project: of its steps in Python and of the engine torch. No key holds its path. */
export interface ChosenPython {
  /** Absolute. */
  readonly program: string;
  /** What says so. */
  readonly from: '--python' | 'kshot.yaml' | 'VIRTUAL_ENV';
}

/** The Python that was chosen, where it goes before what a step would start; only `--python` goes before a step's own. */
export function pythonBefore(chosen: ChosenPython | undefined, isStepsOwn: boolean): string | undefined {
  return isStepsOwn && chosen?.from !== '--python' ? undefined : chosen?.program;
}
