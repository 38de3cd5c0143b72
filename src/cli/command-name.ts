/** What to type to start kshot again: it is found through npm where npm started it. */
export function commandName(environment: NodeJS.ProcessEnv): string {
  const { npm_lifecycle_event: event, npm_execpath: npm } = environment;
  return event === undefined && npm === undefined ? 'kshot' : 'npx kshot';
}
