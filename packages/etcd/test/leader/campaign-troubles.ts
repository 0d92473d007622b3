/**
 * campaign-troubles: what befalls the contenders of a world, by chance, and its end.
 */
import { TTL_MS } from './campaign-etcd.js'
import type { Contender, World } from './campaign-world.js'

export class Troubles {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** What befalls them, by chance. */
  plan(troubleMs: number): void {
    let atMs = 300
    while (atMs < troubleMs) {
      this.#world.in(atMs, () => this.#befall())
      atMs += this.#world.random.unit() * 1_500
    }
    if (!this.#world.options.restores) return
    const savedMs = this.#world.random.unit() * troubleMs * 0.5
    this.#world.in(savedMs, () => this.#world.etcd.save())
    this.#world.in(savedMs + this.#world.random.unit() * (troubleMs - savedMs), () =>
      this.#restore(),
    )
  }

  #befall(): void {
    if (this.#world.isPeaceful) return
    const one = this.#world.contenders[
      this.#world.random.below(this.#world.contenders.length)
    ] as Contender
    const { restarts, hands } = this.#world.options
    const longMs = this.#world.random.unit() * 2.5 * TTL_MS
    // Whoever was away, and finds the base gone, cannot know who leads: that is a stated limit.
    const kind = this.#world.random.below(hands && restarts ? 10 : 9)
    this.#world.tell(`befalls ${kind} ${one.name} ${Math.round(longMs)}`)
    if (kind === 0) this.#cut(one, longMs)
    else if (kind === 1) this.#freeze(one, longMs)
    else if (kind === 2 && restarts) this.#restart(one, longMs)
    else if (kind === 3) this.#outage(longMs)
    else if (kind === 4) this.#world.feed(one, { kind: 'step-down' })
    else if (kind === 5) this.#change(one)
    else if (kind === 6 && hands) this.#hand()
    else if (kind === 7) for (const each of this.#world.contenders) this.#cut(each, longMs)
    else if (kind === 8) this.#leaderOr(one, (leader) => this.#freeze(leader, longMs))
    else if (kind === 9) this.#leaderOr(one, (leader) => this.#behindItsBack(leader, longMs))
  }

  #leaderOr(one: Contender, run: (one: Contender) => void): void {
    run(this.#world.contenders.find((each) => this.#world.leads(each)) ?? one)
  }

  #cut(one: Contender, longMs: number): void {
    one.isCut = true
    this.#world.in(longMs, () => this.#mend(one))
  }

  #mend(one: Contender): void {
    one.isCut = false
    one.isLate = false
    this.#world.watching(one)
  }

  #freeze(one: Contender, longMs: number): void {
    one.isFrozen = true
    this.#world.in(longMs, () => this.#thaw(one))
  }

  #thaw(one: Contender): void {
    if (!one.isFrozen) return
    one.isFrozen = false
    const { later } = one
    one.later = []
    // In what order a program does what has piled up is not sure.
    for (const run of this.#world.random.unit() < 0.5 ? later : later.reverse())
      this.#world.inside(one, run)
  }

  #restart(one: Contender, longMs: number): void {
    one.isAlive = false
    this.#world.in(longMs, () => {
      if (one.isAlive) return
      const at = this.#world.contenders.indexOf(one)
      if (at < 0) return
      const next = this.#world.make(one.name)
      this.#world.contenders[at] = next
      this.#world.start(next)
    })
  }

  #outage(longMs: number): void {
    if (this.#world.etcd.isDown) return
    this.#world.etcd.isDown = true
    this.#world.in(longMs, () => this.#world.etcd.up(this.#world.nowMs))
  }

  /**
   * An old snapshot is restored while all that know the newest term are there: with none of them
   * nobody could know it.
   */
  #restore(): void {
    this.peace()
    this.#world.in(2 * TTL_MS, () => this.#restoring())
  }

  #restoring(): void {
    this.#world.etcd.isDown = true
    // To restore an etcd takes longer than a lease.
    this.#world.in(TTL_MS * 1.3, () => {
      this.#world.tell('restored')
      this.#world.etcd.restore()
      this.#world.etcd.up(this.#world.nowMs)
      this.#world.in(2 * TTL_MS, () => {
        this.#world.isPeaceful = this.#world.hasEnded
      })
    })
  }

  #change(one: Contender): void {
    const node = `n${this.#world.random.below(this.#world.options.nodes)}@sim`
    const verb = this.#world.random.unit() < 0.5 ? 'add' : 'remove'
    this.#leaderOr(one, (leader) => this.#world.feed(leader, { kind: 'change', id: 1, verb, node }))
  }

  #hand(): void {
    if (this.#world.etcd.isDown) return
    const garbage = ['{"node":1', '', '{"base":9e99}', 'x'.repeat(1_000)][
      this.#world.random.below(4)
    ]
    // Who begins without any memory needs the base to know of the last lease.
    this.#world.etcd.byHand(
      this.#world.random.below(this.#world.options.restarts ? 2 : 4),
      garbage ?? '',
    )
  }

  /** The key is deleted by hand, its holder is told late, and somebody else starts meanwhile. */
  #behindItsBack(one: Contender, longMs: number): void {
    const { etcd, random, contenders } = this.#world
    if (etcd.isDown) return
    one.isLate = true
    this.#world.in(longMs, () => this.#mend(one))
    etcd.byHand(0, '')
    const others = contenders.filter((each) => each !== one)
    const other = others[random.below(others.length)]
    if (other !== undefined) this.#restart(other, random.unit() * longMs)
  }

  peace(): void {
    this.#world.isPeaceful = true
    if (this.#world.etcd.isDown) this.#world.etcd.up(this.#world.nowMs)
    for (const one of this.#world.contenders) {
      this.#mend(one)
      this.#thaw(one)
    }
  }
}
