import { typedOutput } from './typed-output.js';

/** A picture that a program drew. */
export const readFigure = typedOutput({
  content: 'figure',
  summary: 'Reads a picture that a program drew: PNG, SVG or PDF, by what is in it.',
  description: 'The picture, byte for byte.',
  load: () => import('./read-figure-body.js'),
});
