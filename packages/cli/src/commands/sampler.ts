/**
 * commands/sampler: which traces a node begins: tells it, or says from now on.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode, usageFault } from '#cli/fault'
import { allNodes } from '#connect/others'
import { codeOf, exitCodeOf, problemText } from '#connect/problem'
import { fieldsOf, listOf, textOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import { safeText } from '#terminal/safe-text'
import type { Terminal } from '#terminal/terminal'
import { typedProcess } from './address.js'
import { pidOf } from './inspect.js'
import { printJson, printLines, requireManage, wantsJson } from './printing.js'

/** Nodes that are told at a time. */
const AT_ONCE = 16

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

/** What became of it at one node. */
interface AtNode {
  readonly node: string
  readonly outcome: 'set' | 'unknown' | 'failed'
  readonly problem?: string
  readonly code?: string
}

const UNKNOWN: ReadonlySet<string | undefined> = new Set(['NAME_UNKNOWN', 'PROCESS_UNKNOWN'])

/** At one node: of the process that has the name there. */
async function setAt(
  session: Session,
  node: string,
  { name, sampler }: { readonly name: string; readonly sampler: string },
): Promise<AtNode> {
  try {
    const { pid: of } = fieldsOf(await session.ask(node, 'process', { name, messages: 0 }))
    await session.ask(node, 'manage', { do: 'sampler', scope: 'process', of, sampler })
    return { node, outcome: 'set' }
  } catch (thrown) {
    const code = codeOf(thrown)
    if (UNKNOWN.has(code)) return { node, outcome: 'unknown' }
    const told = { node, outcome: 'failed' as const, problem: problemText(thrown) }
    return code === undefined ? told : { ...told, code }
  }
}

/** Done where one node did it; else as the first one failed, or nobody had the name. */
function exitOf(answers: readonly AtNode[]): ExitCode {
  if (answers.some(({ outcome }) => outcome === 'set')) return EXIT.done
  const code = answers.find((answer) => answer.code !== undefined)?.code
  return code === undefined ? EXIT.failed : exitCodeOf(code)
}

const WORDS = Object.freeze({ set: 'set', unknown: 'no process of this name', failed: 'not set' })

async function changeAll(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const name = String(given.options['process'])
  const sampler = given.words.join(' ')
  const nodes = await allNodes(session)
  const answers: AtNode[] = []
  for (let from = 0; from < nodes.length; from += AT_ONCE) {
    const some = nodes.slice(from, from + AT_ONCE)
    answers.push(...(await Promise.all(some.map((at) => setAt(session, at, { name, sampler })))))
  }
  if (wantsJson(given)) await printJson(terminal, answers)
  else {
    const lines = answers.map(({ node, outcome, problem }) => {
      const why = problem === undefined ? '' : `: ${problem}`
      return `${safeText(node, 300)}: ${WORDS[outcome]}${why}`
    })
    await printLines(terminal, lines)
  }
  return exitOf(answers)
}

/** Throws where it is not said of which name, or what is to hold. */
function requireName({ options, words }: Given): void {
  const { process } = options
  const isName = typeof process === 'string' && typedProcess(process).kind === 'name'
  if (isName && words.length > 0) return
  const remedy = 'Give a sampler, and a registered name with --process.'
  throw usageFault('At all nodes it is of a name.', remedy)
}

export const run: Run = async (given, terminal) => {
  const { application, process } = given.options
  const isChange = given.words.length > 0
  if (isChange) requireManage(given, 'changes which traces are begun')
  if (application !== undefined && process !== undefined) {
    throw usageFault('A sampler is of one.', 'Give --application or --process.')
  }
  const isOfAll = given.options['all-nodes'] === true
  if (isOfAll) requireName(given)
  const changing = isOfAll ? changeAll : change
  return withSession(connectSettings(given.options, terminal.env), (session) =>
    (isChange ? changing : list)(given, terminal, session),
  )
}
