import { type Figure } from './figure.js';
import { type SettingGroup } from './setting-groups.js';
/** More cells in a row than this leave no place for their numbers. */
export declare const mostHeatColumns = 8;
/**
 * Two settings against one another, such as the inner rate and the number of steps. Where K, steps and rate all vary,
 * K and the rate at the number of steps that has the highest value.
 */
export declare function heatMapFigures(groups: readonly SettingGroup[]): readonly Figure[];
/** One of the two things that a heat map is over. */
export interface HeatAxis {
    readonly name: string;
    readonly title: string;
    /** In a sentence. */
    readonly words: string;
    /** In their order. */
    readonly values: readonly (number | string)[];
}
/** The values of a metric over two things. */
export interface HeatMap {
    /** What is measured. */
    readonly name: string;
    readonly role: string | null;
    readonly metric: string;
    readonly across: HeatAxis;
    readonly down: HeatAxis;
    readonly cells: readonly {
        readonly across: number | string | null;
        readonly down: number | string | null;
        readonly value: number;
        readonly low: number | null;
        readonly high: number | null;
    }[];
    /** What the values are over, for the caption. */
    readonly sample: string;
    /** Whether values are means of several, which have no intervals. */
    readonly isMean: boolean;
}
/** A heat map as a figure: its cells with their values, the highest outlined. */
export declare function drawnHeatMap({ name, role, metric, across, down, cells: values, sample, isMean, }: HeatMap): Figure;
