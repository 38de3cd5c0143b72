import { Composer, type CST, type Document, Lexer, Parser } from 'yaml';

const depthLimit = 100;
const indentationLimit = 200;

/** Where a YAML text nests more deeply than any pipeline does. */
export class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('values are nested too deeply');
    this.offset = offset;
  }
}

/**
 * The YAML documents in a text, with what is wrong with them; none in an empty one.
 *
 * @throws TooDeep before what composes values, and calls itself for each level, could end the process where the stack
 *   does
 */
export function composeDocuments(
  text: string,
  { uniqueKeys }: { readonly uniqueKeys: boolean },
): Document.Parsed[] {
  // What the library's `parseAllDocuments` does, looked at on the way: read a second time to know how deep it is, a long
  // text takes a fifth longer.
  return Array.from(new Composer({ prettyErrors: false, uniqueKeys }).compose(parseTokens(text)));
}

function* parseTokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  const depth = new Depth();
  for (const lexeme of new Lexer().lex(text)) {
    depth.add(lexeme);
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/** Counts how deeply a text nests, lexeme by lexeme. */
class Depth {
  private offset = 0;
  private brackets = 0;
  private indicators = 0;
  private isLineStart = true;
  private isScalar = false;

  add(lexeme: string): void {
    // Marks of the lexer's own, which stand for no text.
    if (lexeme === '\u0002' || lexeme === '\u0018') return;
    if (lexeme === '\u001f') {
      this.isScalar = true;
      return;
    }
    if (this.isScalar) this.isScalar = false;
    else this.count(lexeme);
    if (this.brackets > depthLimit || this.indicators > depthLimit) throw new TooDeep(this.offset);
    this.isLineStart = lexeme.endsWith('\n');
    if (this.isLineStart) this.indicators = 0;
    this.offset += lexeme.length;
  }

  private count(lexeme: string): void {
    if (lexeme === '[' || lexeme === '{') this.brackets++;
    else if (lexeme === ']' || lexeme === '}') this.brackets--;
    else if (lexeme === '-' || lexeme === '?') this.indicators++;
    else if (this.isLineStart && this.brackets === 0 && isIndentation(lexeme)) throw new TooDeep(this.offset);
  }
}

function isIndentation(lexeme: string): boolean {
  return lexeme.length > indentationLimit && lexeme.trim() === '';
}
