import type { ReactNode } from 'react';
import { type Json } from '../../../base/json.js';
/** What `data.fingerprint` found of the data; nothing where no step was asked. */
export declare function DataSection({ fingerprints, }: {
    readonly fingerprints: {
        readonly [node: string]: Json;
    };
}): ReactNode;
