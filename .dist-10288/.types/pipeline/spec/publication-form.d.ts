import type { Content } from '../../kinds/kind.js';
/** How a published file is made of what it shows: rows written anew in this form, or the bytes as they are. */
export type PublicationForm = 'bytes' | 'csv' | 'json' | 'md' | 'tex';
/** The form that a path's ending asks of an output of this content; a hint what to write where it has none such. */
export declare function formOfOutput(content: Content, path: string): {
    readonly form: PublicationForm;
} | {
    readonly hint: string;
};
/** The same of a file in a run's folder, by its name there. */
export declare function formOfRunFile(name: string, path: string): {
    readonly form: PublicationForm;
} | {
    readonly hint: string;
};
