import type { ReactNode } from 'react';
export interface TableColumn {
    readonly title: ReactNode;
    /** Set in figures of one width, from the right. */
    readonly isNumber?: boolean;
}
export interface TableProps {
    /** Unique in the page: what a screen reader calls the box that scrolls. */
    readonly label: string;
    readonly columns: readonly TableColumn[];
    /** The first cell of a row is its heading. */
    readonly rows: readonly (readonly ReactNode[])[];
    readonly className?: string;
}
/** A column of rows of one kind. */
export interface ColumnOf<Row> extends TableColumn {
    readonly cell: (row: Row) => ReactNode;
}
/** Columns and cells of rows, without columns that say nothing of any of them. */
export declare function filledColumns<Row>(columns: readonly ColumnOf<Row>[], rows: readonly Row[]): Pick<TableProps, 'columns' | 'rows'>;
/** A table in a box of its own, which scrolls where the page is narrower. */
export declare function Table({ label, columns, rows, className }: TableProps): ReactNode;
/** A box that scrolls by itself, by keyboard too. */
export declare function ScrollBox({ label, children, className, }: {
    readonly label: string;
    readonly children: ReactNode;
    readonly className?: string;
}): ReactNode;
/** A number as tables of figures show it: four digits after the point, whole numbers as they are. */
export declare function figureText(value: unknown): string;
