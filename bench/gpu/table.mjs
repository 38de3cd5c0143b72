// The figures as a table in Markdown, and what they say beside each other.

/** Median, least and most of what was measured. */
export function spread(milliseconds) {
  if (milliseconds.length === 0) return {};
  const sorted = milliseconds.toSorted((one, other) => one - other);
  return {
    median: (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2,
    best: sorted[0],
    worst: sorted.at(-1),
  };
}

const count = (number) => number.toLocaleString('en-US');
const digits = (milliseconds) =>
  milliseconds >= 1000 ? count(Math.round(milliseconds)) : milliseconds.toPrecision(3);

const factor = (ratio) => (ratio >= 10 ? count(Math.round(ratio)) : ratio.toPrecision(2));

/** The whole table, with the machine above it and what was wrong, missing or partial below it. */
export function tableOf({ machine, adapter, pytorch, settings, items, rows }) {
  const taskCounts = [...new Set(rows.map(({ tasks }) => tasks))].sort((one, other) => one - other);
  const labels = [...new Set(rows.map(({ label }) => label))];
  const cell = (label, tasks) => {
    const row = rows.find((one) => one.label === label && one.tasks === tasks);
    if (row === undefined || row.median === undefined) return '';
    if (row.wrong) return 'wrong';
    const part = row.tasks_timed === undefined ? '' : ', in part';
    return `${digits(row.median)} (${digits(row.best)} to ${digits(row.worst)}${part})`;
  };
  const error = (label) => {
    const errors = rows.flatMap((row) => (row.label === label ? (row.gradientError ?? []) : []));
    return errors.length === 0 ? '' : Math.max(...errors).toExponential(1);
  };
  const device = (label) => rows.find((row) => row.label === label && row.device !== undefined)?.device ?? '';
  const notes = rows.flatMap((row) => {
    const name = `${row.label}, ${count(row.tasks)} tasks`;
    const found = [];
    if (row.failed !== undefined) found.push(`${name}: not measured, ${row.failed}.`);
    if (row.dispatches !== undefined) {
      found.push(`${name}: ${count(row.dispatches)} dispatches in the first meta-gradient.`);
    }
    if (row.tasks_at_once !== undefined) found.push(`${name}: ${count(row.tasks_at_once)} tasks at once.`);
    if (row.tasks_timed !== undefined) {
      found.push(
        `${name}: measured on the first ${count(row.tasks_timed)} tasks and scaled to all; its gradient is not checked.`,
      );
    }
    return found;
  });
  return [
    `Milliseconds per meta-iteration, second order, ${settings.inner_steps} inner steps, K = ${settings.k}, Q = ${settings.q}, ${items} items, model ${settings.embedding} x ${settings.hidden}; clipping and Adam included, warm; median (least to most).`,
    '',
    ...machine.lines.map((line) => `- ${line}`),
    ...(adapter === undefined
      ? []
      : [`- WebGPU adapter: ${adapter.names.join(', ') || adapter.device}; driver: ${adapter.driver}`]),
    ...(pytorch.absent === undefined
      ? [`- PyTorch ${pytorch.torch}${pytorch.cuda ? `, CUDA ${pytorch.cuda}` : ''}, float32 (TF32 off)`]
      : [`- PyTorch: not measured, ${pytorch.absent}`]),
    '',
    `| | on | ${taskCounts.map((tasks) => `${count(tasks)} tasks`).join(' | ')} | gradient, relative error against \`wasm\` |`,
    `|---|---|${taskCounts.map(() => '---|').join('')}---|`,
    ...labels.map(
      (label) =>
        `| ${label} | ${device(label)} | ${taskCounts.map((tasks) => cell(label, tasks)).join(' | ')} | ${error(label)} |`,
    ),
    '',
    ...notes.map((note) => `- ${note}`),
    ...comparisons(rows).map((line) => `- ${line}`),
    '',
    ...checksOf(rows),
    ...programsOf(rows),
  ].join('\n');
}

/** Every call of the engine beside the float64 reference. */
function checksOf(rows) {
  const checked = rows.filter(({ checks }) => checks !== undefined);
  const [first] = checked;
  if (first === undefined) return [];
  return [
    `| relative error against \`reference\` | ${checked.map(({ label }) => label).join(' | ')} |`,
    `|---|${checked.map(() => '---|').join('')}`,
    ...first.checks.map(
      ({ call }, index) =>
        `| ${call} | ${checked.map(({ checks }) => checks[index].error.toExponential(1)).join(' | ')} |`,
    ),
    '',
  ];
}

/** Where the time of a meta-gradient goes: each program, timed alone by the device. */
function programsOf(rows) {
  const profiled = rows.filter(({ programs }) => programs !== undefined);
  if (profiled.length === 0) return [];
  const names = [...new Set(profiled.flatMap(({ programs }) => programs.map(({ name }) => name)))];
  const cell = ({ programs }, name) => {
    const { dispatches, milliseconds } = programs.find((program) => program.name === name) ?? {};
    return dispatches === undefined ? '' : `${digits(milliseconds)} (${dispatches})`;
  };
  const whole = ({ programs }) => programs.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [
    `| program: ms of a meta-gradient (times started) | ${profiled.map(({ tasks }) => `${count(tasks)} tasks`).join(' | ')} |`,
    `|---|${profiled.map(() => '---|').join('')}`,
    ...names.map((name) => `| ${name} | ${profiled.map((row) => cell(row, name)).join(' | ')} |`),
    `| all | ${profiled.map((row) => digits(whole(row))).join(' | ')} |`,
    '',
  ];
}

/** How the GPU engine stands beside each other form, where both were measured. */
export function comparisons(rows) {
  const median = (family, tasks) => {
    const row = rows.find((one) => one.family === family && one.tasks === tasks && !one.wrong);
    return row?.median;
  };
  const others = [
    ['webgpu-plain', 'itself in plain operations'],
    ['wasm', '`wasm` on all cores'],
    ['loop', "PyTorch's loop"],
    ['batched', "PyTorch's batched form"],
    ['batched-graph', "PyTorch's batched form as a CUDA graph"],
  ];
  return [...new Set(rows.map(({ tasks }) => tasks))].flatMap((tasks) => {
    const own = median('webgpu-fused', tasks);
    if (own === undefined) return [];
    const ratios = others.flatMap(([family, name]) => {
      const other = median(family, tasks);
      return other === undefined ? [] : [`${factor(other / own)} times as fast as ${name}`];
    });
    return ratios.length === 0 ? [] : [`At ${count(tasks)} tasks tfjs:webgpu is ${ratios.join(', ')}.`];
  });
}
