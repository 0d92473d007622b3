/**
 * commands/sampler: which traces a node begins: tells it, or says from now on.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode, usageFault } from '#cli/fault'
import { fieldsOf, listOf, textOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { typedProcess } from './address.js'
import { pidOf } from './inspect.js'
import { printJson, printLines, requireManage, wantsJson } from './printing.js'

async function list(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const node = await session.target()
  const { samplers } = fieldsOf(await session.ask(node, 'traces', { limit: 1 }))
  if (wantsJson(given)) {
    await printJson(terminal, listOf(samplers))
    return EXIT.done
  }
  const lines = listOf(samplers)
    .map(fieldsOf)
    .map(({ scope, of, sampler }) => {
      const whose = textOf(scope) === 'node' ? node : `${textOf(scope)} ${textOf(of)}`
      return `${safeText(whose, 300)}  ${safeText(textOf(sampler), 100)}`
    })
  await printLines(terminal, lines)
  return EXIT.done
}

/** Whose sampler was meant, as the node is told. */
async function scopeOf(given: Given, session: Session, node: string): Promise<object> {
  const { application, process } = given.options
  if (typeof application === 'string') return { scope: 'application', of: application }
  if (typeof process !== 'string') return { scope: 'node' }
  const typed = typedProcess(process)
  const of =
    typed.kind === 'number'
      ? await pidOf(session, node, typed)
      : fieldsOf(await session.ask(node, 'process', { name: typed.name }))['pid']
  return { scope: 'process', of }
}

async function change(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const sampler = given.words.join(' ')
  const node = await session.target()
  const order = { do: 'sampler', ...(await scopeOf(given, session, node)), sampler }
  await session.ask(node, 'manage', order)
  if (wantsJson(given)) await printJson(terminal, { node, ...order })
  else await printLines(terminal, [`${safeText(node, 300)}: ${safeText(sampler, 100)}`])
  return EXIT.done
}

export const run: Run = async (given, terminal) => {
  const { application, process } = given.options
  const isChange = given.words.length > 0
  if (isChange) requireManage(given, 'changes which traces are begun')
  if (application !== undefined && process !== undefined) {
    throw usageFault('A sampler is of one.', 'Give --application or --process.')
  }
  return withSession(connectSettings(given.options, terminal.env), (session) =>
    isChange ? change(given, terminal, session) : list(given, terminal, session),
  )
}
