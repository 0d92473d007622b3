/**
 * commands/ping: whether the loop of a node answers, how soon, and how its clock differs.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { pause, untilInterrupted } from '#connect/pause'
import { faultOf, problemText } from '#connect/problem'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import { duration } from '#terminal/units'
import { printJsonLine, printLines, readCount, wantsJson } from './printing.js'

const COUNT_MAX = 1_000_000
const BETWEEN_MS = 1_000

const signed = (ms: number): string => `${ms < 0 ? '-' : '+'}${duration(Math.abs(ms))}`

export const run: Run = async (given, terminal) => {
  const count = readCount('count', given, { otherwise: 1, most: COUNT_MAX })
  const settings = connectSettings(
    { ...given.options, ...(given.words[0] === undefined ? {} : { node: given.words[0] }) },
    terminal.env,
  )
  return withSession(settings, async (session) => {
    const node = await session.target()
    const { signal, stop } = untilInterrupted((taker) => terminal.onInterrupt(taker))
    let [sent, answered] = [0, 0]
    let last: unknown
    while (sent < count && !signal.aborted) {
      if (sent > 0) await pause(BETWEEN_MS, signal)
      if (signal.aborted) break
      sent += 1
      try {
        const answer = await session.node.peer(node).ping({ timeoutMs: settings.timeoutMs })
        answered += 1
        if (wantsJson(given)) await printJsonLine(terminal, answer)
        else {
          const { roundTripMs, loopDelayMs, clockOffsetMs } = answer
          const parts = [
            `${safeText(node, 300)} answered in ${duration(roundTripMs)}`,
            `its loop is late by ${duration(loopDelayMs)}`,
            `its clock differs by ${signed(clockOffsetMs)}`,
          ]
          await printLines(terminal, [parts.join('; ')])
        }
      } catch (thrown) {
        last = thrown
        if (count > 1) terminal.note(`${safeText(node, 300)}: ${problemText(thrown)}`)
      }
    }
    stop()
    if (count > 1) terminal.note(`${sent} asked, ${answered} answered`)
    if (answered === 0 && last !== undefined) throw faultOf(last)
    return answered === sent ? EXIT.done : EXIT.failed
  })
}
