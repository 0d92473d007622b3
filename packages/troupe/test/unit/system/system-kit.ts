/**
 * Nodes with the application `system` on the simulated network, in virtual time: `b` is looked at,
 * `a` and others look.
 */
import assert from 'node:assert/strict'
import {
  type NetworkOptions,
  type Node,
  type NodeOptions,
  type PayloadOf,
  type ProgramSheet,
  processName,
  type Registrar,
  type ReplyOf,
  type RequestNameOf,
  type SystemOptions,
  systemProtocol,
  TroupeError,
} from 'troupe'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { systemApplication } from '#apps'
import { createNode } from '#runtime'
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
  ...{ hostName: 'stage', osRelease: '1', timeZone: 'UTC', versions: { v8: '1' } },
  memory: { rssBytes: 1, heapUsedBytes: 1, heapTotalBytes: 1, externalBytes: 1 },
  ...{
    cpuUserMs: 1,
    cpuSystemMs: 1,
    loopDelayMs: 0,
    loopDelayMaxMs: 0,
    loopDelayP99Ms: 0,
    utilisation: 0,
  },
})

export const figures = () => ({ sheet: () => PROGRAM, timeZone: () => 'UTC', stop: () => {} })

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

/** A node without a network that looks at itself. */
export interface AloneStage {
  readonly a: Node
  readonly b: Node
  readonly clock: VirtualClock
  settle<T>(promise: Promise<T>): Promise<T>
  pass(ms: number): Promise<void>
  askSelf(question: string, given?: unknown): Promise<unknown>
}

/** Runs a case on one node alone, whose virtual time may pass by the hour. */
export async function aloneStage(
  run: (stage: AloneStage) => Promise<void>,
  shown: SystemOptions = {},
): Promise<void> {
  const clock = virtualClock()
  const system = systemApplication({ figures, serving: clusterOf().serving, options: shown })
  const settle = <T>(promise: Promise<T>): Promise<T> => clock.until(promise)
  const b = await settle(createNode('b@stage', { logSinks: [] }, { clock, system }))
  const to = processName('system')
  const askSelf = (question: string, given?: unknown): Promise<unknown> =>
    settle(b.call(to, question, given))
  try {
    await run({ a: b, b, clock, settle, pass: (ms) => clock.advance(ms), askSelf })
  } finally {
    await settle(b.stop())
  }
}

/** Runs a case; `shown`: what b shows and allows. */
export async function systemStage(
  run: (stage: SystemStage) => Promise<void>,
  shown: SystemOptions = {},
  options: NodeOptions = {},
  registrar?: Registrar,
  network: NetworkOptions = {},
): Promise<void> {
  const make: Making = (own) => {
    const cluster = clusterOf(0, own === 'b' ? registrar : undefined)
    const parts = { figures, serving: cluster.serving }
    const system = systemApplication({ ...parts, options: own === 'b' ? shown : {} })
    return { cluster, system, options: own === 'b' ? options : {} }
  }
  const stage = await simulatedStage.start(network, make)
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
