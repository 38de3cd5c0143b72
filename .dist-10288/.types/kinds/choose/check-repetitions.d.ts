import type { Objection, PlannedLists } from '../kind.js';
/**
 * Objects to lists whose elements are not repetitions of one measurement, which their mean and interval would make of
 * them: those that differ in several names, none of which tells them all apart (three rates by three seeds are no nine
 * seeds), and those that would be compared one by one with others of another seed.
 */
export declare function checkRepetitions(lists: PlannedLists): readonly Objection[];
