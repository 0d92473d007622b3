/**
 * apps/system/access: who may look and who may change something, and how often.
 *
 * Who asks is the node at the other end of the connection, which nobody can choose to be; the own
 * node may always look. Knows nothing of what is asked.
 */
import { nodeMatches, type Pid, printable, type SystemOptions, TroupeError } from '#contract'
import { ASKERS_MAX } from './limits.js'
import { TokenBucket } from './token-bucket.js'

/** Who asks: a node, and its process unless the node itself does. */
export interface Asker {
  readonly node: string
  readonly pid: Pid | undefined
}

export class Access {
  readonly #own: string
  readonly #options: Required<SystemOptions>
  readonly #nowMs: () => number
  readonly #total: TokenBucket
  readonly #buckets = new Map<string, TokenBucket>()
  /** For all nodes beyond those that are counted one by one. */
  readonly #others: TokenBucket
  /** Questions that were not answered, by code. */
  readonly refused: Record<'NOT_ALLOWED' | 'INSPECTION_LIMITED', number> = {
    NOT_ALLOWED: 0,
    INSPECTION_LIMITED: 0,
  }

  constructor(own: string, options: Required<SystemOptions>, nowMs: () => number) {
    this.#own = own
    this.#options = options
    this.#nowMs = nowMs
    this.#total = new TokenBucket(options.totalPerSecondMax, nowMs())
    this.#others = new TokenBucket(options.perSecondMax, nowMs())
  }

  mayInspect(node: string): boolean {
    const { inspect } = this.#options
    if (node === this.#own || inspect === 'all') return true
    return inspect !== 'none' && nodeMatches(inspect, node)
  }

  mayManage(node: string): boolean {
    return nodeMatches(this.#options.manage, node)
  }

  /** Lets a question in, at its cost. NOT_ALLOWED, INSPECTION_LIMITED. */
  admit(asker: Asker, operation: string, cost: number): void {
    if (!this.mayInspect(asker.node)) {
      this.refused.NOT_ALLOWED += 1
      const problem = `the option system.inspect of ${this.#own} does not name ${asker.node}`
      throw new TroupeError('NOT_ALLOWED', { operation, problem })
    }
    this.takeTokens(asker, cost)
  }

  /** NOT_ALLOWED unless all of these may look, too: what one is told others are told through it. */
  admitAll(askers: readonly string[], operation: string): void {
    for (const node of askers) {
      if (this.mayInspect(node)) continue
      this.refused.NOT_ALLOWED += 1
      const own = this.#own
      const problem = `the option system.inspect of ${own} does not name ${printable(node)}`
      throw new TroupeError('NOT_ALLOWED', { operation, problem })
    }
  }

  /** INSPECTION_LIMITED when this node, or all together, ask too often. */
  takeTokens(asker: Asker, cost: number): void {
    const nowMs = this.#nowMs()
    const bucket = this.#bucketOf(asker.node, nowMs)
    const ownWaitMs = bucket.take(cost, nowMs)
    if (ownWaitMs > 0) throw this.limited(asker, 'it asks too often', ownWaitMs)
    const waitMs = this.#total.take(cost, nowMs)
    if (waitMs === 0) return
    bucket.giveBack(cost)
    throw this.limited(asker, 'all nodes together ask too often', waitMs)
  }

  /** INSPECTION_LIMITED, counted. */
  limited({ node }: Asker, problem: string, retryMs: number): TroupeError {
    this.refused.INSPECTION_LIMITED += 1
    const detail = { node: this.#own, asker: printable(node), problem, retryMs }
    return new TroupeError('INSPECTION_LIMITED', detail)
  }

  #bucketOf(node: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(node)
    if (known !== undefined) return known
    if (this.#buckets.size >= ASKERS_MAX) this.#forgetRested(nowMs)
    if (this.#buckets.size >= ASKERS_MAX) return this.#others
    const bucket = new TokenBucket(this.#options.perSecondMax, nowMs)
    this.#buckets.set(node, bucket)
    return bucket
  }

  #forgetRested(nowMs: number): void {
    for (const [node, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(node)
    }
  }
}
