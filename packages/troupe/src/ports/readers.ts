/**
 * ports/readers: who shall read, from the options of a port.
 *
 * Pure. Nobody named means the process that has spawned the port.
 */
import { type Address, type AnyProtocol, type Pid, requireOption } from '#contract'

/** The options that name readers which speak `P`. */
export interface ReaderOptions<P extends AnyProtocol> {
  readonly reader?: Address<P>
  readonly readers?: readonly Address<P>[]
}

/** The one reader. Throws OPTION_INVALID when there is none. */
export function readerOf<P extends AnyProtocol>(
  reader: Address<P> | undefined,
  parent: Pid | undefined,
): Address<P> {
  const found = reader ?? (parent as Pid<P> | undefined)
  requireOption(found !== undefined, 'reader', reader, 'give one: no process has spawned this')
  return found as Address<P>
}

/** All readers, at least one. Throws OPTION_INVALID when there is none, or both are given. */
export function readersOf<P extends AnyProtocol>(
  { reader, readers }: ReaderOptions<P>,
  parent: Pid | undefined,
): readonly Address<P>[] {
  if (readers === undefined) return [readerOf(reader, parent)]
  requireOption(reader === undefined, 'readers', 'given beside reader', 'give one of the two')
  const hasAny =
    Array.isArray(readers) &&
    readers.length > 0 &&
    !(readers as readonly unknown[]).includes(undefined)
  requireOption(hasAny, 'readers', readers, 'give at least one address')
  return readers
}
