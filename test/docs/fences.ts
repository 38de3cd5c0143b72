/** A fenced block of a document. */
export interface Fence {
  /** The first word behind the backticks: `sh`, `yaml`; empty where there is none. */
  readonly language: string;
  /** The words behind it: `skip="reason" exit="3"`; a word alone has the value `''`. */
  readonly attributes: { readonly [name: string]: string };
  /** Its lines, without the indentation of the fence. */
  readonly lines: readonly string[];
  /** Line of its first line of text in the document, from 1. */
  readonly line: number;
  /** The indentation of the fence. */
  readonly indent: string;
}

/** The fenced blocks of a Markdown document, in order; those inside of lists too. */
export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const opening = /^( *)(`{3,})(\S*) *(.*)$/.exec(lines[at] ?? '');
    if (opening === null) continue;
    const [, indent = '', ticks = '', language = '', rest = ''] = opening;
    const from = at + 1;
    const length = lines.slice(from).findIndex((line) => line.trim() === ticks);
    if (length < 0) throw new Error(`line ${at + 1}: this fence is not closed`);
    fences.push({
      language,
      attributes: attributesOf(rest),
      lines: lines.slice(from, from + length).map((line) => line.slice(indent.length)),
      line: from + 1,
      indent,
    });
    at = from + length;
  }
  return fences;
}

function attributesOf(text: string): Fence['attributes'] {
  const words = [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(words.map(([, name = '', value = '']) => [name, value]));
}

/** A command of a `console` block and what the block shows below it. */
export interface ShownCommand {
  readonly command: string;
  readonly output: readonly string[];
  /** Where the output stands in the document: its first line, from 1. */
  readonly line: number;
}

/** The commands of a `console` block: `$ ` begins one, `> ` goes on with it, all else is what it printed. */
export function shownCommands({ lines, line }: Fence): readonly ShownCommand[] {
  const commands: { command: string; output: string[]; line: number }[] = [];
  for (const [index, text] of lines.entries()) {
    const last = commands.at(-1);
    if (text.startsWith('$ ')) commands.push({ command: text.slice(2), output: [], line: line + index + 1 });
    else if (last === undefined) throw new Error(`line ${line + index}: a console block begins with "$ "`);
    else if (text.startsWith('> ') && last.output.length === 0) {
      last.command += `\n${text.slice(2)}`;
      last.line += 1;
    } else last.output.push(text);
  }
  return commands;
}
