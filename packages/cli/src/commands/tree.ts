/**
 * commands/tree: the processes of a node below their parents.
 */
import type { Run } from '#arguments/command-spec'
import { CommandFault, EXIT } from '#cli/fault'
import { fieldsOf, listOf, processRowOf } from '#connect/reading'
import { withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import { treeLines } from '#view/tree-view'
import { printJson, printLines, readCount, wantsJson } from './printing.js'

const LIMIT = 500
const LIMIT_MAX = 2_000

export const run: Run = async (given, terminal) => {
  const limit = readCount('limit', given, { otherwise: LIMIT, most: LIMIT_MAX })
  const [application] = given.words
  return withSession(connectSettings(given.options, terminal.env), async (session) => {
    const node = await session.target()
    const question = { limit, ...(application === undefined ? {} : { application }) }
    const answer = fieldsOf(await session.ask(node, 'tree', question))
    const rows = listOf(answer['rows']).map(processRowOf)
    if (rows.length === 0 && application !== undefined) {
      throw new CommandFault({
        sentence: `No process of an application ${safeText(application, 200)} runs on ${node}.`,
        remedy: `See which ones are loaded: troupe app list --node ${safeText(node, 300)}`,
        exitCode: EXIT.failed,
      })
    }
    if (wantsJson(given)) await printJson(terminal, answer)
    else {
      const complete = answer['complete'] !== false
      await printLines(terminal, treeLines({ node, rows, complete }, terminal))
    }
    return EXIT.done
  })
}
