/**
 * ports/web/mounts: who is there for which path: the longest one that fits, at a slash.
 *
 * Pure. Knows nothing of requests. A path that was given back stays reserved, so that its clients
 * are told to come again, and not that there is nothing, while a port is restarted.
 * Limit: `MOUNTS_MAX` paths.
 */
import { requireOption } from '#contract'
import { type Holder, requireFree } from '#ports/holder'
import type { Listening } from '#ports/listen'

/** Paths of one listener; each request is held against all of them. */
const MOUNTS_MAX = 1_000

/** One path and who is there. */
export interface Mount<T> {
  /** Begins with a slash and ends without one; the root is the empty string. */
  readonly path: string
  /** Undefined while it is only reserved. */
  taker: T | undefined
  /** Whose it is, when that is known. */
  holder: Holder | undefined
}

/** Who wants a path, and where it is. */
export interface Claim {
  readonly holder?: Holder | undefined
  readonly addresses?: readonly Listening[]
}

export class Mounts<T> {
  /** The longest first: the first that fits is the one. */
  #mounts: readonly Mount<T>[] = []

  /** True until the first path is taken. */
  get isEmpty(): boolean {
    return this.#mounts.length === 0
  }

  /**
   * Puts a taker in place of the one before. OPTION_INVALID for a path that cannot be, PORT_IN_USE
   * when another holder has it and lives.
   */
  attach(taker: T, path: string, { holder, addresses = [] }: Claim = {}): void {
    const key = checkedPath(path)
    const present = this.#mounts.find((mount) => mount.path === key)
    if (present !== undefined) {
      requireFree(present.holder, holder, { transport: 'tcp', addresses, path })
      present.taker = taker
      present.holder = holder
      return
    }
    const hasRoom = this.#mounts.length < MOUNTS_MAX
    requireOption(hasRoom, 'path', path, `there are ${MOUNTS_MAX} paths already`)
    const mounts = [...this.#mounts, { path: key, taker, holder }]
    this.#mounts = mounts.sort((left, right) => right.path.length - left.path.length)
  }

  /** Takes a taker away from a path; nothing happens when another one is there by now. */
  detach(taker: T, path: string): void {
    const key = checkedPath(path)
    const present = this.#mounts.find((mount) => mount.path === key)
    if (present?.taker !== taker) return
    present.taker = undefined
    present.holder = undefined
  }

  /** The mount for the target of a request; undefined when no path fits. */
  find(target: string): Mount<T> | undefined {
    const mounts = this.#mounts
    const [first] = mounts
    if (first === undefined || first.path === '') return first
    const path = pathOf(target)
    return mounts.find((mount) => fits(mount.path, path))
  }
}

/** True when `path` is the mount itself or lies below it. */
function fits(mount: string, path: string): boolean {
  if (!path.startsWith(mount)) return false
  return path.length === mount.length || mount === '' || path[mount.length] === '/'
}

/**
 * The path of a request target, as sent: percent signs are not decoded. A proxy's form with scheme
 * and host is understood; `*` is the root.
 */
export function pathOf(target: string): string {
  const mark = target.indexOf('?')
  const whole = mark < 0 ? target : target.slice(0, mark)
  if (whole.startsWith('/')) return whole
  const scheme = whole.indexOf('://')
  const slash = scheme < 0 ? -1 : whole.indexOf('/', scheme + 3)
  return slash < 0 ? '/' : whole.slice(slash)
}

/** What follows the question mark of a request target; empty without one. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? '' : target.slice(mark + 1)
}

function checkedPath(path: string): string {
  const isPath = typeof path === 'string' && path.startsWith('/') && !/[?#\s]/.test(path)
  requireOption(isPath, 'path', path, 'give a path that begins with a slash, without a query')
  return path.replace(/\/+$/, '')
}
