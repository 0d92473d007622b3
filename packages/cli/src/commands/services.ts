/**
 * commands/services: the services that a node uses, and how each of their nodes does.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { allRows } from '#connect/pages'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { servicesLines } from '#view/led-view'
import { printJson, printLines, wantsJson } from './printing.js'

export const run: Run = (given, terminal) =>
  withSession(connectSettings(given.options, terminal.env), async (session) => {
    const rows = await allRows(session, await session.target(), 'services')
    if (wantsJson(given)) await printJson(terminal, rows)
    else await printLines(terminal, servicesLines(rows, terminal))
    return EXIT.done
  })
