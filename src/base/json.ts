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
