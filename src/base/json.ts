/** A value that JSON can hold. Numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is JSON but for some words outside of strings, such as numbers that are none, with others for these. */
export function replaceOutsideStrings(text: string, words: string, by: (word: string) => string): string {
  const pattern = new RegExp(String.raw`("(?:[^"\\]|\\.)*")|${words}`, 'gi');
  return text.replaceAll(pattern, (word, string?: string) => string ?? by(word));
}

/** A name that an object in a text, which is JSON, has twice, so that a parser drops one value; undefined without. */
export function doubleName(text: string): { readonly name: string; readonly line: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, 1: name, index } of text.matchAll(
    /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g,
  )) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    const names = open.at(-1);
    if (name === undefined || names === undefined) continue;
    const own = JSON.parse(name) as string;
    if (names.has(own)) return { name: own, line: text.slice(0, index).split('\n').length };
    names.add(own);
  }
  return undefined;
}
