/**
 * commands/dead-letters: what nobody handled at a node: how much, why, the last ones, the next.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { countsOf, deadLetterOf, fieldsOf, listOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeJson } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { causeLines, deadLetterLine } from '#view/dead-letters-view'
import { plainValue } from '#view/value-view'
import { followAndPrint } from './following.js'
import { printJson, printLines, readCount, wantsJson } from './printing.js'

const LINES = 20
const LINES_MAX = 500

function printer(given: Given, terminal: Terminal): (record: unknown) => string {
  if (wantsJson(given)) return (record) => `${safeJson(plainValue(record))}\n`
  return (record) => `${deadLetterLine(deadLetterOf(record), terminal)}\n`
}

export const run: Run = async (given, terminal) => {
  const limit = readCount('lines', given, { otherwise: LINES, most: LINES_MAX })
  const follows = given.options['follow'] === true
  const { cause } = given.options
  const filter = cause === undefined ? {} : { cause }
  return withSession(connectSettings(given.options, terminal.env), async (session) => {
    const node = await session.target()
    const page = fieldsOf(await session.ask(node, 'deadLetters', { limit, ...filter }))
    const rowsOf = (answer: unknown): readonly unknown[] =>
      [...listOf(fieldsOf(answer)['rows'])].reverse()
    const print = printer(given, terminal)
    if (wantsJson(given) && !follows) {
      await printJson(terminal, page)
      return EXIT.done
    }
    if (!wantsJson(given)) {
      const dropped = causeLines(countsOf(page['dropped']), terminal)
      await printLines(terminal, rowsOf(page).length === 0 ? dropped : [...dropped, ''])
    }
    if (!follows) {
      await terminal.write(rowsOf(page).map(print).join(''))
      return EXIT.done
    }
    const before = async () => rowsOf(await session.ask(node, 'deadLetters', { limit, ...filter }))
    const question = { of: 'dead-letters', perSecondMax: 100, ...filter }
    return followAndPrint(session, terminal, { node, question, before, print })
  })
}
