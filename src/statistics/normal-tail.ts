/**
 * The share of the standard normal distribution above z, for z from 0; 0 beyond 8, where it is under 1e-15.
 *
 * Source: Marsaglia, Evaluating the Normal Distribution (2004).
 */
export function normalTail(z: number): number {
  if (z > 8) return 0;
  let term = z;
  let series = z;
  for (let odd = 3; series + term !== series; odd += 2) {
    term *= (z * z) / odd;
    series += term;
  }
  return 0.5 - (series * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
