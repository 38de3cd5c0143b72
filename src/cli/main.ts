#!/usr/bin/env node
import { hearSignals } from './signals.js';

hearSignals();
// Only now, because it takes time to load.
const { start } = await import('./start.js');
await start(process.argv.slice(2));
