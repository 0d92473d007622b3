/**
 * commands/leaders: what is led at a node, by whom and since when.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { allRows } from '#connect/pages'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { leadersLines } from '#view/led-view'
import { printJson, printLines, wantsJson } from './printing.js'

export const run: Run = (given, terminal) =>
  withSession(connectSettings(given.options, terminal.env), async (session) => {
    const rows = await allRows(session, await session.target(), 'leaders')
    if (wantsJson(given)) await printJson(terminal, rows)
    else await printLines(terminal, leadersLines(rows, terminal))
    return EXIT.done
  })
