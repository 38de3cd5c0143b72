/** Bytes of the comparison begin and end here. */
export const comparedFrom: number;
export const comparedTo: number;
/** Memory for a kernel whose control area is at `control`, and calls of it, each a name and numbers. */
export function comparison(): {
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly calls: readonly (readonly [name: string, ...numbers: number[]])[];
};
