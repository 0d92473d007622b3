/**
 * testing/simulation/cluster-verdict: whether what the journal tells can have been.
 *
 * Judges when all faults are mended and all has come to rest. Order and doubles were judged when
 * they happened; here is judged what has not happened, and what should not have been told.
 */
import type { ClusterMember, SimulatedCluster } from './cluster.js'
import { describeRelation } from './cluster-actors.js'
import { FATAL, GRAVE } from './cluster-faults.js'
import {
  type ClusterJournal,
  describeMessage,
  type Notice,
  type Relation,
  type SentMessage,
} from './cluster-journal.js'
import { hostOf, nodeOn } from './cluster-member.js'

/** A grave fault explains a loss for so long after its end. */
const CAUSE_MS = 8_000
/** A killed node is down after this. */
const DOWN_MS = 3_000
/** A caller may be told so much after its time was up: its host may have stood still. */
const LATE_MS = 50

/** Judges a journal; faults of the code are added to its violations. */
export class ClusterVerdict {
  readonly #cluster: SimulatedCluster
  readonly #journal: ClusterJournal
  readonly #endMs: number

  constructor(cluster: SimulatedCluster, journal: ClusterJournal) {
    this.#cluster = cluster
    this.#journal = journal
    this.#endMs = cluster.clock.nowMs()
  }

  judge(): void {
    this.#judgeMessages()
    this.#judgeCalls()
    for (const relation of this.#journal.relations) this.#judgeRelation(relation)
    this.#judgeLinksAgree()
    this.#judgeListenings()
    this.#judgeDowns()
    this.#judgeCrashes()
    this.#judgeAccounts()
  }

  /** What was accepted has come, unless one of both nodes was lost and was told how many. */
  #judgeMessages(): void {
    const lost = new Map<string, SentMessage[]>()
    for (const message of this.#journal.sent) {
      const { outcome, received, from, toHost } = message
      const isRefused = /^[A-Z_]+$/.test(outcome) && message.form !== 'call'
      if (isRefused && received > 0 && !MAYBE.has(outcome)) {
        this.#violate('refused and received', describeMessage(message))
      }
      if (outcome === 'answered' && received !== 1) {
        this.#violate('answered and not received', describeMessage(message))
      }
      const isOwed = outcome === 'accepted' || outcome === 'confirmed'
      if (!isOwed || received > 0 || !from.isAlive || this.#receiverEnded(message)) continue
      if (outcome === 'confirmed') this.#violate('confirmed and lost', describeMessage(message))
      const pair = [from.host.name, toHost].sort().join(' ')
      lost.set(pair, [...(lost.get(pair) ?? []), message])
    }
    for (const [pair, messages] of lost) this.#judgeLost(pair, messages)
  }

  /** The sender is told what did not get there, the receiver what waited there in vain. */
  #judgeLost(pair: string, messages: readonly SentMessage[]): void {
    const hosts = pair.split(' ')
    const letters = [...this.#journal.notices].flatMap(([{ host }, notices]) =>
      hosts.includes(host.name)
        ? notices.filter(({ kind, about }) => kind === 'letters' && hosts.includes(hostOf(about)))
        : [],
    )
    for (const message of messages) {
      if (letters.some(({ atMs }) => atMs >= message.atMs)) continue
      this.#violate('lost', describeMessage(message))
    }
    const told = letters.reduce((sum, { count }) => sum + count, 0)
    if (told >= messages.length) return
    const detail = `${told} were told between ${hosts.join(' and ')}`
    this.#violate('lost without a word', `${detail}, there were ${messages.length}`)
  }

  /** The life that a message was for has ended, or there was none when it was sent. */
  #receiverEnded({ toHost, toLife, atMs }: SentMessage): boolean {
    const lives = this.#cluster.lives.filter(({ host }) => host.name === toHost)
    if (toLife !== undefined) return lives.find(({ life }) => life === toLife)?.isAlive !== true
    return this.#journal.faults.some(
      ({ kind, hosts, fromMs, toMs }) =>
        FATAL.has(kind) &&
        hosts[0] === toHost &&
        toMs + RESTART_MS >= atMs - CAUSE_MS &&
        fromMs <= atMs + 2 * CAUSE_MS,
    )
  }

  #judgeCalls(): void {
    for (const message of this.#journal.sent) {
      if (message.form === 'send' || !message.from.isAlive) continue
      if (message.outcomes === 0) this.#violate('no outcome', describeMessage(message))
      else if (message.outcome.startsWith('another')) {
        this.#violate('wrong answer', describeMessage(message))
      }
      const lateMs = message.outcomeMs - message.atMs - message.timeoutMs - LATE_MS
      const stoodMs = this.#stoodStillMs(message)
      if (message.form === 'call' && lateMs > stoodMs + message.timeoutMs * DRIFT) {
        this.#violate('late outcome', `${describeMessage(message)}, ${lateMs.toFixed(0)} ms late`)
      }
    }
  }

  /** How long the host of a sender stood still while it waited. */
  #stoodStillMs({ from, atMs, outcomeMs }: SentMessage): number {
    return this.#journal.faults
      .filter(({ kind, hosts }) => STANDSTILL.has(kind) && hosts[0] === from.host.name)
      .map(({ fromMs, toMs }) => Math.min(toMs, outcomeMs) - Math.max(fromMs, atMs))
      .reduce((sum, ms) => sum + Math.max(0, ms), 0)
  }

  /** Told once when the target has ended, and never while it lives and its node was not lost. */
  #judgeRelation(relation: Relation): void {
    const { watcher, target, told, atMs } = relation
    if (!watcher.member.isAlive || watcher.endedMs !== undefined) return
    if (relation.withdrawn && told.length === 0) return
    const targetEnded = target.endedMs !== undefined || !target.member.isAlive
    const [one] = told
    if (one === undefined) {
      // A link whose first half never arrived has no second half.
      const mayLack =
        relation.kind === 'link-back' &&
        this.#explained(watcher.member, target.member, atMs, this.#endMs)
      if (targetEnded && !mayLack) this.#violate('not told', describeRelation(relation))
      return
    }
    if (targetEnded && (target.endedMs ?? 0) <= one.atMs) return
    const { reason } = one
    if (reason !== 'no-connection') this.#violate('living target', describeRelation(relation))
    else if (!this.#explained(watcher.member, target.member, atMs, one.atMs)) {
      this.#violate('living target lost', describeRelation(relation))
    }
  }

  /** Both ends of a link between living processes say the same. */
  #judgeLinksAgree(): void {
    for (const relation of this.#journal.relations) {
      const { kind, watcher, target } = relation
      if (kind !== 'link' || watcher.endedMs !== undefined || target.endedMs !== undefined) continue
      if (!watcher.member.isAlive || !target.member.isAlive) continue
      const here = this.#isLinked(watcher.member, relation.watcher.pid, relation.target.pid)
      const there = this.#isLinked(target.member, relation.target.pid, relation.watcher.pid)
      if (here !== there) {
        this.#violate('half a link', `${describeRelation(relation)}: ${here} here, ${there} there`)
      }
    }
  }

  #isLinked(member: ClusterMember, near: Relation['watcher']['pid'], far: typeof near): boolean {
    const links = member.node.processInfo(near)?.links ?? []
    return links.some((one) => one.kind === 'pid' && one.id === far.id && one.node === far.node)
  }

  #judgeListenings(): void {
    for (const listening of this.#journal.listenings) {
      const { leaf, host, state, resubscribe, last, downs, refs } = listening
      if (!leaf.member.isAlive || leaf.endedMs !== undefined) continue
      const where = `leaf ${leaf.id} at ${leaf.member.key} hears ${host}, ${state}`
      if (state === 'joining') this.#violate('never joined', where)
      if (downs > refs.length) this.#violate('told twice', `${where}, ${downs} downs`)
      const mayReturn = this.#cluster.member(host) !== undefined
      if (state === 'lost' && resubscribe && mayReturn) this.#violate('not resubscribed', where)
      const latest = this.#journal.published.get(host)
      if (state === 'joined' && last !== latest && latest !== undefined) {
        this.#violate('event lost', `${where}, last heard ${last}, last published ${latest}`)
      }
    }
  }

  /** Nobody is declared down while it answers. */
  #judgeDowns(): void {
    for (const [member, notices] of this.#journal.notices) {
      const open = new Set<string>()
      for (const notice of notices) {
        const life = `${notice.about} ${notice.creation}`
        if (notice.kind === 'up' && open.has(life)) this.#violate('up twice', member.key)
        if (notice.kind === 'up') open.add(life)
        if (notice.kind !== 'down') continue
        if (!open.delete(life)) this.#violate('down twice', `${member.key}: ${notice.about}`)
        if (this.#hasCause([member.host.name, hostOf(notice.about)], notice.atMs)) continue
        if (!this.#hasMet(member, notice) || this.#wasMetAside(member, notice, notices)) continue
        const at = `at ${notice.atMs.toFixed(1)} ms`
        this.#violate(
          'down without a cause',
          `${member.key} on ${notice.about} ${at}: ${notice.reason}`,
        )
      }
    }
  }

  /**
   * The other node has known the lost connection too: the last word of a handshake may be lost
   * while it is blocked, and then it begins anew what it has never had.
   */
  #hasMet(member: ClusterMember, { about, atMs }: Notice): boolean {
    const own = nodeOn(member.host.name)
    for (const [other, notices] of this.#journal.notices) {
      if (nodeOn(other.host.name) !== about) continue
      const ups = notices.filter((one) => one.kind === 'up' && one.about === own)
      if (ups.some((up) => up.atMs < atMs - ANEW_MS)) return true
    }
    return false
  }

  /**
   * Both were blocked in turns while they met, so that each knows a connection that the other does
   * not: they begin anew.
   */
  #wasMetAside({ host }: ClusterMember, down: Notice, notices: readonly Notice[]): boolean {
    if (down.reason !== ANEW) return false
    const ups = notices.filter((one) => one.kind === 'up' && one.about === down.about)
    const upMs = ups.filter(({ atMs }) => atMs <= down.atMs).at(-1)?.atMs ?? 0
    const pair = [host.name, hostOf(down.about)]
    return this.#journal.faults.some(
      ({ kind, hosts, fromMs, toMs }) =>
        kind === 'block' &&
        pair.includes(hosts[0] as string) &&
        fromMs <= upMs &&
        toMs + HANDSHAKE_MS >= upMs,
    )
  }

  /** A killed node is down soon, for all whom nothing else has befallen. */
  #judgeCrashes(): void {
    for (const fault of this.#journal.faults) {
      const [host] = fault.hosts
      if (!FATAL.has(fault.kind) || host === undefined) continue
      for (const [member, notices] of this.#journal.notices) {
        if (member.host.name === host || this.#isTroubled(member, host, fault.fromMs)) continue
        this.#judgeCrash(member, notices, host, fault.fromMs)
      }
    }
  }

  #judgeCrash(member: ClusterMember, notices: readonly Notice[], host: string, atMs: number): void {
    const about = notices.filter((one) => one.about === nodeOn(host))
    const before = about.filter((one) => one.atMs <= atMs && one.kind !== 'letters')
    const last = before.filter(({ kind }) => kind !== 'suspect').at(-1)
    if (last?.kind !== 'up') return
    const down = about.find((one) => one.kind === 'down' && one.creation === last.creation)
    if (down !== undefined && down.atMs - atMs <= DOWN_MS + LATE_MS) return
    const told = down === undefined ? 'never' : `after ${(down.atMs - atMs).toFixed(0)} ms`
    this.#violate('killed and not down', `${host} for ${member.key}: ${told}`)
  }

  /** Something else befell the one that should notice, or the way between. */
  #isTroubled(member: ClusterMember, host: string, atMs: number): boolean {
    const own = member.host.name
    if (!member.isAlive) return true
    return this.#journal.faults.some(
      ({ kind, hosts, fromMs, toMs }) =>
        kind !== 'skew' &&
        fromMs <= atMs + DOWN_MS + LATE_MS &&
        toMs >= atMs - DOWN_MS &&
        (hosts.includes(own) || (!FATAL.has(kind) && hosts.includes(host))),
    )
  }

  /** The books of each node close, alone and beside ours. */
  #judgeAccounts(): void {
    for (const member of this.#cluster.members) {
      const { sent, handled, waiting, handling, dropped } = member.node.account()
      const drops = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      if (sent !== handled + waiting + handling + drops) {
        this.#violate(
          'account',
          `${member.key}: ${sent} sent, ${handled} handled, ${drops} dropped`,
        )
      }
      const ours = this.#journal.handled.get(member) ?? 0
      if (handled !== ours) {
        this.#violate('account', `${member.key}: it says ${handled} handled, the journal ${ours}`)
      }
    }
  }

  /** One of two nodes may have lost the other between two moments. */
  #explained(one: ClusterMember, other: ClusterMember, fromMs: number, toMs: number): boolean {
    const hosts = [one.host.name, other.host.name]
    return this.#journal.faults.some(
      (fault) => isCause(fault, hosts, fromMs, toMs) || isStandstill(fault, hosts, fromMs, toMs),
    )
  }

  #hasCause(hosts: readonly string[], atMs: number): boolean {
    // Who stands still hears later what has come of a cause.
    const stoodMs = this.#journal.faults
      .filter((one) => STANDSTILL.has(one.kind) && hosts.includes(one.hosts[0] as string))
      .filter(({ fromMs, toMs }) => fromMs <= atMs && toMs >= atMs - CAUSE_MS)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    return this.#journal.faults.some((fault) => isCause(fault, hosts, atMs - stoodMs, atMs))
  }

  #violate(rule: string, detail: string): void {
    this.#journal.violate(rule, detail)
  }
}

/** How a peer tells that the other node knows nothing of what they had. */
const ANEW = 'it has begun anew'
/** A handshake takes so long at most. */
const HANDSHAKE_MS = 5_000
/** What begins anew is told by both sides within this time. */
const ANEW_MS = 1_000
/** A restart takes so long at most. */
const RESTART_MS = 1_000
/** Clocks are wrong by up to a hundredth. */
const DRIFT = 0.02
const STANDSTILL: ReadonlySet<string> = new Set(['freeze', 'stall', 'block'])
/** Failures that do not tell whether a message was received. */
const MAYBE: ReadonlySet<string> = new Set(['NO_CONNECTION', 'NO_ROUTE', 'CONFIRM_TIMEOUT'])

/** A first handshake that comes to nothing while one of both stands still is no lost node. */
const isStandstill = (
  { kind, hosts, fromMs, toMs }: ClusterJournal['faults'][number],
  pair: readonly string[],
  sinceMs: number,
  atMs: number,
): boolean =>
  kind === 'block' &&
  pair.includes(hosts[0] as string) &&
  fromMs <= atMs &&
  toMs + CAUSE_MS >= sinceMs

/** A way concerns both its hosts; what befalls one host concerns all that talk to it. */
function isCause(
  { kind, hosts, fromMs, toMs }: ClusterJournal['faults'][number],
  pair: readonly string[],
  sinceMs: number,
  atMs: number,
): boolean {
  if (!GRAVE.has(kind) || fromMs > atMs || toMs + CAUSE_MS < sinceMs) return false
  return hosts.length === 1
    ? pair.includes(hosts[0] as string)
    : pair.every((host) => hosts.includes(host))
}
