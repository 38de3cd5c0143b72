/** The middle 95 % of something. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}
