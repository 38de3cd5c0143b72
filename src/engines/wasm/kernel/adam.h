/**
 * A step of Adam, as `stepOfAdam` of adam.ts has it, to the bit: in float64, each operation rounded. No vector may be
 * another's memory.
 */
EXPORTED void adam(
    float *restrict parameters, const float *restrict gradient, float *restrict firstMoment,
    float *restrict secondMoment, long count, double beta1, double beta2, double stepSize, double rootOfCorrection,
    double epsilon) {
  for (long i = 0; i < count; i++) {
    double slope = gradient[i];
    double first = beta1 * firstMoment[i] + (1 - beta1) * slope;
    double second = beta2 * secondMoment[i] + (1 - beta2) * slope * slope;
    firstMoment[i] = (float)first;
    secondMoment[i] = (float)second;
    double step = (stepSize * first) / (__builtin_sqrt(second) / rootOfCorrection + epsilon);
    parameters[i] = (float)(parameters[i] - step);
  }
}
