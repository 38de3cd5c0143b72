import { describe, expect, it } from 'vitest';
import {
  type ColourName,
  darkColours,
  heatColours,
  lightColours,
  withColourVariables,
} from '../../../src/report/html/palette.js';

/** Contrast of two colours by WCAG 2. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe('the colours of a report', () => {
  it('are all different in the light, so that each can become the variable of its name', () => {
    const values = Object.values(lightColours);
    expect(new Set(values).size).toBe(values.length);
    expect(withColourVariables('<path fill="#0b64a8" stroke="#123456"/>')).toBe(
      '<path fill="var(--series-1)" stroke="#123456"/>',
    );
  });

  it.each([
    ['light', lightColours],
    ['dark', darkColours],
  ] as const)('are legible on the %s page', (_, colours) => {
    const text: ColourName[] = [
      'ink',
      'muted',
      'series-1',
      'series-2',
      'series-3',
      'series-4',
      'series-5',
      'series-6',
    ];
    for (const name of text) expect(contrast(colours[name], colours.paper), name).toBeGreaterThanOrEqual(4.5);
  });

  it('are legible on every step of a heat map, light and dark', () => {
    for (const [level, { fill, ink }] of heatColours.entries()) {
      expect(contrast(fill, ink), `light ${level}`).toBeGreaterThanOrEqual(4.5);
      const nameOf = (colour: string) =>
        Object.entries(lightColours).find(([, value]) => value === colour)?.[0] as ColourName;
      const dark = contrast(darkColours[nameOf(fill)], darkColours[nameOf(ink)]);
      expect(dark, `dark ${level}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
