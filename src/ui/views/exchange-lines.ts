import { formatBytes, formatCount } from '../../base/quantities.js';
import { printable } from '../../base/terminal-text.js';
import type { Amount, RemoteExchange } from '../../store/exchange.js';
import type { Style } from '../style.js';

type Exchange = Omit<RemoteExchange, 'warnings'>;

/** What a run exchanged with the remote cache: one line; none where that was nothing. */
export function exchangeLines(exchange: Exchange | undefined, style: Style): readonly string[] {
  if (exchange === undefined) return [];
  const { url, found, fetched, left, sent, unsent } = exchange;
  const parts = [
    ...(found === 0 ? [] : [`${formatCount(found, 'result')} found`]),
    ...(fetched.objects === 0 ? [] : [`fetched ${amount(fetched)}`]),
    ...(left.objects === 0 ? [] : [`left ${amount(left)} there`]),
    ...(sent.entries + sent.objects === 0
      ? []
      : [`sent ${formatCount(sent.entries, 'result')} (${formatBytes(sent.bytes)})`]),
    ...(unsent === 0 ? [] : [`did not send ${formatCount(unsent, 'result')}: kshot push does`]),
  ];
  if (parts.length === 0) return [];
  return [`${style.bold('remote'.padEnd(9))} ${parts.join(', ')}; ${printable(url)}`];
}

/** What of a plan's hits is in the remote cache alone. */
export function plannedExchangeLines(exchange: Exchange | undefined, style: Style): readonly string[] {
  if (exchange === undefined || exchange.found === 0) return [];
  const { url, found, left } = exchange;
  const bytes = left.objects === 0 ? '' : `, ${amount(left)}`;
  return [
    `${style.dim('remote ')}  ${formatCount(found, 'hit')} from ${printable(url)}${bytes}: fetched where a step or you need them`,
  ];
}

function amount({ objects, bytes }: Amount): string {
  return `${formatCount(objects, 'object')} of ${formatBytes(bytes)}`;
}
