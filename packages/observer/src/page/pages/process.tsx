/**
 * page/pages/process: everything about one process, by its pid or by its registered name.
 *
 * By name the page stays with whoever bears it: when a supervisor brings the process back, the
 * page shows the new one. By pid it stays with the one; when that ends, what was known stays on
 * screen, with why it ended where its supervisor knows that.
 */
import type { VNode } from 'preact'
import { useRef } from 'preact/hooks'
import type { Problem } from '#observer/contract/api'
import { Badge, PageHead, ProblemBox, State } from '#page/kit/basics'
import { NodeLink } from '#page/kit/links'
import { nodeAddress } from '#page/live/api'
import type { Live } from '#page/live/stream'
import { useSteadySubject, useSubject } from '#page/live/use'
import { pidParts, shortPid } from '#page/model/pid-text'
import { type Look, NO_LOOK, nextLook } from '#page/model/row-rates'
import type { ToldInsight, ToldProcess, ToldWhy } from '#page/model/told'
import { isOwn, ProcessActions } from './process/actions.js'
import { CallCards } from './process/calls.js'
import { Ended } from './process/ended.js'
import { ExitCard } from './process/exits.js'
import { ProcessFacts, ProcessFigures } from './process/figures.js'
import { MailboxCard } from './process/mailbox.js'
import { RateCard } from './process/rates.js'
import { RelationsCard } from './process/relations.js'
import { StateCard } from './process/state.js'
import { TimerCard } from './process/timers.js'
import { WhyPanel } from './process/why.js'

/** How many waiting messages are shown. */
const MESSAGES = 50

export interface ProcessPageProps {
  readonly node: string
  /** A pid, or a registered name. */
  readonly which: string
  readonly query: URLSearchParams
}

export function ProcessPage({ node, which, query }: ProcessPageProps): VNode {
  const asked = pidParts(which) === undefined ? { name: which } : { pid: which }
  const live = useSubject<ToldProcess>(
    nodeAddress(node, 'process', { ...asked, messages: MESSAGES }),
  )
  const { sheet, problem } = live
  const gone = problem !== undefined && GONE.has(problem.code)
  // What is gone may be explained as well: a zombie, or a child that is to come back.
  const why = useSteadySubject<ToldWhy>(nodeAddress(node, 'why', asked))
  // What stands below waits for what stands above: else it would be pushed away.
  const explained = gone || why.sheet !== undefined || why.problem !== undefined
  const explains = gone ? isAfterEnd(why) : sheet !== undefined
  return (
    <>
      <Head node={node} which={which} sheet={sheet} gone={gone} />
      {gone && <Ended node={node} sheet={sheet} problem={problem} />}
      {problem !== undefined && !gone && <ProblemBox problem={problem} />}
      {sheet !== undefined && isOwn(sheet) && !gone && <Protected />}
      {explains && <WhyPanel live={why} query={query} />}
      {sheet !== undefined && explained && <Body node={node} live={live} gone={gone} />}
    </>
  )
}

/** What is told of a process that is gone and is not about its life. */
function isAfterEnd({ sheet, problem }: Live<ToldWhy>): boolean {
  const cause = sheet?.verdict.cause
  return problem === undefined && (cause === 'zombie' || cause === 'restart-back-off')
}

function Body({
  node,
  live,
  gone,
}: {
  readonly node: string
  readonly live: Live<ToldProcess>
  readonly gone: boolean
}): VNode | null {
  const { sheet, atMs } = live
  const insight = useSubject<ToldInsight>(
    gone || sheet === undefined ? undefined : nodeAddress(node, 'insight', { pid: sheet.pid }),
  )
  const look = useRates(live)
  const told = useLast(insight.sheet, sheet?.pid)
  if (sheet === undefined) return null
  const asked = gone || told !== undefined || insight.problem !== undefined
  return (
    <div class={gone ? 'process-body is-past' : 'process-body'}>
      <ProcessFigures sheet={sheet} insight={told} look={look} atMs={atMs} />
      {asked && <Panes sheet={sheet} insight={told} problem={insight.problem} />}
    </div>
  )
}

/** Two columns that do not know of each other: what is short leaves no hole. */
function Panes({
  sheet,
  insight,
  problem,
}: {
  readonly sheet: ToldProcess
  readonly insight: ToldInsight | undefined
  readonly problem: Problem | undefined
}): VNode {
  return (
    <div class="panes">
      <div class="panes-column">
        <MailboxCard sheet={sheet} />
        <CallCards insight={insight} problem={problem} />
        <TimerCard insight={insight} timers={sheet.timers} />
        <RateCard insight={insight} />
      </div>
      <div class="panes-column">
        <StateCard sheet={sheet} />
        <ProcessFacts sheet={sheet} insight={insight} />
        <ExitCard insight={insight} kind={sheet.kind} />
        <RelationsCard sheet={sheet} />
      </div>
    </div>
  )
}

/** Answers that say that the process is not there (any more). */
const GONE: ReadonlySet<string> = new Set([
  'PROCESS_UNKNOWN',
  'PROCESS_INCARNATION',
  'NAME_UNKNOWN',
])

function Head({
  node,
  which,
  sheet,
  gone,
}: {
  readonly node: string
  readonly which: string
  readonly sheet: ToldProcess | undefined
  readonly gone: boolean
}): VNode {
  return (
    <PageHead
      title={<span class="process-title">{sheet?.name ?? sheet?.behaviour ?? which}</span>}
      subtitle={sheet !== undefined && <Words node={node} sheet={sheet} gone={gone} />}
    >
      {sheet !== undefined && !gone && !isOwn(sheet) && (
        <ProcessActions node={node} sheet={sheet} />
      )}
    </PageHead>
  )
}

function Words({
  node,
  sheet,
  gone,
}: {
  readonly node: string
  readonly sheet: ToldProcess
  readonly gone: boolean
}): VNode {
  const { pid, name, state, kind, behaviour, application } = sheet
  return (
    <span class="process-words">
      <span class="mono" title={pid}>
        {shortPid(pid)}
      </span>
      <span>
        on <NodeLink node={node} />
      </span>
      {behaviour !== name && <span>{behaviour}</span>}
      {application !== undefined && <span>of {application}</span>}
      <Badge>{kind}</Badge>
      <State state={gone ? 'ended' : state} />
    </span>
  )
}

/** Why some buttons are missing here. */
const Protected = (): VNode => (
  <p class="protected">
    One of Troupe's own processes: nobody sends to it, ends it or changes it from here, as the node
    stands and falls with it. To stop the node, drain it.
  </p>
)

/** What the process does in a second, from the last two looks. */
function useRates({ sheet, atMs }: Live<ToldProcess>): Look {
  const kept = useRef<{ readonly sheet: ToldProcess | undefined; readonly look: Look }>({
    sheet: undefined,
    look: NO_LOOK,
  })
  if (sheet !== undefined && sheet !== kept.current.sheet) {
    kept.current = { sheet, look: nextLook(kept.current.look, [rowOf(sheet)], atMs) }
  }
  return kept.current.look
}

const rowOf = (sheet: ToldProcess): Parameters<typeof nextLook>[1][number] => ({
  ...sheet,
  mailbox: 0,
  oldestWaitMs: sheet.mailbox.oldestWaitMs,
})

/** What was told last of this process: it stays when the process ends. */
function useLast<T>(now: T | undefined, pid: string | undefined): T | undefined {
  const kept = useRef<{ readonly pid: string | undefined; readonly value: T | undefined }>({
    pid: undefined,
    value: undefined,
  })
  if (now !== undefined) kept.current = { pid, value: now }
  return kept.current.pid === pid ? kept.current.value : undefined
}
