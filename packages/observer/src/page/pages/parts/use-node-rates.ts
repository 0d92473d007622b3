/**
 * page/pages/parts/use-node-rates: what happens at a node in a second. Until it has been looked at
 * twice from here, what the Observer has worked out of its own looks stands in.
 */
import type { FiguresSheet } from 'troupe'
import type { ClusterSheet, RateFigures } from '#observer/contract/api'
import { ratesBetween } from '#page/base/rates'
import { useBetween, useSubject } from '#page/live/use'

export function useNodeRates(
  node: string,
  figures: FiguresSheet | undefined,
): RateFigures | undefined {
  const own = useBetween(figures, ratesBetween)
  const { sheet } = useSubject<ClusterSheet>('/cluster')
  return own ?? sheet?.nodes.find((each) => each.node === node)?.rates
}
