import type { ReactNode } from 'react';
import type { RunContents } from '../report-model.js';
/** What ran, when, how long, and how it ended. */
export declare function Header({ report, manifest }: RunContents): ReactNode;
