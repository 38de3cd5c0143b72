import { own } from '../../base/own-properties.js';
import { formatCount } from '../../base/quantities.js';
import { inReadingOrder, listMetrics } from '../../statistics/metrics.js';
import {
  type Difference,
  type Ends,
  modelAtSetting,
  type SummarisedMetric,
  type SummaryNode,
  type SummaryRow,
  summarisedText,
  summaryNodes,
  undecidedText,
} from './summary-rows.js';

/** Of so many summaries a sentence is said; the others are in the tables. */
const mostSentences = 2;
/** So many models that cannot be told from the best are named. */
const mostNamed = 4;

/**
 * What summaries come to, a sentence each: what leads, by how much, over what, and what cannot be told from it. Figures
 * on test data first; summaries that go through settings of a model only where there are no others.
 */
export function verdictOf(summaries: readonly SummaryRow[]): readonly string[] {
  const nodes = summaryNodes(summaries);
  const said = firstPresent([
    nodes.filter((one) => isOnTest(one) && !one.isSweep),
    nodes.filter((one) => !one.isSweep),
    nodes,
  ]);
  const sentences = said.flatMap(({ node, rows }) => {
    const sentence = sentenceOf(rows);
    return sentence === undefined ? [] : [said.length === 1 ? sentence : `${node}: ${sentence}`];
  });
  return sentences.slice(0, mostSentences);
}

function isOnTest({ rows }: SummaryNode): boolean {
  return rows.some(({ role }) => role === 'test');
}

function firstPresent<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  return lists.find((list) => list.length > 0) ?? [];
}

/** A model with its value in the metric that the sentence is about. */
interface Candidate {
  readonly row: SummaryRow;
  readonly found: SummarisedMetric;
  readonly value: number;
}

function sentenceOf(rows: readonly SummaryRow[]): string | undefined {
  const metric = headlineMetric(rows);
  if (metric === undefined) return undefined;
  const candidates = rows.flatMap((row): readonly Candidate[] => {
    const found = own(row.metrics, metric);
    return found === undefined || found.value === null ? [] : [{ row, found, value: found.value }];
  });
  const leader = candidates.find(({ found }) => found.leader === undefined);
  if (leader === undefined) return undefined;
  const rivals = candidates.filter(({ found }) => found.leader !== undefined);
  // A run of an earlier version, whose summary knew of no leader.
  if (rivals.length !== candidates.length - 1) return undefined;
  const isLower = leader.found.better === 'lower';
  const ordered = rivals.toSorted((one, other) => (one.value - other.value) * (isLower ? 1 : -1));
  return `${standing(metric, leader, ordered)}${directionText(metric, leader, rivals)}.`;
}

/** The first of those whose better value is known, in the order in which metrics are read; else the first. */
function headlineMetric(rows: readonly SummaryRow[]): string | undefined {
  const names = inReadingOrder(rows.flatMap((row) => Object.keys(row.metrics)));
  const isKnown = (name: string) => rows.some(({ metrics }) => (own(metrics, name)?.better ?? null) !== null);
  return names.find(isKnown) ?? names[0];
}

function standing(metric: string, leader: Candidate, rivals: readonly Candidate[]): string {
  const name = modelAtSetting(leader.row);
  const where = leader.row.role === null ? '' : ` on ${leader.row.role} data`;
  const own = `${metric} ${summarisedText(leader.found)}${where}, ${unitsText(leader)}`;
  if (rivals.length === 0) return `${name} has ${own}; nothing stands beside it`;
  const isLower = leader.found.better === 'lower';
  const apartFrom = rivals.filter(({ found }) => found.beside_leader?.distinguishable === 'yes');
  const surpassed = apartFrom.find(({ found }) => isBehind(found.beside_leader, isLower));
  // What lacks seeds may be ahead of the leader over those that both have.
  const ahead = apartFrom.filter(({ found }) => !isBehind(found.beside_leader, isLower));
  const indistinguishable = rivals.filter(({ found }) => found.beside_leader?.distinguishable === 'no');
  const unsaid = rivals.filter(({ found }) => found.beside_leader?.distinguishable === null);
  const apart = [
    ...(ahead.length === 0
      ? []
      : [`${namesOf(ahead)} ${ahead.length === 1 ? 'is' : 'are'} ahead of it where both were measured`]),
    ...(indistinguishable.length === 0 ? [] : [`cannot be told apart from ${namesOf(indistinguishable)}`]),
    ...(unsaid.length === 0
      ? []
      : [`nothing says whether ${namesOf(unsaid)} can be told from it${whyUnsaid(unsaid)}`]),
    ...incomparable(rivals),
  ];
  if (surpassed?.found.beside_leader == null) {
    const superlative = isLower ? 'lowest' : 'highest';
    return [`${name} has the ${superlative} ${own}`, ...apart].join('; ');
  }
  const by = amountText(surpassed.found.beside_leader, isLower);
  const leads = leader.found.better == null ? 'is above' : 'leads';
  return [
    `${name} ${leads} ${modelAtSetting(surpassed.row)} by ${by} in ${metric}${where}, ${unitsText(leader, surpassed.found.beside_leader)}`,
    ...apart,
  ].join('; ');
}

/** Where it is so of all of them: that seeds do not differ, or that users are too few. */
function whyUnsaid(unsaid: readonly Candidate[]): string {
  const reasons = new Set(
    unsaid.map(({ found }) => found.beside_leader && undecidedText(found.beside_leader)),
  );
  const [reason] = reasons;
  return reasons.size === 1 && reason !== undefined ? ` (the difference is ${reason})` : '';
}

function incomparable(rivals: readonly Candidate[]): readonly string[] {
  const others = rivals.filter(({ found }) => found.beside_leader === undefined);
  if (others.length === 0) return [];
  return [`not compared with ${namesOf(others)}, measured on something else`];
}

/** Where a program's metric is taken for one that is to be high, that it is. */
function directionText(metric: string, { found }: Candidate, rivals: readonly Candidate[]): string {
  if (found.better !== null || rivals.length === 0) return '';
  return ` (whether a high ${metric} is good is not known; where it is not, lower_is_better of the summary says so)`;
}

function namesOf(candidates: readonly Candidate[]): string {
  const names = candidates.map(({ row }) => ({ name: modelAtSetting(row) }));
  const more = names.length - mostNamed;
  return listMetrics(more > 1 ? [...names.slice(0, mostNamed), { name: `${more} more` }] : names);
}

/** `170 users`, `only 2 seeds`: what a difference, or a value, is over. */
function unitsText({ row, found }: Candidate, difference?: Difference): string {
  const over = difference?.over ?? row.unit;
  const units =
    difference?.units ?? (over === 'users' ? (row.users ?? row.units) : (found.of?.[0] ?? row.units));
  return `${units < fewUnits ? 'only ' : ''}${formatCount(units, over.replace(/s$/, ''))}`;
}

/** Below these an interval says little. */
const fewUnits = 5;

/** Whether a difference from the leader is one to its advantage. */
function isBehind(difference: Difference | undefined, isLower: boolean): boolean {
  return difference !== undefined && (isLower ? difference.difference > 0 : difference.difference < 0);
}

/** `0.034 [0.016, 0.052]`: by how much the leader is ahead, with its interval. */
function amountText({ difference, difference_interval: ends }: Difference, isLower: boolean): string {
  const digits = digitsOf(difference);
  const amount = Math.abs(difference).toFixed(digits);
  if (ends === null) return amount;
  const ahead: Ends = isLower ? ends : [-ends[1], -ends[0]];
  return `${amount} [${ahead.map((end) => end.toFixed(digits)).join(', ')}]`;
}

/** Digits after the point with which a number has two or three that say something. */
function digitsOf(value: number): number {
  if (value === 0) return 3;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  return Math.min(8, Math.max(0, (magnitude < -1 ? 1 : 2) - magnitude));
}
