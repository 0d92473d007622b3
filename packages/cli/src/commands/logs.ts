/**
 * commands/logs: the last records of a node's log, and with -f those that come.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf, listOf, logLineOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeJson } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { logLines } from '#view/log-view'
import { plainValue } from '#view/value-view'
import { followAndPrint } from './following.js'
import { readCount, wantsJson } from './printing.js'

const LINES = 20
const LINES_MAX = 500
const NONE = 'no record that fits is kept\n'
const PER_SECOND = 100
const PER_SECOND_MAX = 1_000

function printer(given: Given, terminal: Terminal): (record: unknown) => string {
  if (wantsJson(given)) return (record) => `${safeJson(plainValue(record))}\n`
  return (record) => `${logLines(logLineOf(record), terminal).join('\n')}\n`
}

export const run: Run = async (given, terminal) => {
  const limit = readCount('lines', given, { otherwise: LINES, most: LINES_MAX })
  const limits = { otherwise: PER_SECOND, most: PER_SECOND_MAX }
  const perSecondMax = readCount('per-second', given, limits)
  const { level, search, application } = given.options
  const filter = {
    ...(level === undefined ? {} : { level }),
    ...(search === undefined ? {} : { search }),
    ...(application === undefined ? {} : { application }),
  }
  return withSession(connectSettings(given.options, terminal.env), async (session) => {
    const node = await session.target()
    const print = printer(given, terminal)
    const before = async (): Promise<readonly unknown[]> => {
      const page = fieldsOf(await session.ask(node, 'logs', { limit, ...filter }))
      return [...listOf(page['rows'])].reverse()
    }
    if (given.options['follow'] !== true) {
      const records = await before()
      const isEmpty = records.length === 0 && !wantsJson(given)
      await terminal.write(isEmpty ? NONE : records.map(print).join(''))
      return EXIT.done
    }
    const question = { of: 'logs', level: 'trace', perSecondMax, ...filter }
    return followAndPrint(session, terminal, { node, question, before, print })
  })
}
