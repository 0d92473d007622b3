/**
 * cli/reporter: the actor that shows the account while the system runs.
 *
 * On a terminal one line changes in place; elsewhere a line is printed every few seconds. After
 * a replay it prints, once, whether every vehicle stands at its last recorded position.
 */

import { actor, type ProcessContext, protocol } from 'troupe'
import type { Account } from '#traffic/account/account'
import type { Accounts, Books } from '#traffic/account/books'
import { type FinalCheck, finalCheck, type Playback } from '#traffic/replay/playback'
import type { PositionTable } from '#traffic/store/position-table'
import { accountLine } from './account-line.js'
import type { Screen } from './screen.js'

/** How often the line on a terminal changes, and the end of a replay is looked for. */
const LOOK_MS = 500
/** Looks between two printed lines elsewhere. */
const LOOKS_PER_LINE = 10

export interface ReporterSources {
  readonly books: Accounts & Partial<Pick<Books, 'waiting'>>
  readonly table: Pick<PositionTable, 'size' | 'get'>
  readonly screen: Screen
  readonly playback: Playback | undefined
  /** Told once, when the replay is over and nothing of it is on its way any more. */
  readonly replayed: (check: FinalCheck) => void
}

export const Reporter = protocol('reporter', {})

interface State {
  readonly sources: ReporterSources
  looks: number
  quietLooks: number
}

async function look(state: State, _context: ProcessContext): Promise<void> {
  const { books, table, screen } = state.sources
  const account = await books.read()
  state.looks += 1
  const line = accountLine(account, table.size)
  if (screen.isTerminal) screen.show(line)
  else if (state.looks % LOOKS_PER_LINE === 0) screen.print(line)
  lookForEnd(state, account, line)
}

/** Over is a replay whose last packet was sent and that left nothing waiting twice in a row. */
function lookForEnd(state: State, account: Account, line: string): void {
  const { books, table, screen, playback, replayed } = state.sources
  if (playback === undefined || !playback.isDone || playback.isJudged) return
  const isQuiet = account.waiting === 0 && (books.waiting?.('sender') ?? 0) === 0
  state.quietLooks = isQuiet ? state.quietLooks + 1 : 0
  if (state.quietLooks < 2) return
  playback.isJudged = true
  const check = finalCheck(playback.rows, table)
  const { vehicles, atTheirPlace, firstAstray } = check
  const astray = firstAstray === undefined ? '' : `; the first that is not: ${firstAstray}`
  screen.print(line)
  screen.print(`replay over: ${playback.rows.length} positions`)
  screen.print(
    `check: ${atTheirPlace} of ${vehicles} vehicles are at their last recorded position${astray}`,
  )
  replayed(check)
}

export const reporterActor = actor(Reporter, {
  init: (sources: ReporterSources): State => ({ sources, looks: 0, quietLooks: 0 }),
  started(state, context) {
    context.every(LOOK_MS, () => look(state, context))
  },
  on: {},
})
