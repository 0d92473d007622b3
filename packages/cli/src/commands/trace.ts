/**
 * commands/trace: the newest traces of a node, or one of them over all nodes that can be reached.
 */
import type { Given, Run } from '#arguments/command-spec'
import { EXIT, type ExitCode, usageFault } from '#cli/fault'
import { allNodes } from '#connect/others'
import { fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { type Session, withSession } from '#connect/session'
import { connectSettings } from '#connect/settings'
import type { Terminal } from '#terminal/terminal'
import { type SpanRow, traceTable, traceTree } from '#view/trace-view'
import { printJson, printLines, readCount, wantsJson } from './printing.js'

const LINES = 20
const LINES_MAX = 500
/** Spans that one node is asked for. */
const SPANS_MAX = 2_000

async function list(given: Given, terminal: Terminal, session: Session): Promise<ExitCode> {
  const limit = readCount('lines', given, { otherwise: LINES, most: LINES_MAX })
  const { search } = given.options
  const node = await session.target()
  const asked = { limit, ...(search === undefined ? {} : { search }) }
  const answer = fieldsOf(await session.ask(node, 'traces', asked))
  const found = listOf(answer['rows'])
  if (wantsJson(given)) {
    await printJson(terminal, found)
    return EXIT.done
  }
  const rows = found.map(fieldsOf).map((row) => ({
    traceId: textOf(row['traceId']),
    kind: textOf(row['kind']),
    name: textOf(row['name']),
    process: [textOf(row['behaviour']), textOf(row['process'])]
      .filter((one) => one !== '')
      .join(' '),
    startMs: numberOf(row['startMs']),
    tookMs: numberOf(row['tookMs']),
    spans: numberOf(row['spans']),
    failed: row['failed'] === true,
  }))
  await printLines(terminal, traceTable(rows, terminal))
  return EXIT.done
}

/** What each node has of it; one that does not answer has nothing. */
async function spansOf(session: Session, traceId: string): Promise<readonly unknown[]> {
  const nodes = await allNodes(session)
  const answers = await Promise.allSettled(
    nodes.map((node) => session.ask(node, 'trace', { traceId, limit: SPANS_MAX })),
  )
  const [first] = answers
  if (first?.status === 'rejected') throw first.reason
  return answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? listOf(fieldsOf(answer.value)['spans']) : [],
  )
}

async function show(
  traceId: string,
  given: Given,
  terminal: Terminal,
  session: Session,
): Promise<ExitCode> {
  const spans = await spansOf(session, traceId)
  if (wantsJson(given)) await printJson(terminal, spans)
  else if (spans.length === 0) {
    await printLines(terminal, ['no node that was reached has a span of this trace'])
  } else await printLines(terminal, traceTree(spans.map(rowOf), terminal))
  return EXIT.done
}

function rowOf(span: unknown): SpanRow {
  const fields = fieldsOf(span)
  const timeOf = (name: string): number | undefined => {
    const value = numberOf(fields[name], Number.NaN)
    return Number.isNaN(value) ? undefined : value
  }
  const [sent, delivered, processed] = ['sentMs', 'deliveredMs', 'processedMs'].map(timeOf)
  const begun = delivered ?? sent
  const isWait = sent !== undefined && delivered !== undefined
  return {
    spanId: textOf(fields['spanId']),
    parentId: textOf(fields['parentId']),
    node: textOf(fields['node']),
    kind: textOf(fields['kind']),
    name: textOf(fields['name']),
    to: textOf(fields['to']),
    startMs: sent ?? delivered ?? processed ?? 0,
    waitedMs: isWait ? delivered - sent : undefined,
    tookMs: begun !== undefined && processed !== undefined ? processed - begun : undefined,
    failed: textOf(fields['failed']),
  }
}

export const run: Run = async (given, terminal) => {
  const [traceId] = given.words
  if (traceId !== undefined && !/^[0-9a-f]{32}$/.test(traceId)) {
    throw usageFault('That is no id of a trace.', 'Give 32 hexadecimal digits; troupe trace lists.')
  }
  return withSession(connectSettings(given.options, terminal.env), (session) =>
    traceId === undefined
      ? list(given, terminal, session)
      : show(traceId, given, terminal, session),
  )
}
