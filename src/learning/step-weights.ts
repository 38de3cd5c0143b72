/**
 * What the query losses after each of `innerSteps` inner steps count, by the iteration (from 0): equally much at first,
 * all but the last ever less, and the last alone from iteration `annealed` on, where there is nothing to weigh.
 *
 * Source: Antoniou, Edwards and Storkey, "How to train your MAML" (2019), multi-step loss optimization; their floor of
 * 0.03 / n is left out, so that what remains is MAML.
 */
export function annealedStepWeights(
  innerSteps: number,
  annealed: number,
): (iteration: number) => readonly number[] | undefined {
  return (iteration) => {
    if (iteration >= annealed || innerSteps < 2) return undefined;
    const each = (1 - iteration / annealed) / innerSteps;
    return Array.from({ length: innerSteps }, (_, step) =>
      step === innerSteps - 1 ? 1 - each * (innerSteps - 1) : each,
    );
  };
}
