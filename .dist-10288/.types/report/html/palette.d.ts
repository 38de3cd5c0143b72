/** Names of the colours of a report, of its page and its figures alike. */
export type ColourName = keyof typeof lightColours;
/**
 * The colours on white. Figures are drawn with these, so no two may be equal: in the page each is replaced by the CSS
 * variable of its name. The six of series stay apart for the common colour-vision deficiencies (after Okabe and Ito,
 * darkened until thin lines stand out); heat runs through one hue, light to dark.
 */
export declare const lightColours: {
    readonly paper: '#ffffff';
    readonly ink: '#1c2127';
    readonly muted: '#5a636e';
    readonly rule: '#c9cfd6';
    readonly grid: '#e7eaee';
    readonly 'series-1': '#0b64a8';
    readonly 'series-2': '#c4500c';
    readonly 'series-3': '#0a7a5c';
    readonly 'series-4': '#8a4aa6';
    readonly 'series-5': '#806600';
    readonly 'series-6': '#b3306e';
    readonly 'heat-0': '#f0f5fb';
    readonly 'heat-1': '#d5e5f5';
    readonly 'heat-2': '#b2d1ed';
    readonly 'heat-3': '#86b6e0';
    readonly 'heat-4': '#3573b0';
    readonly 'heat-5': '#1f5c98';
    readonly 'heat-6': '#0b4378';
    readonly 'heat-ink-low': '#1c2128';
    readonly 'heat-ink-high': '#fffffe';
};
/** The colours on a dark page: the same order of strength, so heat runs from dark to light. */
export declare const darkColours: {
    readonly [name in ColourName]: string;
};
/** How many series can be told apart by colour. */
export declare const seriesColours: readonly string[];
/** The steps of a heat map, and what is legible on each. */
export declare const heatColours: readonly {
    readonly fill: string;
    readonly ink: string;
}[];
/** The declarations of the colours as CSS variables, `--paper: #ffffff; …`. */
export declare function colourVariables(colours: {
    readonly [name in ColourName]: string;
}): string;
/** A drawing in the light colours with each as its CSS variable, so that it follows the page into the dark. */
export declare function withColourVariables(svg: string): string;
