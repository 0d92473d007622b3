/**
 * registrar/registration: keeps the keys of the own node in etcd, whatever happens to it.
 *
 * The node and its applications stand under one lease. They are put when the key of the node is
 * absent or of this life, in one transaction; when the lease was lost, or somebody took the keys
 * away, they are put again. One thing at a time, in order; what fails is tried again.
 * Limit: a transaction has `ACTS_MAX` acts; more applications follow in further ones.
 *
 * @source ergo-features 21 (registration)
 */
import { describeThrown, type NodeRoute, type OwnApplicationRoute, TroupeError } from 'troupe'
import { type Cancel, ROUTE_LIMITS, requireOption } from 'troupe/registrar'
import type { Act, Compare, EtcdClient, HeldLease, KeyValue } from '#etcd/client/etcd-client'
import { BackOff } from './back-off.js'
import { lifeOf } from './holder.js'
import { OwnActs, type OwnGiven } from './own-acts.js'
import { type OwnChange, OwnRoutes } from './own-routes.js'
import type { OwnKeys } from './raw-routes.js'
import { Rival } from './rival.js'
import { readNode, writeApplication } from './route-text.js'

/** Etcd takes 128 acts in one transaction when nothing else was configured. */
const ACTS_MAX = 100
/** Beside the node and whether it is leaving. */
const APPLICATIONS_MAX = ACTS_MAX - 2
/** How often a key that another program has is looked at: while it may go, and later. */
const RIVAL_MS = 1_000
const TAKEN_MS = 10_000
/** How long the last words of a node may take. */
const LAST_MS = 2_000
/** Keys that were there for so long are not taken away again and again. */
const QUIET_MS = 60_000

export interface RegistrationGiven extends OwnGiven {
  readonly client: EtcdClient
  readonly leaseTtlMs: number
}

const OF_LEASE = /lease/i

/** What a registration tells. */
export interface RegistrationTaker {
  registered(): void
  /** Another program has the name; it is asked after it for a while. */
  waiting(): void
  /** It lives. */
  taken(problem: string): void
  /** It is not allowed; it is tried again all the same. */
  refused(problem: string): void
}

export class Registration {
  readonly #given: RegistrationGiven
  readonly #taker: RegistrationTaker
  readonly #routes: OwnRoutes
  readonly #acts: OwnActs
  readonly #key: string
  readonly #backOff: BackOff
  #lease: HeldLease | undefined = undefined
  /** The key of the node is there, under the lease, as of this revision. */
  #claimed: number | undefined = undefined
  /** The revision of the last write. */
  #wrote = 0
  /** Not all applications are there yet. */
  #isAttaching = false
  #rival: Rival | undefined = undefined
  #rivalTold: string | undefined = undefined
  /** How often the keys had to be put again lately. */
  readonly #repairs: BackOff
  #repairedMs = 0
  #isLeaving = false
  #isLeavingTold = false
  #left: (() => void)[] = []
  #isWorking = false
  #isDue = false
  #isStopped = false
  #cancel: Cancel = () => false
  /** The last trouble that was logged. */
  #trouble = ''

  constructor(given: RegistrationGiven, taker: RegistrationTaker) {
    this.#given = given
    this.#taker = taker
    this.#key = given.keys.node(given.home.node)
    this.#acts = new OwnActs(given)
    this.#routes = new OwnRoutes((route) => writeApplication(given.home, route))
    this.#backOff = new BackOff(given.home.random)
    this.#repairs = new BackOff(given.home.random)
  }

  start(): void {
    this.wake()
  }

  /** Throws OPTION_INVALID for more applications than others would take. */
  put(route: OwnApplicationRoute): void {
    const { applicationsPerNodeMax: most } = ROUTE_LIMITS
    const hasRoom = this.#routes.has(route.name) || this.#routes.size < most
    requireOption(hasRoom, 'application', route.name, `a node has ${most} applications at most`)
    this.#routes.put(route)
    this.#wakeSoon()
  }

  remove(name: string): void {
    this.#routes.remove(name)
    this.#wakeSoon()
  }

  /** Settles when etcd has taken it, or cannot now: at most `LAST_MS` later. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    if (this.#isLeavingTold || this.#claimed === undefined) return
    await new Promise<void>((settle) => {
      const cancel = this.#given.home.clock.after(LAST_MS, settle)
      this.#left.push(() => {
        cancel()
        settle()
      })
      this.#wakeSoon()
    })
  }

  /** Etcd is there again: there is no reason to wait any longer. */
  wake(): void {
    this.#backOff.reset()
    this.#cancel()
    void this.#work()
  }

  /** What etcd has of this node; what was put and is not there is put again. */
  seen(own: OwnKeys): void {
    const { life } = this.#given
    if (this.#isStopped) return
    if (this.#claimed === undefined) {
      if (this.#rival !== undefined && own.node === undefined) this.wake()
      return
    }
    // What is seen was so before the last write.
    if (own.revision < this.#wrote) return
    const isOwn = own.node !== undefined && own.node.life === life
    if (!isOwn) this.#lose('its key was taken away')
    else if (this.#routes.compare(own.applications) || this.#isLeavingOdd(own)) this.#repair()
  }

  /** What is on its way to etcd is not missed there. */
  #isLeavingOdd({ leaving }: OwnKeys): boolean {
    if (this.#isLeavingTold !== this.#isLeaving) return false
    this.#isLeavingTold = leaving === this.#given.home.creation
    return this.#isLeavingTold !== this.#isLeaving
  }

  /** Takes the keys away, as far as etcd can be reached. */
  async stop(canReach: boolean): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#cancel()
    this.#settleLeave()
    const lease = this.#lease
    if (lease === undefined) return
    const timeoutMs = canReach ? LAST_MS : LAST_MS / 4
    await this.#lastWords(lease, timeoutMs)
    lease.close()
    this.#routes.clear()
  }

  /** Whoever watches hears that the node has left before its lease ends, which takes all away. */
  async #lastWords(lease: HeldLease, timeoutMs: number): Promise<void> {
    const { client, home } = this.#given
    const isOwn: Compare = { key: this.#key, target: 'lease', is: '=', than: lease.id }
    const acts = [this.#acts.leaving(lease), this.#acts.noNode()]
    let cancel: Cancel = () => false
    const isLate = new Promise<void>((settle) => {
      cancel = home.clock.after(timeoutMs, settle)
    })
    const said = client.txn({ when: [isOwn], acts }, { timeoutMs }).then(() => lease.revoke())
    await Promise.race([said.catch(() => {}), isLate])
    cancel()
  }

  /** After the caller has gone on: nothing is told within a call. */
  #wakeSoon(): void {
    this.#given.home.clock.soon(() => {
      // Who waits for its next attempt goes on waiting.
      if (this.#backOff.attempts === 0) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#isDue = true
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      while (this.#isDue && !this.#isStopped) {
        this.#isDue = false
        while (!this.#isStopped && (await this.#step()));
      }
    } catch (thrown) {
      this.#failed(thrown)
    } finally {
      this.#isWorking = false
    }
  }

  /** Does the next thing; false: there is none. */
  async #step(): Promise<boolean> {
    if (this.#lease === undefined) return this.#grant()
    if (this.#claimed === undefined) return this.#claim(this.#lease)
    if (this.#isLeaving !== this.#isLeavingTold) return this.#tellLeaving(this.#lease)
    const changes = this.#routes.next(ACTS_MAX)
    if (changes.length > 0) return this.#tell(changes, this.#lease)
    return this.#isAttaching ? this.#endAttaching(this.#lease) : false
  }

  async #grant(): Promise<boolean> {
    const { client, leaseTtlMs } = this.#given
    const lease = await client.hold(leaseTtlMs)
    if (this.#isStopped) {
      lease.revoke().catch(() => {})
      return false
    }
    this.#lease = lease
    void lease.ended.then((how) => {
      if (this.#lease !== lease || this.#isStopped) return
      this.#lease = undefined
      this.#lose(`its lease has ended (${how})`)
    })
    return true
  }

  /** The keys are not there any more. */
  #lose(problem: string): void {
    if (this.#claimed === undefined) return
    this.#claimed = undefined
    this.#isLeavingTold = false
    this.#routes.doubt()
    this.#given.home.log.warning('the node is not registered any more', { problem })
    this.#repair()
  }

  /** At once the first time; who takes the keys away again and again is not followed as fast. */
  #repair(): void {
    const nowMs = this.#given.home.clock.nowMs()
    if (nowMs - this.#repairedMs > QUIET_MS) this.#repairs.reset()
    const isFirst = this.#repairs.attempts === 0
    const delayMs = this.#repairs.nextMs()
    this.#repairedMs = nowMs
    this.#later(isFirst ? 0 : delayMs)
  }

  #later(delayMs: number): void {
    this.#cancel()
    this.#cancel = this.#given.home.clock.after(delayMs, () => void this.#work())
  }

  /** Puts the node with its applications when its key is absent, or of this life. */
  async #claim(lease: HeldLease): Promise<boolean> {
    const { client } = this.#given
    const key = this.#key
    const isAbsent: Compare = { key, target: 'create', is: '=', than: 0 }
    const changes = this.#routes.all()
    const acts = this.#claimActs(lease, changes)
    const range = { kind: 'range', range: { key } } as const
    const answer = await client.txn({ when: [isAbsent], acts, otherwise: [range] })
    if (answer.held) return this.#isClaimed(answer.revision, changes)
    const entry = answer.answers[0]?.keys[0]
    // It went in the meantime.
    if (entry === undefined) return true
    if (!(await this.#mayTake(entry))) return false
    const isSame: Compare = { key, target: 'mod', is: '=', than: entry.modRevision }
    const taken = await client.txn({ when: [isSame], acts })
    return taken.held ? this.#isClaimed(taken.revision, changes) : true
  }

  #claimActs(lease: HeldLease, changes: readonly OwnChange[]): readonly Act[] {
    const isWhole = changes.length <= APPLICATIONS_MAX
    for (const change of changes) this.#routes.sending(change)
    return [
      this.#acts.node(lease, !isWhole),
      this.#isLeaving ? this.#acts.leaving(lease) : this.#acts.noLeaving(),
      ...(isWhole ? changes.map((one) => this.#acts.application(lease, one)) : []),
    ]
  }

  #isClaimed(revision: number, changes: readonly OwnChange[]): boolean {
    if (this.#isStopped || this.#lease === undefined) return true
    this.#claimed = revision
    this.#wrote = revision
    this.#isLeavingTold = this.#isLeaving
    this.#rival = undefined
    this.#rivalTold = undefined
    this.#isAttaching = changes.length > APPLICATIONS_MAX
    // What did not fit is told from now on, and the node says so until all is there.
    if (this.#isAttaching) this.#routes.doubt()
    else for (const change of changes) this.#routes.sent(change)
    this.#trouble = ''
    this.#backOff.reset()
    this.#settleLeave()
    this.#taker.registered()
    return true
  }

  /** All that did not fit into the first transaction is there. */
  async #endAttaching(lease: HeldLease): Promise<boolean> {
    if (await this.#write([this.#acts.node(lease, false)], lease)) this.#isAttaching = false
    return true
  }

  /** Whether the key that another program, or an earlier one, has put may be overwritten. */
  async #mayTake(entry: KeyValue): Promise<boolean> {
    const { client, home, life, leaseTtlMs } = this.#given
    const { node, clock } = home
    const told = readNode(entry.value, node).value
    if (told?.life === life) return true
    const nowMs = clock.nowMs()
    const isNew = this.#rival === undefined
    this.#rival ??= new Rival({ entry, node, ttlMs: leaseTtlMs, nowMs })
    const isOther = !this.#rival.wrote(entry)
    const leftMs = entry.lease === undefined ? undefined : await client.timeToLive(entry.lease)
    const program = told === undefined ? 'unknown' : lifeOf(told.holder)
    // Who writes the key while it is looked at lives.
    const verdict = isOther ? 'taken' : this.#rival.verdict({ nowMs, leftMs, program })
    if (verdict === 'over') return true
    if (isOther) this.#rival = new Rival({ entry, node, ttlMs: leaseTtlMs, nowMs })
    if (verdict === 'taken') this.#tellTaken(entry, told?.route)
    else if (isNew) this.#taker.waiting()
    this.#later(verdict === 'taken' ? TAKEN_MS : RIVAL_MS)
    return false
  }

  /** Once for each program. */
  #tellTaken(entry: KeyValue, route: NodeRoute | undefined): void {
    const other = this.#rival?.life || String(entry.createRevision)
    if (this.#rivalTold === other) return
    this.#rivalTold = other
    const born = route === undefined ? '' : `, life ${route.creation}`
    const shown = route?.addresses.map(({ host, port, path }) => path || `${host}:${port}`)
    const where = shown?.join(', ') ?? ''
    const at = where === '' ? '' : ` at ${where}`
    this.#taker.taken(`another program${at} has registered it in etcd${born}, and lives`)
  }

  async #tellLeaving(lease: HeldLease): Promise<boolean> {
    const isLeaving = this.#isLeaving
    const act = isLeaving ? this.#acts.leaving(lease) : this.#acts.noLeaving()
    if (!(await this.#write([act], lease))) return true
    this.#isLeavingTold = isLeaving
    if (isLeaving) this.#settleLeave()
    return true
  }

  async #tell(changes: readonly OwnChange[], lease: HeldLease): Promise<boolean> {
    for (const change of changes) this.#routes.sending(change)
    const isOurs = await this.#write(
      changes.map((change) => this.#acts.application(lease, change)),
      lease,
    )
    if (isOurs) for (const change of changes) this.#routes.sent(change)
    return true
  }

  /** Writes while the node is registered under this lease; else it registers anew. */
  async #write(acts: readonly Act[], lease: HeldLease): Promise<boolean> {
    const isOwn: Compare = { key: this.#key, target: 'lease', is: '=', than: lease.id }
    const { held, revision } = await this.#given.client.txn({ when: [isOwn], acts })
    this.#wrote = Math.max(this.#wrote, revision)
    if (held) this.#backOff.reset()
    else this.#lose('its key is not under its lease')
    return held
  }

  #failed(thrown: unknown): void {
    if (this.#isStopped) return
    const { home } = this.#given
    const problem = describeThrown(thrown)
    this.#routes.doubt()
    this.#settleLeave()
    const isRefused = TroupeError.is(thrown, 'ETCD_REFUSED')
    if (isRefused) {
      // The lease may be what is wrong: everything is begun anew.
      this.#lease?.close()
      this.#lease = undefined
      this.#claimed = undefined
      if (!OF_LEASE.test(problem)) this.#taker.refused(problem)
    }
    const code = TroupeError.is(thrown) ? thrown.code : 'unknown'
    if (this.#trouble !== code) {
      this.#trouble = code
      home.log.warning('etcd does not take what this node tells; it is tried again', {
        ...{ code, problem },
      })
    }
    this.#later(this.#backOff.nextMs())
  }

  #settleLeave(): void {
    const waiting = this.#left
    this.#left = []
    for (const settle of waiting) settle()
  }
}
