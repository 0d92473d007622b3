/**
 * commands/top-sample: two answers of a node as one look at it.
 */
import {
  countsOf,
  fieldsOf,
  listOf,
  numberOf,
  processRowOf,
  textOf,
  textsOf,
} from '#connect/reading'
import type { TopSample } from '#view/top-view'

/** Reads the answers to `node` and `processes`. */
export function sampleOf(sheet: unknown, page: unknown): TopSample {
  const node = fieldsOf(sheet)
  const program = fieldsOf(node['program'])
  const memory = fieldsOf(program['memory'])
  const account = fieldsOf(node['account'])
  const dropped = Object.values(countsOf(account['dropped']))
  const found = fieldsOf(page)
  return {
    timeMs: numberOf(node['uptimeMs']),
    rows: listOf(found['rows']).map(processRowOf),
    total: numberOf(found['total']),
    node: {
      name: textOf(node['name']),
      uptimeMs: numberOf(node['uptimeMs']),
      processes: numberOf(node['processes']),
      applications: textsOf(node['applications']),
      version: textOf(node['version']),
      handled: numberOf(account['handled']),
      droppedAll: dropped.reduce((sum, one) => sum + one, 0),
      waiting: numberOf(account['waiting']),
      heapUsedBytes: numberOf(memory['heapUsedBytes'], -1),
      rssBytes: numberOf(memory['rssBytes'], -1),
      loopDelayMs: numberOf(program['loopDelayMs'], -1),
      utilisation: numberOf(program['utilisation'], -1),
    },
  }
}
