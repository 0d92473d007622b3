/**
 * Nodes with the application `system` on the simulated network, in virtual time: `b` is looked at,
 * `a` and others look.
 */
import assert from 'node:assert/strict'
import {
  type Node,
  type NodeOptions,
  type PayloadOf,
  type ProgramSheet,
  processName,
  type ReplyOf,
  type RequestNameOf,
  type SystemOptions,
  systemProtocol,
  TroupeError,
} from 'troupe'
import { systemApplication } from '#apps'
import { clusterOf } from '#test/scenarios/remote/clustered'
import { type Making, simulatedStage, type TwoNodes } from '#test/scenarios/two-nodes/stage'

type System = typeof systemProtocol

/** A node that is looked at, and those that look. */
export interface SystemStage extends TwoNodes {
  /** Node `a` asks b, in its own name. */
  ask<K extends RequestNameOf<System>>(
    question: K,
    ...given: PayloadOf<System, K> extends void ? [] : [given: PayloadOf<System, K>]
  ): Promise<ReplyOf<System, K>>
  /** Whatever a node may send. */
  askAnything(node: Node, question: string, given?: unknown): Promise<unknown>
}

export const PROGRAM: ProgramSheet = Object.freeze({
  ...{ osPid: 7, nodeVersion: '20.0.0', platform: 'test', cores: 2 },
  memory: { rssBytes: 1, heapUsedBytes: 1, heapTotalBytes: 1, externalBytes: 1 },
  ...{ cpuUserMs: 1, cpuSystemMs: 1, loopDelayMs: 0, loopDelayMaxMs: 0, utilisation: 0 },
})

const figures = () => ({ sheet: () => PROGRAM, stop: () => {} })

/** The code of the error that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    assert.ok(TroupeError.is(error), String(error))
    return error.code
  }
  return 'it did not reject'
}

/** Runs a case; `shown`: what b shows and allows. */
export async function systemStage(
  run: (stage: SystemStage) => Promise<void>,
  shown: SystemOptions = {},
  options: NodeOptions = {},
): Promise<void> {
  const make: Making = (own) => {
    const cluster = clusterOf()
    const parts = { figures, serving: cluster.serving }
    const system = systemApplication({ ...parts, options: own === 'b' ? shown : {} })
    return { cluster, system, options: own === 'b' ? options : {} }
  }
  const stage = await simulatedStage.start({}, make)
  const { a, b, settle } = stage
  const to = processName('system', systemProtocol, b.name)
  try {
    await run({
      ...stage,
      ask: (question, ...given) =>
        settle(a.call(to as never, question as never, given[0] as never) as Promise<never>),
      askAnything: (node, question, given) =>
        settle(node.call(processName('system', undefined, b.name), question, given)),
    })
  } finally {
    await stage.close()
  }
}
