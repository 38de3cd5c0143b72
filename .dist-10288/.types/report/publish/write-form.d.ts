import type { PublicationForm } from '../../pipeline/spec/publication-form.js';
/** Writes rows in other forms. */
export interface FormWriter {
    /** The rows of a parquet file, in its order: figures whole in csv and json, else to six digits. */
    write(parquet: string, form: Exclude<PublicationForm, 'bytes'>, path: string): Promise<void>;
    close(): void;
}
export declare function openFormWriter(): Promise<FormWriter>;
