/**
 * commands/metrics: what is measured on a node, or one metric with its series.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf, listOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { metricLines, seriesLines } from '#view/metrics-view'
import { printJson, printLines, wantsJson } from './printing.js'

/** As many as a node tells of at once. */
const LIST = { limit: 500, series: 1, points: 2, lastMs: 20_000 }
const SERIES = { series: 100, points: 2, lastMs: 20_000 }

export const run: Run = (given, terminal) => {
  const [node, name] = given.words
  const { search } = given.options
  const options = { ...given.options, ...(node === undefined ? {} : { node }) }
  const question =
    name === undefined
      ? { ...LIST, ...(search === undefined ? {} : { search }) }
      : { ...SERIES, name }
  return withSession(connectSettings(options, terminal.env), async (session) => {
    const sheet = fieldsOf(await session.ask(await session.target(), 'metrics', question))
    const lines = name === undefined ? metricLines : seriesLines
    if (wantsJson(given)) await printJson(terminal, sheet)
    else await printLines(terminal, lines(sheet, terminal))
    // A script that asks for one metric has to know that there is none.
    const isThere = name === undefined || listOf(sheet['metrics']).length > 0
    return isThere ? EXIT.done : EXIT.failed
  })
}
