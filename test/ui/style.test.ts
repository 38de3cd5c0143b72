import { describe, expect, it } from 'vitest';
import { colourStyle, plainStyle, styleFor } from '../../src/ui/style.js';

const terminal = { isTTY: true };
const pipe = {};

describe('colour', () => {
  it('is on at a terminal and off in a pipe or at a dumb terminal', () => {
    expect(styleFor(terminal, {}, true)).toBe(colourStyle);
    expect(styleFor(pipe, {}, true)).toBe(plainStyle);
    expect(styleFor(terminal, { TERM: 'dumb' }, true)).toBe(plainStyle);
  });

  it('is turned off by NO_COLOR unless that is empty, whatever FORCE_COLOR says', () => {
    expect(styleFor(terminal, { NO_COLOR: '1' }, true)).toBe(plainStyle);
    expect(styleFor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(plainStyle);
    expect(styleFor(terminal, { NO_COLOR: '' }, true)).toBe(colourStyle);
  });

  it('is turned on in a pipe by FORCE_COLOR, and off by FORCE_COLOR=0', () => {
    expect(styleFor(pipe, { FORCE_COLOR: '' }, true)).toBe(colourStyle);
    expect(styleFor(pipe, { FORCE_COLOR: '1' }, true)).toBe(colourStyle);
    expect(styleFor(terminal, { FORCE_COLOR: '0' }, true)).toBe(plainStyle);
  });

  it('is turned off by --no-color before all else', () => {
    expect(styleFor(terminal, { FORCE_COLOR: '1' }, false)).toBe(plainStyle);
  });
});
