/**
 * commands/top: the busiest processes of a node, again and again, or once for a pipe.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode } from '#cli/fault'
import { pause, untilInterrupted } from '#connect/pause'
import { codeOf, problemText } from '#connect/problem'
import { type Session, withSession } from '#connect/session'
import { connectSettings, readSpan } from '#connect/settings'
import type { Terminal } from '#terminal/terminal'
import {
  ORDER_KEYS,
  ordered,
  type TopOrder,
  type TopSample,
  topHead,
  topRows,
  topScreen,
  topTable,
} from '#view/top-view'
import { printJson, printLines, readCount, wantsJson } from './printing.js'
import { sampleOf } from './top-sample.js'

const LINES = 30
const LINES_MAX = 500
const REFRESH_MS = 2_000
/** A lost node is asked again so often before it is given up. */
const MISSED_MAX = 5

/** Another screen in place of the old one, without its history; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'
/** q, and what Ctrl-C and Escape are where keys are not waited for. */
const QUIT_KEYS: ReadonlySet<string> = new Set(['q', 'Q', '\u0003', '\u001b'])

const ORDERS: Readonly<Record<TopOrder, string>> = Object.freeze({
  running: 'running',
  mailbox: 'mailbox',
  in: 'messages-in',
  out: 'messages-out',
  age: 'age',
})

async function sample(session: Session, node: string, facts: Facts): Promise<TopSample> {
  const [sheet, page] = await Promise.all([
    session.ask(node, 'node'),
    session.ask(node, 'processes', { top: ORDERS[facts.order], limit: facts.limit }),
  ])
  return sampleOf(sheet, page)
}

/** What is asked and shown; the order changes with the keys. */
interface Facts {
  order: TopOrder
  readonly limit: number
  readonly refreshMs: number
}

async function once(
  given: Given,
  terminal: Terminal,
  { session, node, facts }: Looking,
): Promise<ExitCode> {
  const now = await sample(session, node, facts)
  const rows = ordered(topRows(now, undefined), facts.order)
  if (wantsJson(given)) await printJson(terminal, { node: now.node, processes: rows })
  else {
    await printLines(terminal, [
      ...topHead(now, undefined, terminal),
      '',
      ...topTable(rows, terminal),
    ])
  }
  return EXIT.done
}

interface Looking {
  readonly session: Session
  readonly node: string
  readonly facts: Facts
}

/** The person at the terminal: keys, Ctrl-C and the size of the window. */
class Attention {
  readonly #quit = new AbortController()
  readonly #stops: readonly (() => void)[]
  /** The person wants to leave. */
  readonly over: AbortSignal
  #wake = new AbortController()

  constructor(terminal: Terminal, facts: Facts) {
    const { signal, stop } = untilInterrupted((taker) => terminal.onInterrupt(taker))
    this.over = AbortSignal.any([signal, this.#quit.signal])
    this.#stops = [
      stop,
      terminal.onKey((key) => this.#pressed(key, facts)),
      terminal.onResize(() => this.#wake.abort()),
    ]
  }

  #pressed(key: string, facts: Facts): void {
    if (QUIT_KEYS.has(key)) this.#quit.abort()
    const order = ORDER_KEYS[key]
    if (order === undefined) return
    facts.order = order
    this.#wake.abort()
  }

  /** Settles after a while, or when something was pressed. */
  rest(ms: number): Promise<void> {
    this.#wake = new AbortController()
    return pause(ms, AbortSignal.any([this.over, this.#wake.signal]))
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }
}

/** Draws until q or Ctrl-C; a node that does not answer for long ends it with what it said. */
async function again(terminal: Terminal, looking: Looking): Promise<ExitCode> {
  const attention = new Attention(terminal, looking.facts)
  await terminal.write(ENTER)
  try {
    await watch(terminal, looking, attention)
    return EXIT.done
  } finally {
    attention.stop()
    await terminal.write(LEAVE)
  }
}

async function watch(terminal: Terminal, looking: Looking, attention: Attention): Promise<void> {
  const { session, node, facts } = looking
  let before: TopSample | undefined
  let drawn: TopSample | undefined
  let missed = 0
  while (!attention.over.aborted) {
    let note: string | undefined
    try {
      const now = await sample(session, node, facts)
      missed = 0
      before = drawn
      drawn = now
    } catch (thrown) {
      missed += 1
      if (missed >= MISSED_MAX || drawn === undefined || isLost(thrown)) throw thrown
      note = `no answer (${missed} of ${MISSED_MAX}): ${problemText(thrown)}`
    }
    const { order } = facts
    const shown = { order, height: terminal.height, ...(note === undefined ? {} : { note }) }
    await draw(terminal, topScreen(drawn, before, shown, terminal))
    await attention.rest(facts.refreshMs)
  }
}

const isLost = (thrown: unknown): boolean =>
  codeOf(thrown) === 'NO_CONNECTION' || codeOf(thrown) === 'NO_ROUTE'

const draw = (terminal: Terminal, lines: readonly string[]): Promise<void> =>
  terminal.write(
    `${HOME}${lines.map((line) => `${line}${REST_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}`,
  )

export const run: Run = async (given, terminal) => {
  const facts: Facts = {
    order: (given.options['sort'] ?? 'running') as TopOrder,
    limit: readCount('lines', given, { otherwise: LINES, most: LINES_MAX }),
    refreshMs: readSpan('every', given.options['every'], REFRESH_MS),
  }
  const isOnce = given.options['once'] === true || wantsJson(given) || !terminal.isTerminal
  return withSession(connectSettings(given.options, terminal.env), async (session) => {
    const looking = { session, node: await session.target(), facts }
    return isOnce ? once(given, terminal, looking) : again(terminal, looking)
  })
}
