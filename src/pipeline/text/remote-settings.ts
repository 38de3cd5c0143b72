import { checkRemoteUrl, type RemoteCache, type RemoteMode } from '../../store/remote/remote-address.js';
import { expectMap, expectText, refuseUnknownKeys } from './fields.js';
import { failureAt, type LocatedEntry, type ReportFailure } from './located-value.js';

const modes: readonly RemoteMode[] = ['read', 'read_write'];

/** What `cache:` of kshot.yaml says of a remote cache; undefined where it names none, or what is wrong was reported. */
export function readRemoteSettings(
  cache: LocatedEntry | undefined,
  report: ReportFailure,
): RemoteCache | undefined {
  if (cache === undefined || !expectMap(cache.value, 'cache', report)) return undefined;
  refuseUnknownKeys(cache.value, ['remote'], report);
  const remote = cache.value.entries.get('remote');
  if (remote === undefined || !expectMap(remote.value, 'cache.remote', report)) return undefined;
  refuseUnknownKeys(remote.value, ['url', 'mode'], report);
  const [url, mode] = ['url', 'mode'].map((name) =>
    remote.value.type === 'map' ? remote.value.entries.get(name) : undefined,
  );
  if (url === undefined) {
    report(
      failureAt(remote, 'missing-key', 'cache.remote has no url', {
        hint: 'such as url: https://cache.example.org/kshot',
      }),
    );
    return undefined;
  }
  const text = expectText(url.value, 'cache.remote.url', report);
  const checked = text === undefined ? undefined : checkRemoteUrl(text);
  if (checked?.ok === false) {
    const { message, hint } = checked.failure;
    report(failureAt(url.value, 'invalid-value', message, { hint }));
  }
  const named = mode === undefined ? 'read' : expectText(mode.value, 'cache.remote.mode', report);
  const known = modes.find((one) => one === named);
  if (mode !== undefined && named !== undefined && known === undefined) {
    report(failureAt(mode.value, 'invalid-value', `there is no mode ${named}`, { hint: modes.join(' or ') }));
  }
  return checked?.ok === true && known !== undefined ? { url: checked.value, mode: known } : undefined;
}
