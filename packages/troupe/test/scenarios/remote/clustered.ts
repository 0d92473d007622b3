/** Two nodes with a cluster each: what scenarios of remote operations run on. */
import { systemApplication } from '#apps'
import { ClusterOfNode } from '#cluster'
import type { NetworkOptions, NodeOptions, Registrar } from '#contract'
import { type Making, simulatedStage, type TwoNodes } from '#test/scenarios/two-nodes/stage'

/** A cluster, by default without a registrar, whose node answers other nodes. */
export const clusterOf = (loopDelayMs = 0, registrar?: Registrar): ClusterOfNode =>
  new ClusterOfNode({
    registrar,
    surroundings: {
      hidden: false,
      randomBytes: (length) => new Uint8Array(length),
      keyFor: () => new Uint8Array(32),
      addresses: () => [],
      liveness: () => undefined,
      side: () => undefined,
    },
    loopDelayMs: () => loopDelayMs,
  })

export const clustered =
  (options: NodeOptions = {}, loopDelayMs = 0): Making =>
  () => {
    const cluster = clusterOf(loopDelayMs)
    const system = systemApplication({ options: options.system, serving: cluster.serving })
    return { cluster, system, options }
  }

/** Two nodes on the simulated network for as long as the case runs. */
export async function remoteStage(
  run: (stage: TwoNodes) => Promise<void>,
  make: Making = clustered(),
  options: NetworkOptions = {},
): Promise<void> {
  const stage = await simulatedStage.start(options, make)
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}
