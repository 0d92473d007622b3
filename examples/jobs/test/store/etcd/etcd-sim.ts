/**
 * test/store/etcd/etcd-sim: mirrors and books of three coordinators on an etcd in memory.
 *
 * In virtual time. Who leads is said by the test: it sets the key anew, and tells nobody.
 */
import type { Compare, EtcdClient } from '@troupe/etcd'
import { memoryEtcd } from '@troupe/etcd/testing'
import type { Random, VirtualClock } from 'troupe/testing'
import { seededRandom, virtualClock } from 'troupe/testing'
import type { Book } from '#jobs/store/book'
import type { BookOptions } from '#jobs/store/book-options'
import { openEtcdBook } from '#jobs/store/etcd/etcd-book'
import { JobMirror } from '#jobs/store/etcd/job-mirror'
import { placesOf } from '#jobs/store/etcd/job-places'
import { type IdentityMemory, identityInMemory } from '#jobs/store/etcd/jobs-identity'

export const PLACES = placesOf({ prefix: 'sim', cluster: 'c', clusterId: 'jobs' })
export const LEADER_KEY = 'sim/leader'

export const QUICK: BookOptions = Object.freeze({
  ...{ openTimeoutMs: 1_000, writeTimeoutMs: 600, askTimeoutMs: 100, beatMs: 50 },
})

/** One life of one coordinator. */
export interface Life {
  readonly client: EtcdClient
  readonly mirror: JobMirror
  isAlive: boolean
}

export class Site {
  readonly node: string
  /** Its folder: it outlives it. */
  memory: IdentityMemory
  life: Life | undefined

  constructor(node: string) {
    this.node = node
    this.memory = identityInMemory(node)
  }
}

type Told = 'info' | 'warning' | 'error'

export class EtcdSim {
  readonly clock: VirtualClock = virtualClock()
  readonly random: Random
  readonly etcd: ReturnType<typeof memoryEtcd>
  readonly sites = ['c1', 'c2', 'c3'].map((node) => new Site(node))
  readonly options: BookOptions
  readonly told: string[] = []

  constructor(seed = 1, options: BookOptions = {}, jitterMs = 0) {
    this.random = seededRandom(seed)
    this.etcd = memoryEtcd({ clock: this.clock, seed, jitterMs })
    this.options = { ...QUICK, ...options }
    for (const site of this.sites) this.start(site)
  }

  get first(): Site {
    return this.sites[0] as Site
  }

  start(site: Site): Life {
    const client = this.etcd.client(site.node, { requestTimeoutMs: 500 })
    const life: Life = { client, mirror: new JobMirror(client, PLACES, site.memory), isAlive: true }
    site.life = life
    life.mirror.begin(this.world(life))
    return life
  }

  crash(site: Site): void {
    const { life } = site
    if (life === undefined) return
    life.isAlive = false
    life.mirror.close()
    life.client.close()
    site.life = undefined
  }

  world(life: Life) {
    const note = (kind: Told) => (text: string) => void this.told.push(`${kind}: ${text}`)
    return {
      after: (delayMs: number, run: () => void) => {
        return this.clock.after(delayMs, () => life.isAlive && run())
      },
      random: () => this.random.unit(),
      wallMs: () => this.clock.wallMs(),
      log: { info: note('info'), warning: note('warning'), error: note('error') },
    }
  }

  /** Somebody leads from now on; whoever led does not know. */
  lead(site: Site): { readonly term: number; readonly fence: readonly Compare[] } {
    this.etcd.delete({ key: LEADER_KEY })
    const term = this.etcd.put(LEADER_KEY, site.node)
    return { term, fence: [{ key: LEADER_KEY, target: 'create', is: '=', than: term }] }
  }

  open(site: Site, lead = this.lead(site)): Promise<Book> {
    const { node, life } = site
    if (life === undefined) return Promise.reject(new RangeError('it has crashed'))
    const { client, mirror } = life
    const parts = { client, mirror, places: PLACES, world: this.world(life) }
    return openEtcdBook({ ...lead, ...parts, node, options: this.options })
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise, { limitMs: 10_000 })
  }

  pass(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }
}
