import { rememberedJson, rememberJson } from '../../base/files/remembered-json.js';
import type { Digest, ObjectReference } from '../entry.js';
import { referenceId } from '../references.js';

/**
 * Objects that a remote cache was found not to have, or not to have right, whatever it says of them. Outputs are kept in
 * a file between commands: what one command has found out, another mends. What a command before found is looked at once
 * more before it is relied on, since others may have mended it.
 */
export class LostObjects {
  private readonly ids = new Set<string>();
  /** Those of them that a command before found out. */
  private readonly ofBefore: Set<string>;

  /** @param file may hold those of other remote caches too, by their `url` */
  constructor(
    private readonly file: string,
    private readonly url: string,
  ) {
    this.ofBefore = new Set(this.remembered());
    for (const id of this.ofBefore) this.ids.add(id);
  }

  has(digest: Digest, bytes: number | undefined): boolean {
    return this.ids.has(referenceId(digest, bytes));
  }

  /** Whether it is only known from before. */
  isToBeSeenAgain({ digest, bytes }: ObjectReference): boolean {
    return this.ofBefore.has(referenceId(digest, bytes));
  }

  /** @param bytes undefined of a text, which no entry needs: it is kept in mind, and not in the file */
  add(digest: Digest, bytes: number | undefined, { isSaid }: { readonly isSaid: boolean }): void {
    const id = referenceId(digest, bytes);
    this.ids.add(id);
    this.ofBefore.delete(id);
    if (isSaid && bytes !== undefined) this.remember((ids) => ids.add(id));
  }

  /** It has been read there and was right, or was sent. */
  delete(digest: Digest, bytes: number | undefined): void {
    const id = referenceId(digest, bytes);
    this.ofBefore.delete(id);
    if (this.ids.delete(id)) this.remember((ids) => ids.delete(id));
  }

  private remembered(): readonly string[] {
    const ids = rememberedJson(this.file)[this.url];
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  }

  /** Of the others that are kept there by now, none is changed. */
  private remember(change: (ids: Set<string>) => void): void {
    const ids = new Set(this.remembered());
    const before = ids.size;
    change(ids);
    if (ids.size === before) return;
    rememberJson(this.file, { ...rememberedJson(this.file), [this.url]: [...ids].sort() });
  }
}
