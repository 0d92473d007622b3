/**
 * connect/pages: all rows of a list that a node tells in pages.
 *
 * Limit: `PAGES_MAX`, so that a node that never says its last page is not asked for ever.
 */
import { fieldsOf, listOf, textOf } from './reading.js'
import type { Session } from './session.js'

const PAGE = 500
const PAGES_MAX = 40

type ListQuestion = 'services' | 'leaders' | 'config'

export async function allRows(
  session: Session,
  node: string,
  question: ListQuestion,
): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const asked = { limit: PAGE, ...(cursor === '' ? {} : { cursor }) }
    const answer = fieldsOf(await session.ask(node, question, asked))
    rows.push(...listOf(answer['rows']))
    cursor = textOf(answer['next'])
    if (cursor === '') break
  }
  return rows
}
