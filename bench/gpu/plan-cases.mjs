// What is measured, few tasks before many, since the time for all of it is limited.

/**
 * The cases: `{family, label, tasks, seconds, program, options, reference?}`. Of each number of tasks the first case is the
 * wasm engine, whose gradient every other one is held to.
 *
 * @param setting.adapter which WebGPU adapter there is: `hardware`, `software` or `none`
 * @param setting.python as `findPython` gives it
 */
export function planCases({ taskCounts, cores, adapter, python }) {
  const ascending = taskCounts.toSorted((one, other) => one - other);
  const torch = python.absent === undefined;
  const onGpu = torch && python.cuda !== null;
  const wasm = (threads, reference) => ({
    family: reference ? 'wasm' : 'wasm-2',
    label: `wasm, ${threads} thread${threads === 1 ? '' : 's'}`,
    program: 'engine',
    options: { engine: 'wasm', threads },
    seconds: 6,
    reference,
  });
  const webgpu = (form, label, seconds, tasks) => ({
    family: `webgpu-${form}`,
    label: `tfjs:webgpu${label}`,
    program: 'engine',
    // Every call of the engine is checked once; few tasks say as much as many.
    options: { engine: 'tfjs:webgpu', form, threads: 1, tasksChecked: tasks === ascending[0] ? 4 : 0 },
    seconds,
  });
  const pytorch = (form, label, seconds, device = 'auto') => ({
    family: device === 'cpu' && onGpu ? `${form}-cpu` : form,
    label: `PyTorch, ${label}${device === 'cpu' && onGpu ? ', on the CPU' : ''}`,
    program: 'pytorch',
    options: { form, device },
    seconds,
  });
  const loop = (seconds, device) => pytorch('loop', "the notebook's loop", seconds, device);
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a flat list, each line with what it wants
  return ascending.flatMap((tasks) =>
    [
      wasm(cores, true),
      ...(adapter !== 'none' ? [webgpu('fused', '', 12, tasks)] : []),
      ...(torch ? [pytorch('batched', 'batched', 12)] : []),
      ...(onGpu ? [pytorch('batched-graph', 'batched, CUDA graph', 12)] : []),
      ...(onGpu && tasks === ascending[0] ? [loop(12, 'cpu')] : []),
      // A program that stands in for a GPU takes minutes for one of these.
      ...(adapter === 'hardware' ? [webgpu('plain', ', in plain operations', 8, tasks)] : []),
      ...(cores > 2 ? [wasm(2, false)] : []),
      // Of the most tasks it comes last of all, and takes what time is left.
      ...(torch ? [loop(tasks > 500 ? 170 : tasks > 100 ? 40 : 12)] : []),
    ].map((planned) => ({ ...planned, tasks })),
  );
}
