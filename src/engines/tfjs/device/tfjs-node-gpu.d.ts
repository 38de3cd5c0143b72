// The package is optional: where it is not installed, the sources must still be checked. Only its side effect is used.
declare module '@tensorflow/tfjs-node-gpu';
