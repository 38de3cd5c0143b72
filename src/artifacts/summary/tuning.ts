import { leavesOf } from '../../base/files/tree.js';
import { isJsonObject, type Json } from '../../base/json.js';
import type { GraphNode } from '../../pipeline/graph/graph.js';

/** The document of a choice: which row it took, and what it had to leave out. */
export interface ChosenRow {
  readonly node: string;
  readonly row: Json;
}

/** What the figure of a model was tuned on: how many settings there were to choose from, by how many users. */
export interface TuningBudget {
  /** Node of kind `summary`, and the input that the model came in by. */
  readonly node: string;
  readonly input: string;
  readonly settings: number;
  /** The fewest of any of its choices; null where one of them does not tell. */
  readonly users: number | null;
}

/** A choice that was made. */
type Choice = Pick<TuningBudget, 'settings' | 'users'>;

/**
 * The budget of each input of each summary: of all choices upstream of it, whether they chose a checkpoint or a
 * setting, which is how often its figure could have come out better by chance on val. Of a list, such as one of seeds,
 * that of the element with the most.
 *
 * @param nodes in an order in which what a node needs comes earlier
 */
export function tuningBudgets(
  nodes: readonly Pick<GraphNode, 'id' | 'kind' | 'inputs'>[],
  chosen: readonly ChosenRow[],
): readonly TuningBudget[] {
  const choices = new Map(
    chosen.flatMap(({ node, row }) => {
      const choice = choiceOf(row);
      return choice === undefined ? [] : [[node, choice] as const];
    }),
  );
  /** By node, the choices that it rests on. */
  const upstream = new Map<string, ReadonlySet<string>>();
  const above = (id: string): ReadonlySet<string> =>
    new Set([...(upstream.get(id) ?? []), ...(choices.has(id) ? [id] : [])]);
  const budgets: TuningBudget[] = [];
  for (const { id, kind, inputs } of nodes) {
    const sources = Object.values(inputs).flatMap((tree) => [...leavesOf(tree)].map(({ leaf }) => leaf.node));
    upstream.set(id, new Set([...new Set(sources)].flatMap((source) => [...above(source)])));
    if (kind !== 'summary') continue;
    for (const [input, tree] of Object.entries(inputs)) {
      const elements = [...leavesOf(tree)].map(({ leaf }) =>
        [...above(leaf.node)].flatMap((node) => choices.get(node) ?? []),
      );
      const totals = elements.map((own) => totalOf(own));
      const most = totals.toSorted((one, other) => other.settings - one.settings)[0];
      if (most !== undefined) budgets.push({ node: id, input, ...most });
    }
  }
  return budgets;
}

function choiceOf(row: Json): Choice | undefined {
  const choice = isJsonObject(row) ? row['choice'] : undefined;
  if (!isJsonObject(choice) || typeof choice['among'] !== 'number') return undefined;
  const { users } = choice;
  return { settings: choice['among'], users: typeof users === 'number' ? users : null };
}

/** A choice between one is none. */
function totalOf(choices: readonly Choice[]): Choice {
  const made = choices.filter(({ settings }) => settings > 1);
  const users = made.map((choice) => choice.users);
  return {
    settings: made.reduce((sum, { settings }) => sum + settings, 0),
    users: users.length === 0 || users.includes(null) ? null : Math.min(...(users as readonly number[])),
  };
}
