/** What to write under a step's `with` for it to declare these: `files: [a.txt, "b c.txt"]`. */
export function filesLine(entries: readonly string[]): string {
  const words = [...new Set(entries)].map((entry) =>
    /^[\w./-]+$/.test(entry) ? entry : JSON.stringify(entry),
  );
  return `files: [${words.join(', ')}]`;
}
