/**
 * commands/figures: what a node counts and measures of itself, now or over the last hour.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf, numberOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { figureLines, hourLines } from '#view/figures-view'
import { hostLines } from '#view/host-view'
import { zombieLines } from '#view/zombies-view'
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
    // Who they are is asked for only where there are some.
    const hasZombies = !isHour && numberOf(sheet['zombies'], 0) > 0
    const { lastZombies = [] } = fieldsOf(
      hasZombies ? await session.ask(target, 'node').catch(() => undefined) : {},
    )
    const now = { ...sheet, lastZombies, host }
    if (wantsJson(given)) await printJson(terminal, isHour ? sheet : now)
    else if (isHour) await printLines(terminal, hourLines(sheet, terminal))
    else {
      const ofZombies = zombieLines(lastZombies, terminal)
      const ofHost = hostLines(fieldsOf(host), terminal)
      await printLines(terminal, [...figureLines(sheet, terminal), ...ofZombies, ...ofHost])
    }
    return EXIT.done
  })
}
