let loads = 0;
let before: string | undefined;

/**
 * Loads modules of React. Each part of it chooses when it is loaded how much it checks, and all must choose the same;
 * no process that is started later is to inherit the choice.
 *
 * @param load imports by literal `import()`
 */
export async function loadInProduction<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  if (loads === 0) before = process.env['NODE_ENV'];
  loads += 1;
  process.env['NODE_ENV'] = 'production';
  try {
    return await load();
  } finally {
    loads -= 1;
    if (loads === 0) {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    }
  }
}
