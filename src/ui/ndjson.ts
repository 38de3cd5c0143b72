import type { RunEvent } from '../run/event.js';

/** An event as one line of NDJSON, line end included; the format is `schemas/events.schema.json`. */
export function ndjsonLine(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}
