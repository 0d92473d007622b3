/**
 * cluster/watch: looks at all nodes and keeps what they told: the cluster as one sheet.
 *
 * While nobody looks it only follows who is there. A node that does not answer keeps nobody
 * waiting: the sheet tells what is known, and since when it is silent.
 * Limit: `NODES_MAX` nodes; `AT_ONCE` are asked at a time.
 */
import type { LeaderSheet, MemberInfo, MemberSheet } from 'troupe'
import type { ClusterNotice, ClusterSheet, NodeState } from '#observer/contract/api'
import type { Verbs } from '#observer/hub/verbs'
import { problemOf } from '#observer/text/problem'
import { lookAt } from './look.js'
import { NodeFile, stateOf } from './node-file.js'
import { noticeOf } from './notices.js'
import { sheetOf } from './sheet.js'
import { Turnstile } from './turnstile.js'

/** Nodes that are asked at a time. */
const AT_ONCE = 16
const ANSWER_MS = 3_000
/** A sheet waits so long for answers; who is later is in the next one. */
const SHEET_WAIT_MS = 400
/** Two who look at nearly the same time share one look. */
const SHARE_MS = 400
/** Who is there is looked at so often while nobody looks. */
const IDLE_MS = 5_000
/** Applications and leaders change seldom, and cost their node more. */
const SELDOM_LOOKS = 5
/** Nodes that are gone are shown so long. */
const DOWN_MS = 600_000
const NODES_MAX = 2_000
const NOTICES_MAX = 100
/** Of one look at one node. */
const LEADER_NOTICES_MAX = 5
const PAGE = 500

type Members = Pick<MemberSheet, 'coverage' | 'registrar' | 'creation'>

export class ClusterWatch {
  readonly #verbs: Verbs
  readonly #turnstile = new Turnstile(AT_ONCE, NODES_MAX)
  /** Those that did not answer the last time wait among themselves alone. */
  readonly #doubtful = new Turnstile(AT_ONCE, NODES_MAX)
  readonly #files = new Map<string, NodeFile>()
  #members: Members | undefined
  #notices: readonly ClusterNotice[] = []
  #looks = 0
  #isStopped = false
  /** When it was last asked whether a node is there, and what comes of it. */
  #readMs = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined
  #lookedMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  #timer: { cancel(): boolean } | undefined

  constructor(verbs: Verbs) {
    this.#verbs = verbs
  }

  /** Follows who is there from now on. */
  start(): void {
    void this.#follow()
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Nodes that may be asked: those that are not gone; first those that have answered last. */
  async nodes(): Promise<readonly string[]> {
    if (this.#members === undefined) await this.#readMembers()
    const present = [...this.#files.values()].filter(({ state }) => state !== 'down')
    const isDoubtful = ({ problem }: NodeFile): number => Number(problem !== undefined)
    present.sort((one, other) => isDoubtful(one) - isDoubtful(other))
    return present.map(({ node }) => node)
  }

  /** Whether the cluster has this node now; of one that it did not have, it asks once more. */
  async knows(node: string): Promise<boolean> {
    if (this.#has(node)) return true
    const nowMs = this.#verbs.nowMs()
    if (this.#reading === undefined || nowMs - this.#readMs >= SHARE_MS) {
      this.#readMs = nowMs
      this.#reading = this.#readMembers()
    }
    await this.#reading
    return this.#has(node)
  }

  #has(node: string): boolean {
    const state = this.#files.get(node)?.state
    return state !== undefined && state !== 'down'
  }

  /** The cluster as it is now, made of the nodes that are seen. */
  async sheet(sees?: (node: string) => boolean): Promise<ClusterSheet> {
    const isFresh = this.#verbs.nowMs() - this.#lookedMs < SHARE_MS
    if (!isFresh) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
    }
    await this.#looking
    const { coverage, registrar } = this.#members as Members
    const parts = {
      ...{ node: this.#verbs.own, timeMs: this.#verbs.wallMs(), coverage, registrar },
      files: [...this.#files.values()],
      notices: this.#notices,
    }
    return sheetOf(parts, sees)
  }

  async #follow(): Promise<void> {
    try {
      if (this.#verbs.nowMs() - this.#lookedMs >= IDLE_MS / 2) await this.#readMembers()
    } catch {
      // The own node is stopping, or only starts; it is asked again.
    }
    if (!this.#isStopped) this.#timer = this.#verbs.after(IDLE_MS, () => void this.#follow())
  }

  async #look(): Promise<void> {
    await this.#readMembers()
    const isSeldom = this.#looks % SELDOM_LOOKS === 0
    this.#looks += 1
    const asked = [...this.#files.values()].filter((file) => file.state !== 'down')
    const all = Promise.all(asked.map((file) => this.#ask(file, isSeldom)))
    await new Promise<void>((resolve) => {
      const enough = this.#verbs.after(SHEET_WAIT_MS, resolve)
      void all.then(() => {
        enough.cancel()
        resolve()
      })
    })
    this.#lookedMs = this.#verbs.nowMs()
  }

  async #readMembers(): Promise<void> {
    const { own } = this.#verbs
    const members: MemberInfo[] = []
    let cursor: string | undefined
    do {
      const payload = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }
      const asked = { node: own, request: 'members', payload, timeoutMs: ANSWER_MS }
      const sheet = (await this.#verbs.ask(asked)) as MemberSheet
      this.#members = sheet
      members.push(...sheet.members.rows)
      cursor = sheet.members.next
    } while (cursor !== undefined && members.length < NODES_MAX)
    this.#took(members.slice(0, NODES_MAX))
  }

  #took(members: readonly MemberInfo[]): void {
    const isFirst = this.#files.size === 0
    const oldMs = this.#verbs.wallMs() - DOWN_MS
    // Membership remembers for longer who was there.
    const shown = members.filter(({ state, sinceMs }) => state !== 'gone' || sinceMs > oldMs)
    this.#fileOf(this.#verbs.own, undefined, isFirst)
    for (const member of shown) {
      const file = this.#fileOf(member.node, member, isFirst)
      if (isOtherLife(file.member, member)) this.#endLife(file)
      file.member = member
    }
    const known = new Set([this.#verbs.own, ...shown.map(({ node }) => node)])
    for (const [node, file] of this.#files) {
      if (known.has(node)) this.#judge(file)
      else this.#files.delete(node)
    }
  }

  #fileOf(node: string, member: MemberInfo | undefined, isFirst: boolean): NodeFile {
    const known = this.#files.get(node)
    if (known !== undefined) return known
    const isGone = member?.state === 'gone'
    const timeMs = this.#verbs.wallMs()
    const file = new NodeFile(node)
    file.state = isGone ? 'down' : 'looking'
    file.sinceMs = isGone ? member.sinceMs : timeMs
    file.isMissed = isGone
    file.isAway = isGone
    this.#files.set(node, file)
    // At first all of them are new, and no news.
    const isNews = !isFirst && !isGone
    if (isNews) this.#note({ timeMs, kind: 'node-up', node, text: `${node} has come` })
    return file
  }

  /** It went and came back between two looks. */
  #endLife(file: NodeFile): void {
    if (file.state === 'down') return
    const text = `${file.node} is down: another life of it has begun since`
    const timeMs = this.#verbs.wallMs()
    this.#enter(file, 'down', { timeMs, kind: 'node-down', node: file.node, text })
  }

  /** Puts a node into its state, and tells when it is another one. */
  #judge(file: NodeFile): void {
    const state = stateOf(file)
    if (state !== file.state) {
      this.#enter(file, state, noticeOf(file, state, this.#verbs.wallMs()))
    }
  }

  #enter(file: NodeFile, state: NodeState, notice: ClusterNotice | undefined): void {
    file.state = state
    file.sinceMs = this.#verbs.wallMs()
    if (state === 'down') file.forget()
    if (notice === undefined) return
    file.isMissed = notice.kind !== 'node-up' && notice.kind !== 'node-well'
    file.isAway = state === 'down'
    this.#note(notice)
  }

  /** The newest is first: what is heard of late stands where it happened. */
  #note(notice: ClusterNotice): void {
    const notices = [notice, ...this.#notices].sort((one, other) => other.timeMs - one.timeMs)
    this.#notices = notices.slice(0, NOTICES_MAX)
  }

  /** Asks one node, unless the last questions still wait. */
  async #ask(file: NodeFile, isSeldom: boolean): Promise<void> {
    if (file.isAsked) return
    file.isAsked = true
    try {
      const turnstile = file.problem === undefined ? this.#turnstile : this.#doubtful
      await turnstile.through(() => this.#askAll(file, isSeldom || !file.wasSeen))
      file.problem = undefined
    } catch (thrown) {
      const { own } = this.#verbs
      file.problem = problemOf(thrown, { node: file.node, own })
    }
    file.isAsked = false
    // The answer came when the node had gone; its next life has told nothing yet.
    if (file.state === 'down') file.forget()
    this.#judge(file)
  }

  /** All of its answers are read before the first is taken. */
  async #askAll(file: NodeFile, isSeldom: boolean): Promise<void> {
    const { figures, peers, seldom } = await lookAt(this.#verbs, file.node, isSeldom)
    if (figures !== undefined) file.tookFigures(figures)
    file.tookPeers(peers, this.#verbs.nowMs())
    if (seldom === undefined) return
    file.wasSeen = true
    file.isDraining = seldom.phase === 'draining'
    file.applications = seldom.applications
      .filter(({ own }) => !own)
      .map(({ name, state, weight }) => ({ name, state, weight }))
    this.#tookLeaders(file, seldom.leaders)
  }

  #tookLeaders(file: NodeFile, leaders: readonly LeaderSheet[]): void {
    const leading = leaders.filter(({ role }) => role === 'leader')
    const leads = leading.map(({ clusterId, term }) => ({ clusterId, term }))
    const fresh = leading.filter(
      ({ clusterId, term }) =>
        !file.leads.some((one) => one.clusterId === clusterId && one.term === term),
    )
    // One node must not push what the others did out of the notices.
    for (const sheet of fresh.slice(0, LEADER_NOTICES_MAX)) {
      const text = `${file.node} leads ${sheet.clusterId}, term ${sheet.term}`
      const timeMs = leadsSinceMs(sheet, file.figures?.timeMs, this.#verbs.wallMs())
      this.#note({ timeMs, kind: 'leader', node: file.node, text })
    }
    file.leads = leads
  }
}

/** Since when it leads, by our clock: as long ago as it is by that of its node. */
function leadsSinceMs(
  { term, changes }: LeaderSheet,
  itsNowMs: number | undefined,
  nowMs: number,
): number {
  const change = changes.find((one) => one.term === term && one.leader !== undefined)
  if (change === undefined || itsNowMs === undefined) return nowMs
  return nowMs - Math.max(0, itsNowMs - change.timeMs)
}

/** A registrar may name a node before anybody knows when it began: that is no other life. */
const isOtherLife = (before: MemberInfo | undefined, now: MemberInfo): boolean =>
  before !== undefined &&
  before.creation !== 0 &&
  now.creation !== 0 &&
  before.creation !== now.creation
