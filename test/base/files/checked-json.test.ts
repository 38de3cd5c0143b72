import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkedJson, checkedText, hasChecksum } from '../../../src/base/files/checked-json.js';

const record = fc.dictionary(fc.string(), fc.jsonValue());

it('gives back what was written, and any JSON reader reads it', () => {
  fc.assert(
    fc.property(record, (value) => {
      const text = checkedJson(value);
      expect(hasChecksum(text)).toBe(true);
      expect(checkedText(text)).toBe(JSON.stringify(value));
      expect(JSON.parse(text)).toHaveProperty('checksum');
    }),
  );
});

it('refuses a text without the comma before its checksum', () => {
  expect(checkedText(checkedJson({ a: 1 }).replace(',"checksum"', '"checksum"'))).toBeUndefined();
});

it('refuses a text of which one character was changed, left out or added', () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.constantFrom('', 'x', '0'), fc.nat(1), (value, at, put, taken) => {
      const text = checkedJson(value);
      const place = at % text.length;
      const spoilt = text.slice(0, place) + put + text.slice(place + taken);
      fc.pre(spoilt !== text);
      expect(checkedText(spoilt)).toBeUndefined();
    }),
  );
});
