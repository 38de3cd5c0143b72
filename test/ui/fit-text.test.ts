import fc from 'fast-check';
import { expect, it } from 'vitest';
import { displayWidth } from '../../src/base/terminal-text.js';
import { fitText, padText } from '../../src/ui/fit-text.js';

it('cuts between what people see as characters', () => {
  expect(fitText('👨‍👩‍👧family', 4, '…')).toBe('👨‍👩‍👧f…');
  expect(fitText('1️⃣2️⃣3️⃣', 4, '…')).toBe('1️⃣…');
  expect(fitText('fits', 4, '…')).toBe('fits');
});

it('never takes more columns than it is given, and exactly as many where it fills them', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.integer({ min: 0, max: 20 }),
      (text, width) => {
        expect(displayWidth(fitText(text, width, '…'))).toBeLessThanOrEqual(width);
        expect(displayWidth(padText(text, width, '…'))).toBe(width);
      },
    ),
  );
});
