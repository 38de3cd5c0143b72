import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Why tests in a browser cannot be run here; undefined where they can. */
export const chromiumMissing = existsSync(executablePath)
  ? undefined
  : `there is no ${executablePath} (Debian's package chromium)`;

/** Starts Debian's Chromium without a window; it asks nothing of the network by itself. Bars are not drawn by default. */
export function startChromium({ scrollbars = false } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath,
    ...(scrollbars ? { ignoreDefaultArgs: ['--hide-scrollbars'] } : {}),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
