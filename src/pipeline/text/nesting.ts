import { Lexer } from 'yaml';

const depthLimit = 100;
const indentationLimit = 200;

/**
 * Where a YAML text nests more deeply than any pipeline does; undefined where it does not. Asked before parsing,
 * because the parser calls itself for each level and ends the whole process where the stack does.
 */
export function tooDeepAt(text: string): number | undefined {
  let offset = 0;
  let brackets = 0;
  let indicators = 0;
  let isLineStart = true;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    // Marks of the lexer's own, which stand for no text.
    if (token === '\u0002' || token === '\u0018') continue;
    if (token === '\u001f') {
      isScalar = true;
      continue;
    }
    if (isScalar) isScalar = false;
    else if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets--;
    else if (token === '-' || token === '?') indicators++;
    else if (isLineStart && brackets === 0 && token.length > indentationLimit && token.trim() === '')
      return offset;
    if (brackets > depthLimit || indicators > depthLimit) return offset;
    isLineStart = token.endsWith('\n');
    if (isLineStart) indicators = 0;
    offset += token.length;
  }
  return undefined;
}
