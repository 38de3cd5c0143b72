import type { ReactNode } from 'react';
import type { Role } from '../../../base/role.js';
import type { Outcome } from '../../../run/event.js';
/** Text of the user's, with what no page can show made visible. */
export declare function plainText(text: string): string;
/** The split that something was computed from. */
export declare function RoleMark({ role }: {
    readonly role: string;
}): ReactNode;
export declare function RoleMarks({ roles }: {
    readonly roles: readonly Role[];
}): ReactNode;
/** What became of nodes: a sign and a word, and how many where they are several. */
export declare function OutcomeMark({ outcome, count, }: {
    readonly outcome: Outcome;
    readonly count?: number;
}): ReactNode;
export declare function OutcomeMarks({ outcomes, }: {
    readonly outcomes: {
        readonly [outcome in Outcome]?: number;
    };
}): ReactNode;
/** The beginning of a key or digest; all of it on hovering. */
export declare function DigestMark({ digest }: {
    readonly digest: string;
}): ReactNode;
