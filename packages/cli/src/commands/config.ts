/**
 * commands/config: the configuration of a node: shows, writes and deletes items.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode, usageFault } from '#cli/fault'
import { allRows } from '#connect/pages'
import { fieldsOf, textOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { configLines } from '#view/led-view'
import { printJson, printLines, readJson, requireManage, wantsJson } from './printing.js'

const LEVEL = 'cluster'

async function get(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const [, item] = given.words
  const all = await allRows(session, await session.target(), 'config')
  const rows = all.filter((row) => item === undefined || fieldsOf(row)['item'] === item)
  if (wantsJson(given)) await printJson(terminal, rows)
  else await printLines(terminal, configLines(rows, terminal))
  return rows.length === 0 && item !== undefined ? EXIT.failed : EXIT.done
}

/** What is ordered; throws a CommandFault of usage. */
function orderOf({ words, options }: Given): Readonly<Record<string, unknown>> {
  const [verb, item, json] = words
  const usage = verb === 'put' ? 'put ITEM JSON --manage' : 'delete ITEM --manage'
  const isWhole = item !== undefined && (verb === 'put') === (json !== undefined)
  if (!isWhole) {
    const needs = verb === 'put' ? 'ITEM and JSON' : 'ITEM alone'
    throw usageFault(`troupe config ${verb} needs ${needs}.`, `Usage: troupe config ${usage}`)
  }
  const level = options['level'] ?? LEVEL
  if (json === undefined) return { do: 'config-delete', item, level }
  return { do: 'config-put', item, level, value: readJson('The value', json) }
}

async function change(
  order: Readonly<Record<string, unknown>>,
  given: Given,
  terminal: Terminal,
  session: Session,
): Promise<ExitCode> {
  const node = await session.target()
  const wasThere = fieldsOf(await session.ask(node, 'manage', order))['value'] === true
  const { item, level } = order
  if (wantsJson(given)) {
    await printJson(terminal, { node, item, level, wasThere })
    return EXIT.done
  }
  const isPut = order['do'] === 'config-put'
  const done = isPut ? (wasThere ? 'is changed' : 'is set') : 'is deleted'
  const told = isPut || wasThere ? done : 'was not there'
  await printLines(terminal, [
    `${safeText(textOf(item), 300)} ${told} at the level ${safeText(textOf(level), 40)}`,
  ])
  return EXIT.done
}

export const run: Run = async (given, terminal) => {
  const isGet = given.words[0] === 'get'
  const order = isGet ? {} : orderOf(given)
  if (!isGet) requireManage(given, 'changes the configuration')
  return withSession(connectSettings(given.options, terminal.env), (session) =>
    isGet ? get(given, terminal, session) : change(order, given, terminal, session),
  )
}
