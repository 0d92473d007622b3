/**
 * testing/conformance/leader-keeper: a leader actor that writes down all it is told.
 *
 * Knows nothing of who decides: that is in the options of its election.
 */
import assert from 'node:assert/strict'
import { leader } from '#cluster'
import {
  type ElectionOptions,
  type ExitReason,
  eventName,
  type Leadership,
  message,
  Pid,
  protocol,
  request,
} from '#contract'

export const Keeper = protocol('keeper', {
  note: message<string>(),
  work: message<number>(),
  wait: message(),
  leads: request<void, boolean>(),
  fail: message<ExitReason | 'throw'>(),
})

export const NEWS = eventName<string>('news')

/** What one process has seen, for a test to look at. */
export interface Diary {
  readonly lines: string[]
  leadership: Leadership | undefined
  /** Lets a handler of `wait` go on. */
  release: () => void
}

export interface KeeperGiven {
  readonly diary: Diary
  readonly election: ElectionOptions
  /** Called with the term when it leads; may throw, or wait. */
  readonly leads?: (term: number) => unknown
}

/** Node of a pid, without its host's ending. */
export const whereIs = (pid: Pid | undefined): string => pid?.node.split('@')[0] ?? 'nobody'

export const keeper = leader(Keeper, {
  name: 'Keeper',
  election: ({ election }) => election,
  init: (given: KeeperGiven) => given,
  async started({ diary }, context) {
    diary.lines.push('started')
    diary.leadership = context.leadership
    assert.equal(context.leadership.isLeader, false)
    await context.subscribe(NEWS)
  },
  on: {
    note: ({ diary }, text) => void diary.lines.push(`note ${text}`),
    async work({ diary }, ms, context) {
      diary.lines.push('work begins')
      await context.sleep(ms)
      diary.lines.push(`work ends, leads: ${context.leadership.isLeader}`)
    },
    async wait({ diary }, _given, context) {
      const released = new Promise<void>((resolve) => {
        diary.release = resolve
      })
      diary.lines.push('work begins')
      await released
      diary.lines.push(`work ends, leads: ${context.leadership.isLeader}`)
    },
    leads: (_state, _given, { leadership }) => leadership.isLeader,
    fail(_state, reason, context) {
      if (reason === 'throw') assert.fail('on purpose')
      context.stop(reason)
    },
  },
  handleBecomeLeader({ diary, leads }, term) {
    diary.lines.push(`leads ${term}`)
    return leads?.(term)
  },
  handleBecomeFollower: ({ diary }, pid) => void diary.lines.push(`follows ${whereIs(pid)}`),
  handlePeerJoined: ({ diary }, pid) => void diary.lines.push(`+${whereIs(pid)}`),
  handlePeerLeft: ({ diary }, pid) => void diary.lines.push(`-${whereIs(pid)}`),
  handleTermChanged: ({ diary }, { before, after }) =>
    void diary.lines.push(`term ${before}>${after}`),
  handleEvent: ({ diary }, { message: news }) => void diary.lines.push(`event ${String(news)}`),
  handleLog: ({ diary }, record) => void diary.lines.push(`log ${record.message}`),
  handleDown: ({ diary }, { target }) =>
    void diary.lines.push(`down ${Pid.is(target) ? whereIs(target) : 'something'}`),
  handleExit: ({ diary }, { reason }) => void diary.lines.push(`exit ${String(reason)}`),
  terminate: ({ diary }, reason, { leadership }) =>
    void diary.lines.push(`ends ${String(reason)}, leads: ${leadership.isLeader}`),
  inspect: ({ diary }) => ({ lines: diary.lines.length }),
})

export const newDiary = (): Diary => ({ lines: [], leadership: undefined, release: () => {} })

/** Who is told that it leads is told that it does no longer before it hears of the next time. */
export function assertInOrder(lines: readonly string[]): void {
  let leadsIn = 0
  let highest = 0
  for (const line of lines) {
    const [word, term] = line.split(' ')
    if (word === 'started' || word === 'follows') leadsIn = 0
    if (word !== 'leads') continue
    assert.equal(leadsIn, 0, lines.join(', '))
    assert.ok(Number(term) > highest, lines.join(', '))
    leadsIn = Number(term)
    highest = leadsIn
  }
}
