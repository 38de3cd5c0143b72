import type { ReactNode } from 'react';
import type { Manifest } from '../../../artifacts/run-documents.js';
/** What computed: versions, engines and devices. */
export declare function Environment({ manifest }: {
    readonly manifest: Manifest;
}): ReactNode;
/** The pipeline after `extends`, `--set` and substitution, as YAML. */
export declare function Configuration({ text }: {
    readonly text: string;
}): ReactNode;
/** A file of a run's folder; size in bytes. */
export interface RunFile {
    readonly name: string;
    readonly bytes: number;
}
/** Where each file of the run is. */
export declare function FileList({ files, hasLogs, }: {
    readonly files: readonly RunFile[];
    readonly hasLogs: boolean;
}): ReactNode;
