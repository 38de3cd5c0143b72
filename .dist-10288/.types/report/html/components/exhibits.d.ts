import type { ReactNode } from 'react';
import type { ShownExhibit } from '../report-model.js';
/** What programs drew and listed themselves; nothing where they did not. */
export declare function Exhibits({ exhibits }: {
    readonly exhibits: readonly ShownExhibit[];
}): ReactNode;
