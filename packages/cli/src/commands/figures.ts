/**
 * commands/figures: what a node counts and measures of itself, now or over the last hour.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { figureLines, hourLines } from '#view/figures-view'
import { hostLines } from '#view/host-view'
import { printJson, printLines, wantsJson } from './printing.js'

export const run: Run = async (given, terminal) => {
  const [node] = given.words
  const options = { ...given.options, ...(node === undefined ? {} : { node }) }
  const isHour = given.options['hour'] === true
  return withSession(connectSettings(options, terminal.env), async (session) => {
    const target = await session.target()
    const sheet = fieldsOf(await session.ask(target, isHour ? 'history' : 'figures'))
    // A node of an earlier version does not tell of its machine: the rest is told all the same.
    const host = isHour ? undefined : await session.ask(target, 'host').catch(() => undefined)
    if (wantsJson(given)) await printJson(terminal, isHour ? sheet : { ...sheet, host })
    else if (isHour) await printLines(terminal, hourLines(sheet, terminal))
    else {
      const lines = [...figureLines(sheet, terminal), ...hostLines(fieldsOf(host), terminal)]
      await printLines(terminal, lines)
    }
    return EXIT.done
  })
}
