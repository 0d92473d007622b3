/**
 * commands/figures: what a node counts and measures of itself, now or over the last hour.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { figureLines, hourLines } from '#view/figures-view'
import { printJson, printLines, wantsJson } from './printing.js'

export const run: Run = async (given, terminal) => {
  const [node] = given.words
  const options = { ...given.options, ...(node === undefined ? {} : { node }) }
  const isHour = given.options['hour'] === true
  return withSession(connectSettings(options, terminal.env), async (session) => {
    const sheet = await session.ask(await session.target(), isHour ? 'history' : 'figures')
    if (wantsJson(given)) await printJson(terminal, sheet)
    else {
      const lines = isHour ? hourLines : figureLines
      await printLines(terminal, lines(fieldsOf(sheet), terminal))
    }
    return EXIT.done
  })
}
