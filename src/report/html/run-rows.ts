import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../base/json.js';
import { type Database, sqlName, withDatabase } from '../../tables/database.js';
import { parquetFile } from '../../tables/parquet.js';
import { resultSchemas } from '../../tables/result-schemas.js';

/** A parameter of a node as the user gave it. */
export interface ParameterRow {
  readonly node: string;
  readonly name: string;
  readonly value: Json;
}

/** A file that a node read. */
export interface LineageRow {
  readonly node: string;
  readonly input: string;
  readonly source_node: string | null;
  readonly source_output: string | null;
  /** `train val`; empty for a catalogue. */
  readonly roles: string;
  /** Outside the cache. */
  readonly file: string | null;
  readonly digest: string | null;
}

/** The mean of one value of a node's training over neighbouring iterations. */
export interface CurveRow {
  readonly node: string;
  readonly step: string;
  /** What it is, such as `loss`. */
  readonly name: string;
  /** `failed` or `cancelled`, where the node has no result and this is how far it came. */
  readonly unfinished: string | null;
  /** The last iteration of the mean. */
  readonly iteration: number;
  readonly value: number;
}

/** How far the training of a step is told in detail: iterations for each of its `CurveRow`s. */
export interface HistoryReach {
  readonly node: string;
  readonly step: string;
  readonly unfinished: string | null;
  readonly iterations: number;
  readonly last_iteration: number;
  readonly iterations_per_row: number;
}

/** How far all parameters together moved in one episode. */
export interface EpisodeDriftRow {
  readonly node: string;
  readonly role: string | null;
  readonly k: number;
  readonly steps: number;
  readonly episode_id: number;
  /** Euclidean norm over all parameters of the change, divided by that of the parameters before. */
  readonly relative_change: number;
}

/** What a report shows beyond the figures of report.json, from the tables of a run. */
export interface RunRows {
  readonly parameters: readonly ParameterRow[];
  readonly lineage: readonly LineageRow[];
  readonly history: readonly HistoryReach[];
  readonly curves: readonly CurveRow[];
  /** Of each node at its greatest K and, there, most steps: what a histogram is made of. */
  readonly drift: readonly EpisodeDriftRow[];
}

/** Points of a curve beyond which neighbours are drawn as their mean. */
const mostPointsOfCurve = 600;
/** Episodes of a node beyond which its histogram is of the first so many. */
const mostEpisodes = 100_000;

/**
 * Reads them from a run's folder of tables, which must have been verified; small whatever the run was.
 *
 * @param settings columns that are about the node of a row, and no values of its training
 */
export async function readRunRows(tables: string, settings: readonly string[]): Promise<RunRows> {
  return await withDatabase({ threads: 1 }, async (database) => {
    for (const table of ['params', 'lineage', 'history', 'drift'] as const) {
      await openTable(database, tables, table);
    }
    const rows = async <Row>(sql: string) => (await database.rows(sql)) as unknown as readonly Row[];
    const parameters = await rows<{ node: string; name: string; value: string }>(
      'SELECT node, name, value FROM params ORDER BY node, name',
    );
    const about = ['run', 'node', 'step', 'unfinished', 'iteration', ...settings];
    const described = await database.rows('DESCRIBE history');
    const names = described.map((row) => String(row['column_name'])).filter((name) => !about.includes(name));
    const valueNames = names.map(sqlName).join(', ');
    const valueColumns = names
      .map((name) => `TRY_CAST(${sqlName(name)} AS DOUBLE) AS ${sqlName(name)}`)
      .join(', ');
    const histories = `
      WITH steps AS (
        SELECT step, greatest(1, ceil(max(iteration) / ${mostPointsOfCurve})) AS iterations_per_row
        FROM history GROUP BY step)`;
    return {
      parameters: parameters.map(({ node, name, value }) => ({
        node,
        name,
        value: JSON.parse(value) as Json,
      })),
      lineage: await rows<LineageRow>(
        `SELECT node, input, source_node, source_output, coalesce(roles, '') AS roles, file, digest
         FROM lineage ORDER BY node, input`,
      ),
      history: await rows<HistoryReach>(
        `${histories}
         SELECT node, step, unfinished, count(*) AS iterations, max(iteration) AS last_iteration,
                CAST(any_value(iterations_per_row) AS INTEGER) AS iterations_per_row
         FROM history JOIN steps USING (step) GROUP BY ALL ORDER BY step, last_iteration, node`,
      ),
      // One thread takes the means in the order of rows, so that the same run gives the same bytes.
      curves: await rows<CurveRow>(
        `${histories},
         values AS (
           UNPIVOT (SELECT node, step, unfinished, iteration, ${valueColumns} FROM history)
           ON ${valueNames} INTO NAME name VALUE value)
         SELECT node, step, unfinished, name, max(iteration) AS iteration, avg(value) AS value
         FROM (SELECT * FROM values WHERE isfinite(value) ORDER BY node, name, iteration) JOIN steps USING (step)
         GROUP BY node, step, unfinished, name, ceil(iteration / iterations_per_row) ORDER BY step, name, node, iteration`,
      ),
      drift: await rows<EpisodeDriftRow>(
        `SELECT node, role, k, steps, episode_id,
                sqrt(sum(norm_of_change ** 2)) / sqrt(sum(norm_before ** 2)) AS relative_change
         FROM (SELECT * FROM drift ORDER BY node, k, steps, episode_id, tensor)
         GROUP BY node, role, k, steps, episode_id
         HAVING sum(norm_before ** 2) > 0
         QUALIFY dense_rank() OVER (PARTITION BY node ORDER BY k DESC, steps DESC) = 1
             AND row_number() OVER (PARTITION BY node, k, steps ORDER BY episode_id) <= ${mostEpisodes}
         ORDER BY node, k, steps, episode_id`,
      ),
    };
  });
}

/** The tables in a run's folder of tables that hold nothing. */
export async function readEmptyTables(folder: string): Promise<readonly string[]> {
  return await withDatabase({ threads: 1 }, async (database) => {
    const empty: string[] = [];
    for (const name of Object.keys(resultSchemas)) {
      const path = join(folder, `${name}.parquet`);
      if (!existsSync(path)) continue;
      const [row] = await database.rows(`SELECT count(*) AS count FROM ${parquetFile(path)}`);
      if (Number(row?.['count']) === 0) empty.push(name);
    }
    return empty;
  });
}

/** A table of the run, empty where the run has no such file: an earlier version of kshot wrote fewer. */
async function openTable(
  database: Database,
  folder: string,
  table: 'params' | 'lineage' | 'history' | 'drift',
): Promise<void> {
  const { columns } = resultSchemas[table];
  const definition = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  await database.run(`CREATE TABLE ${table} (${definition.join(', ')})`);
  const path = join(folder, `${table}.parquet`);
  if (!existsSync(path)) return;
  for (const { column_name: name, column_type: type } of await database.rows(
    `DESCRIBE FROM ${parquetFile(path)}`,
  )) {
    if (Object.hasOwn(columns, String(name))) continue;
    await database.run(`ALTER TABLE ${table} ADD COLUMN ${sqlName(String(name))} ${type}`);
  }
  await database.run(`INSERT INTO ${table} BY NAME FROM ${parquetFile(path)}`);
}
