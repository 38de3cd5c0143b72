import type { ReactNode } from 'react';
import { shortDigest } from '../../../base/quantities.js';
import type { Role } from '../../../base/role.js';
import { printable } from '../../../base/terminal-text.js';
import type { Outcome } from '../../../run/event.js';

/** Text of the user's, with what no page can show made visible. */
export function plainText(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** The split that something was computed from. */
export function RoleMark({ role }: { readonly role: string }): ReactNode {
  return <span className={`mark role-${role}`}>{role}</span>;
}

export function RoleMarks({ roles }: { readonly roles: readonly Role[] }): ReactNode {
  return roles.map((role) => <RoleMark key={role} role={role} />);
}

const outcomeSigns: { readonly [outcome in Outcome]: string } = {
  ran: '●',
  hit: '○',
  joined: '◐',
  failed: '✕',
  skipped: '–',
  cancelled: '–',
};

/** What became of nodes: a sign and a word, and how many where they are several. */
export function OutcomeMark({
  outcome,
  count = 1,
}: {
  readonly outcome: Outcome;
  readonly count?: number;
}): ReactNode {
  return (
    <span className={`outcome outcome-${outcome}`}>
      <span aria-hidden="true">{outcomeSigns[outcome]}</span> {count === 1 ? '' : `${count} `}
      {outcome}
    </span>
  );
}

export function OutcomeMarks({
  outcomes,
}: {
  readonly outcomes: { readonly [outcome in Outcome]?: number };
}): ReactNode {
  return Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => <OutcomeMark key={outcome} outcome={outcome as Outcome} count={count} />);
}

/** The beginning of a key or digest; all of it on hovering. */
export function DigestMark({ digest }: { readonly digest: string }): ReactNode {
  return (
    <code className="digest" title={digest}>
      {shortDigest(digest)}
    </code>
  );
}
