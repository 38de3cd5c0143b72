import { malformed } from '../pytorch/malformed.js';
import { parameterLayout } from './parameter-layout.js';

/** A tensor as far as matching its name and shape goes. */
export interface TensorHead {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface MappedTensors<Tensor> {
  readonly embedding: number;
  readonly hidden: number;
  /** By the name of the built-in GRU's parameter. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const gruNames = ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'];

/**
 * Says which tensor of a state dict is which parameter of the built-in GRU: the GRU's by the last part of their names,
 * which PyTorch gives them; the embedding `[items, embedding]` and the output layer `[items, hidden]` and `[items]` by
 * their shapes, and where shapes leave a choice, by the names that the built-in model has, or `emb` in the name.
 *
 * @param source the file as the user knows it
 * @throws FailureError `bad-data` that lists all tensors where some are missing, left over or cannot be told apart
 */
export function mapTensors<Tensor extends TensorHead>(
  tensors: readonly Tensor[],
  source: string,
): MappedTensors<Tensor> {
  const refuse = (problem: string) => {
    const list = tensors.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ');
    return malformed(
      source,
      `${problem}; wanted: an embedding, one nn.GRU layer of one direction, and a linear layer over the items; found: ${list}`,
    );
  };
  const one = (found: readonly Tensor[], what: string): Tensor => {
    const [only, another] = found;
    if (only === undefined) throw refuse(`it has no ${what}`);
    if (another === undefined) return only;
    throw refuse(`more than one tensor may be the ${what}: ${found.map(({ name }) => name).join(', ')}`);
  };
  const gru = gruNames.map((name) =>
    one(
      tensors.filter((tensor) => lastPart(tensor) === name),
      name,
    ),
  );
  const [inputWeights, hiddenWeights] = gru;
  const embedding = inputWeights?.shape[1] ?? 0;
  const hidden = hiddenWeights?.shape[1] ?? 0;
  const rest = tensors.filter((tensor) => !gru.includes(tensor));
  const matrices = rest.filter(({ shape }) => shape.length === 2);
  const withColumns = (columns: number) => matrices.filter(({ shape }) => shape[1] === columns);
  const isEmbedding = ({ name }: TensorHead) => /emb/i.test(name);
  // Of one width, only their names tell the embedding from the output layer.
  const choose = (found: readonly Tensor[], fits: (tensor: Tensor) => boolean) =>
    found.length > 1 ? found.filter(fits) : found;
  const table = one(choose(withColumns(embedding), isEmbedding), `embedding [items, ${embedding}]`);
  const weight = one(
    choose(withColumns(hidden), (tensor) => !isEmbedding(tensor)).filter((tensor) => tensor !== table),
    `weight [items, ${hidden}] of the output layer`,
  );
  const bias = one(
    rest.filter(({ shape }) => shape.length === 1 && shape[0] === weight.shape[0]),
    `bias [${weight.shape[0]}] of the output layer`,
  );
  const left = rest.filter((tensor) => ![table, weight, bias].includes(tensor));
  if (left.length > 0) throw refuse(`the built-in GRU has no ${left.map(({ name }) => name).join(', ')}`);
  // What items there are is for the caller to say; the layout lists embedding, GRU and output layer in this order.
  const layout = parameterLayout({ items: 0, embedding, hidden });
  const mapped = [table, ...gru, weight, bias].map((tensor, index) => {
    const wanted = layout[index]!;
    if (index > 0 && index <= gru.length && tensor.shape.join() !== wanted.shape.join()) {
      throw refuse(`${tensor.name} should be [${wanted.shape.join(', ')}]`);
    }
    return [wanted.name, tensor] as const;
  });
  return { embedding, hidden, tensors: new Map(mapped) };
}

function lastPart({ name }: TensorHead): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
