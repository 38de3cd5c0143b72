import type { Json } from '../base/json.js';
import type { Role } from '../base/role.js';

/** What a file at a port is about; ports connect only where contents agree. */
export type Content =
  | 'interactions'
  | 'pairs'
  | 'episodes'
  | 'items'
  | 'model'
  | 'training-state'
  | 'history'
  | 'metrics'
  | 'ranks'
  | 'ranked-items'
  | 'drift'
  | 'drift-summary'
  | 'summary'
  | 'breakdown'
  | 'fingerprint'
  | 'settings'
  | 'row'
  | 'value'
  | 'table'
  | 'figure'
  | 'folder'
  | 'bytes';

/**
 * The shape of what a port gives or wants; `any` wants whatever there is, whole; with `lone: 'file'`, of a bundle
 * that is a single file, that file. An input that wants either of several shapes takes the first that there is. A list that an output gives has `labels`, one for each of its elements, which may
 * be missing; an output that is `any` has its shape from `plan`, and is not there without.
 */
export type PortShape =
  | { readonly type: 'file'; readonly content: Content }
  | { readonly type: 'bundle'; readonly ports: { readonly [name: string]: PortShape } }
  | { readonly type: 'list'; readonly of: PortShape; readonly labels?: readonly Label[] }
  | { readonly type: 'either'; readonly of: readonly PortShape[] }
  | { readonly type: 'any'; readonly lone?: 'file' };

/**
 * What tells an element of a list from the others, a part for each thing that made several of one: a matrix, `over`,
 * segments, a list written out; of nested lists from the outside in.
 */
export type Label = readonly LabelPart[];

export interface LabelPart {
  /** Names with what they are for this element: `inner_lr` of a matrix, `iterations` of a segment. */
  readonly values: readonly { readonly name: string; readonly value: Json }[];
  /** How it is written in ids, where that does not follow from the values. */
  readonly text?: string;
  /** Place in a list that is written out. */
  readonly place?: number;
  /** It is of the matrix of the step itself, not of what the step was made `over`. */
  readonly isOwn?: boolean;
  /** It is a segment: its value is how far the training has come. */
  readonly isSegment?: boolean;
}

export interface InputPort {
  readonly shape: PortShape;
  readonly description: string;
  /** Default true. */
  readonly required?: boolean;
  /** The kind fits parameters to this port: data of role test is refused here. */
  readonly learns?: boolean;
  /** The kind chooses by this port: data of role test is refused here. */
  readonly chooses?: boolean;
  /**
   * Elements of its list may be missing: the node starts when all that it takes has ended, also where some of these
   * failed, and finds `missingElement` in their places.
   */
  readonly mayLack?: boolean;
}

export interface OutputPort {
  readonly shape: PortShape;
  readonly description: string;
  /**
   * The input ports (`train`) or sub-ports (`pairs.train`) that this is computed from, which decide its roles.
   * Undeclared: the sub-ports of the same name where an input bundle has one, else all inputs.
   */
  readonly from?: readonly string[];
  /** The external files that it is computed from, by their names. Undeclared: all that the step has. */
  readonly files?: readonly string[];
  /** This port's data *is* this split (`data.split`, `data.files`); the roles of what it came from are added. */
  readonly role?: Role;
  /** `from` is what the user says of a program, which nothing can prove. */
  readonly isClaimed?: boolean;
  /** Files of a bundle (by name) of which something else holds than of the rest, such as its catalogue. */
  readonly leaves?: { readonly [name: string]: Origin };
}

/** What decides the roles of an output. */
export type Origin = Pick<OutputPort, 'from' | 'role' | 'files'>;
