/** Names of the colours of a report, of its page and its figures alike. */
export type ColourName = keyof typeof lightColours;

/**
 * The colours on white. Figures are drawn with these, so no two may be equal: in the page each is replaced by the CSS
 * variable of its name. The six of series stay apart for the common colour-vision deficiencies (after Okabe and Ito,
 * darkened until thin lines stand out); heat runs through one hue, light to dark.
 */
export const lightColours = {
  paper: '#ffffff',
  ink: '#1c2127',
  muted: '#5a636e',
  rule: '#c9cfd6',
  grid: '#e7eaee',
  'series-1': '#0b64a8',
  'series-2': '#c4500c',
  'series-3': '#0a7a5c',
  'series-4': '#8a4aa6',
  'series-5': '#806600',
  'series-6': '#b3306e',
  'heat-0': '#f0f5fb',
  'heat-1': '#d5e5f5',
  'heat-2': '#b2d1ed',
  'heat-3': '#86b6e0',
  'heat-4': '#3573b0',
  'heat-5': '#1f5c98',
  'heat-6': '#0b4378',
  'heat-ink-low': '#1c2128',
  'heat-ink-high': '#fffffe',
} as const;

/** The colours on a dark page: the same order of strength, so heat runs from dark to light. */
export const darkColours: { readonly [name in ColourName]: string } = {
  paper: '#15181c',
  ink: '#e7e9ec',
  muted: '#a0a9b4',
  rule: '#3d454e',
  grid: '#2a3037',
  'series-1': '#62b0ec',
  'series-2': '#f39255',
  'series-3': '#46bf95',
  'series-4': '#cb9ae4',
  'series-5': '#d6b656',
  'series-6': '#f183b0',
  'heat-0': '#1a2530',
  'heat-1': '#1d354a',
  'heat-2': '#214867',
  'heat-3': '#275d86',
  'heat-4': '#64a4d8',
  'heat-5': '#8dc0ea',
  'heat-6': '#bfe0f8',
  'heat-ink-low': '#e7e9eb',
  'heat-ink-high': '#0d1217',
};

/** How many series can be told apart by colour. */
export const seriesColours: readonly string[] = [
  lightColours['series-1'],
  lightColours['series-2'],
  lightColours['series-3'],
  lightColours['series-4'],
  lightColours['series-5'],
  lightColours['series-6'],
];

/** The steps of a heat map, and what is legible on each. */
export const heatColours: readonly { readonly fill: string; readonly ink: string }[] = [
  { fill: lightColours['heat-0'], ink: lightColours['heat-ink-low'] },
  { fill: lightColours['heat-1'], ink: lightColours['heat-ink-low'] },
  { fill: lightColours['heat-2'], ink: lightColours['heat-ink-low'] },
  { fill: lightColours['heat-3'], ink: lightColours['heat-ink-low'] },
  { fill: lightColours['heat-4'], ink: lightColours['heat-ink-high'] },
  { fill: lightColours['heat-5'], ink: lightColours['heat-ink-high'] },
  { fill: lightColours['heat-6'], ink: lightColours['heat-ink-high'] },
];

/** The declarations of the colours as CSS variables, `--paper: #ffffff; …`. */
export function colourVariables(colours: { readonly [name in ColourName]: string }): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');
}

/** A drawing in the light colours with each as its CSS variable, so that it follows the page into the dark. */
export function withColourVariables(svg: string): string {
  const names = new Map(Object.entries(lightColours).map(([name, value]) => [value as string, name]));
  return svg.replaceAll(/#[0-9a-f]{6}\b/g, (colour) => {
    const name = names.get(colour);
    return name === undefined ? colour : `var(--${name})`;
  });
}
