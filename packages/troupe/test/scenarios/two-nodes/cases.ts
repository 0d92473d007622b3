/**
 * two nodes: the cases of one sentence, each run on the simulated network and on TCP.
 */
import { describe, it } from 'node:test'
import type { NetworkOptions } from '#contract'
import { simulatedStage, type TwoNodes, tcpStage } from './stage.js'

/** What is done on a stage. */
export type Run = (nodes: TwoNodes) => Promise<void>

/** By its title; with options where the usual ones will not do. */
export type Cases = Readonly<
  Record<string, Run | { readonly options: NetworkOptions; readonly run: Run }>
>

/** A node that is lost is given up soon. */
export const LOST_SOON: NetworkOptions = Object.freeze({ resumeWindowMs: 60 })

/** Declares the cases of one sentence. */
export function onBothStages(sentence: string, cases: Cases): void {
  describe(sentence, () => {
    for (const stage of [simulatedStage, tcpStage]) {
      for (const [title, given] of Object.entries(cases)) {
        const { options, run } = typeof given === 'function' ? { options: {}, run: given } : given
        it(`${title}, on ${stage.name}`, { timeout: 120_000 }, async () => {
          const nodes = await stage.start(options)
          try {
            await run(nodes)
          } finally {
            await nodes.close()
          }
        })
      }
    }
  })
}
