/**
 * page/pages/metrics/asked: the address of what is told of metrics.
 */
import { address, nodeAddress } from '#page/live/api'
import type { Query } from '#page/place'

/** Of one node; undefined: of all together. */
export const metricsAddress = (node: string | undefined, question: Query): string =>
  node === undefined
    ? address(['cluster', 'metrics'], question)
    : nodeAddress(node, 'metrics', question)
