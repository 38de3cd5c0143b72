import { type Optimizer } from './optimizer.js';
/**
 * Gradient descent with momentum, without dampening, as PyTorch has it: `velocity = momentum * velocity + gradient`,
 * then `parameters -= rate * velocity`; plain descent at momentum 0.
 *
 * Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning"
 * (2013), with the rate outside the velocity.
 */
export declare function sgd(rate: number, momentum: number): Optimizer;
