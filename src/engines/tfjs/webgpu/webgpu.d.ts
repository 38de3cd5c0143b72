// The package is optional: where it is not installed, the sources must still be checked.
declare module 'webgpu' {
  export function create(options: string[]): GPU;
  export const globals: object;
}
