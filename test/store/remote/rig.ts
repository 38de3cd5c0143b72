import { join } from 'node:path';
import { openStore } from '../../../src/store/local/open-store.js';
import type { RemoteMode } from '../../../src/store/remote/remote-address.js';
import { RemoteClient, type RemoteLimits } from '../../../src/store/remote/remote-client.js';
import { openRemoteStore, type RemoteStore } from '../../../src/store/remote/remote-store.js';
import { CacheServer } from '../../support/cache-server.js';
import { inFolder } from '../local/rig.js';

/** Of a test that does not wait. */
export const quickLimits: Partial<RemoteLimits> = {
  connectMilliseconds: 500,
  idleMilliseconds: 250,
  graceMilliseconds: 400,
  pauseMilliseconds: 1,
  longestPauseMilliseconds: 1500,
};

export interface OpenOptions {
  readonly mode?: RemoteMode;
  readonly url?: string;
  readonly limits?: Partial<RemoteLimits>;
  readonly variables?: { readonly [name: string]: string };
}

/** A store in a folder of its own, with the server behind it. */
export type OpenColleague = (name: string, options?: OpenOptions) => Promise<RemoteStore>;

/** Calls `body` with a server, and what opens stores before it. */
export async function withServer(
  body: (server: CacheServer, open: OpenColleague) => Promise<void>,
): Promise<void> {
  const server = await CacheServer.start();
  try {
    await inFolder((folder) =>
      body(
        server,
        async (name, { mode = 'read_write', url = server.url, limits = {}, variables = {} } = {}) => {
          const client = await RemoteClient.open(url, variables, { ...quickLimits, ...limits });
          return openRemoteStore(await openStore(join(folder, name)), client, { url, mode });
        },
      ),
    );
  } finally {
    await server.close();
  }
}
