import { type Canonical } from '../parameters.js';
declare const parameters: import("../parameters.js").DeclaredParameters<{
    readonly columns: {
        readonly item?: string | number;
        readonly time?: string | number;
        readonly user?: string | number;
    };
    readonly comment: string;
    readonly date_format?: string;
    readonly delimiter: string;
    readonly format: "auto" | "csv" | "jsonl" | "parquet" | "ssv" | "tsv";
    readonly header: "auto" | boolean;
    readonly null_values: readonly string[];
    readonly path: string;
    readonly quote: string;
    readonly ragged_rows: "accept" | "auto" | "refuse";
    readonly skip_bad_rows: boolean;
    readonly time_unit: "auto" | "days" | "iso" | "microseconds" | "milliseconds" | "nanoseconds" | "seconds" | "serial_days";
}, {
    readonly columns: {
        readonly item?: string | number;
        readonly time?: string | number;
        readonly user?: string | number;
    };
    readonly comment: string;
    readonly date_format?: string;
    readonly delimiter: string;
    readonly format: "auto" | "csv" | "jsonl" | "parquet" | "ssv" | "tsv";
    readonly header: "auto" | boolean;
    readonly null_values: readonly string[];
    readonly quote: string;
    readonly ragged_rows: "accept" | "auto" | "refuse";
    readonly skip_bad_rows: boolean;
    readonly time_unit: "auto" | "days" | "iso" | "microseconds" | "milliseconds" | "nanoseconds" | "seconds" | "serial_days";
}>;
/** What reaches the body. */
export type DataImportParameters = Canonical<typeof parameters>;
/** A file of interactions, whatever its format. */
export declare const dataImport: import("../kind.js").Kind<import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject, import("../../base/json.js").JsonObject>;
export {};
