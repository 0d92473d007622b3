/**
 * commands/connection: what a node knows of its connection with another one, or of all.
 */
import type { Run } from '#arguments/command-spec'
import { EXIT } from '#cli/fault'
import { fieldsOf, listOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { connectionLines, connectionTable } from '#view/connection-view'
import { printJson, printLines, wantsJson } from './printing.js'

const ROWS = 500

export const run: Run = async (given, terminal) => {
  const [node, peer] = given.words
  const options = { ...given.options, ...(node === undefined ? {} : { node }) }
  return withSession(connectSettings(options, terminal.env), async (session) => {
    const target = await session.target()
    const sheet =
      peer === undefined
        ? await session.ask(target, 'connections', { limit: ROWS })
        : await session.ask(target, 'connection', { node: peer })
    const fields = fieldsOf(sheet)
    if (wantsJson(given)) await printJson(terminal, sheet)
    else if (peer !== undefined) await printLines(terminal, connectionLines(fields, terminal))
    else {
      const rows = listOf(fields['rows']).map(fieldsOf)
      await printLines(terminal, connectionTable(rows, terminal))
    }
    return EXIT.done
  })
}
