// What is measured, in an order that puts first what matters most, since the time for all of it is limited.

/**
 * The cases: `{family, label, tasks, seconds, program, options, reference?}`. Of each number of tasks the first case is the
 * wasm engine, whose gradient every other one is held to.
 *
 * @param setting.webgpuEngines names of the engines that compute on the WebGPU adapter; none where there is no adapter
 * @param setting.python as `findPython` gives it
 */
export function planCases({ taskCounts, cores, webgpuEngines, python }) {
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
  const engine = (name) => ({
    family: name,
    label: name,
    program: 'engine',
    options: { engine: name, threads: 1 },
    seconds: 12,
  });
  const pytorch = (form, label, seconds, device = 'auto') => ({
    family: device === 'cpu' && onGpu ? `${form}-cpu` : form,
    label: `PyTorch, ${label}${device === 'cpu' && onGpu ? ', on the CPU' : ''}`,
    program: 'pytorch',
    options: { form, device },
    seconds,
  });
  const every = (planned) => taskCounts.map((tasks) => ({ ...planned, tasks }));
  const loop = (tasks, seconds, device) => ({
    ...pytorch('loop', "the notebook's loop", seconds, device),
    tasks,
  });
  const most = Math.max(...taskCounts);
  const fewer = taskCounts.filter((tasks) => tasks < most);
  return [
    ...every(wasm(cores, true)),
    ...webgpuEngines.flatMap((name) => every(engine(name))),
    ...(torch ? every(pytorch('batched', 'batched', 12)) : []),
    ...(onGpu ? every(pytorch('batched-graph', 'batched, CUDA graph', 12)) : []),
    ...(torch ? fewer.map((tasks) => loop(tasks, tasks > 100 ? 40 : 12)) : []),
    ...(onGpu ? [loop(Math.min(...taskCounts), 12, 'cpu')] : []),
    ...(cores > 2 ? every(wasm(2, false)) : []),
    // Takes what time is left.
    ...(torch ? [loop(most, 170)] : []),
  ];
}
