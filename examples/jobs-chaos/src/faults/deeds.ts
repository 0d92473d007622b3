/**
 * faults/deeds: what is done for each kind of fault, and how it is undone.
 *
 * A deed ends with the program running and everything open, also when the run is stopped before.
 */
import { writeFileSync } from 'node:fs'
import { ask } from '#chaos/client/http'
import type { Engine } from '#chaos/etcd/engine'
import { between, type Direction } from '#chaos/net/walls'
import type { Cluster } from '#chaos/system/cluster'
import { nodeOf, WORKERS, WORKERS_MAX } from '#chaos/system/places'
import { Wiring } from '#chaos/system/wiring'
import type { World } from '#chaos/world/world'
import type { EtcdKind, Fault, FaultKind } from './fault.js'
import { RECOVERY_MS } from './guard.js'

/** One fault that stands. */
export interface Deed {
  /** As the list of faults has it. */
  readonly name: string
  readonly target: string
  readonly lastsMs: number
  /** Nodes that are away meanwhile. */
  readonly away: readonly string[]
  /** Until when, if that is known. */
  readonly untilMs: number | undefined
  /** How long they count as away afterwards. */
  readonly recoveryMs: number
  run(stop: AbortSignal): Promise<void>
}

export interface DeedParts {
  readonly cluster: Cluster
  readonly world: World
  /** The etcd that the cluster is on, if it is on one. */
  readonly engine?: Engine | undefined
}

/** What is done to the cluster itself, or to its lines. */
export type ClusterFault = Fault & {
  readonly kind: Exclude<FaultKind, Exclude<EtcdKind, 'etcd-wall'>>
}

/** The longest an orderly end may take before it is made an end. */
const ORDERLY_MS = 10_000
const DRAIN_MS = 4_000
/** Where an etcd has it, for all nodes of the cluster. */
const CONCURRENCY_KEY = 'services/troupe/cluster/jobs/config/*/jobs.concurrency'
const ORDER_MS = 3_000

/** The deed for a fault; undefined: it cannot be done here and now. */
export function deedFor(fault: ClusterFault, node: string, parts: DeedParts): Deed | undefined {
  switch (fault.kind) {
    case 'kill':
    case 'registrar':
      return kill(fault, node, parts)
    case 'freeze':
      return freeze(fault, node, parts)
    case 'isolate':
    case 'pair':
    case 'one-way':
      return wall(fault, node, parts)
    case 'etcd-wall':
      return etcdWall(fault, node, parts)
    case 'drain':
      return drain(fault, node, parts)
    case 'restart':
      return restart(fault, node, parts)
    case 'config':
      return configure(fault, parts)
    case 'weight':
      return weigh(fault, node, parts)
    case 'scale':
      return scale(fault, parts)
  }
}

const standing = ({ kind, lastsMs }: Fault, node: string, { world }: DeedParts) => ({
  ...{ name: kind, target: node, lastsMs, away: [node], recoveryMs: RECOVERY_MS },
  untilMs: world.nowMs() + lastsMs + RECOVERY_MS,
})

/** What changes nobody's presence. */
const passing = (name: string, target: string) => ({
  ...{ name, target, lastsMs: 0, away: [], untilMs: undefined, recoveryMs: 0 },
})

function kill(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const { cluster, world } = parts
  const program = cluster.program(node)
  if (program?.pid === undefined) return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    cluster.mean(node)
    const ended = program.end()
    program.signal('SIGKILL')
    await ended
    await world.wait(fault.lastsMs, stop)
    await cluster.revive(node)
  }
  return { ...standing(fault, node, parts), untilMs: undefined, run }
}

function freeze(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const program = parts.cluster.program(node)
  if (program?.state !== 'ready') return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    const { lives } = program
    program.signal('SIGSTOP')
    await parts.world.wait(fault.lastsMs, stop)
    // It may have been killed and started again meanwhile.
    if (program.lives === lives) program.signal('SIGCONT')
  }
  return { ...standing(fault, node, parts), run }
}

function wall(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const { cluster, world } = parts
  const { coordinators, workers, wiring } = cluster
  const others = [...coordinators, ...workers].filter((other) => other !== node)
  const isWhole = fault.kind === 'isolate' && fault.lot >= 0.5
  const members = isWhole ? (parts.engine?.names ?? []) : []
  const directions = directionsOf(fault, node, [...others, ...members])
  const [first] = directions
  if (first === undefined || !Wiring.isPossible) return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    const fall = wiring.walls.build(directions)
    await world.wait(fault.lastsMs, stop)
    fall()
  }
  const whom = fault.kind === 'pair' ? `${first.from} and ${first.to}` : node
  const target = members.length > 0 ? `${whom}, from etcd as well` : whom
  return { ...standing(fault, node, parts), target, run }
}

/** Nothing passes, or only what it asks is lost, or only what it is answered. */
function etcdWall(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const { cluster, world, engine } = parts
  const names = engine?.names ?? []
  if (names.length === 0 || node === '') return undefined
  const isBoth = fault.lot < 0.5
  const isAsked = fault.lot < 0.75
  const directions = isBoth
    ? between([node], names, 'both')
    : isAsked
      ? between([node], names, 'one')
      : between(names, [node], 'one')
  const run = async (stop: AbortSignal): Promise<void> => {
    const fall = cluster.wiring.walls.build(directions)
    await world.wait(fault.lastsMs, stop)
    fall()
  }
  const how = isBoth ? 'both ways' : isAsked ? 'what it asks' : 'what it is answered'
  return { ...standing(fault, node, parts), target: `${node}, ${how}`, run }
}

function directionsOf(
  { kind, lot }: Fault,
  node: string,
  others: readonly string[],
): readonly Direction[] {
  if (kind === 'isolate') return between([node], others, 'both')
  if (kind === 'pair') {
    const other = others[Math.floor(lot * others.length)]
    return other === undefined ? [] : between([node], [other], 'both')
  }
  return lot < 0.5 ? between([node], others, 'one') : between(others, [node], 'one')
}

function restart(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const { cluster, world } = parts
  const program = cluster.program(node)
  if (program?.state !== 'ready') return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    cluster.mean(node)
    await program.stop(ORDERLY_MS)
    await world.wait(fault.lastsMs, stop)
    await cluster.revive(node)
  }
  return { ...standing(fault, node, parts), untilMs: undefined, run }
}

/** A worker that is drained ends by itself. */
function drain(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
  const { cluster, world } = parts
  const program = cluster.program(node)
  if (program?.state !== 'ready') return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    cluster.mean(node)
    const ended = program.end()
    await order(cluster, 'POST', `/workers/${encodeURIComponent(node)}/drain`, {
      deadlineMs: DRAIN_MS,
    })
    await Promise.race([ended, world.wait(DRAIN_MS + ORDERLY_MS, stop)])
    await program.stop(ORDERLY_MS)
    await world.wait(fault.lastsMs, stop)
    await cluster.revive(node)
  }
  return { ...standing(fault, node, parts), untilMs: undefined, run }
}

function configure({ lot }: Fault, { cluster, engine }: DeedParts): Deed {
  const values = { 'jobs.concurrency': 1 + Math.floor(lot * 3) }
  const run = async (): Promise<void> => {
    if (engine === undefined)
      writeFileSync(cluster.configFile, `${JSON.stringify({ global: values })}\n`)
    else await engine.put(CONCURRENCY_KEY, `int:${values['jobs.concurrency']}`)
  }
  return { ...passing('config', JSON.stringify(values)), run }
}

function weigh({ lot }: Fault, node: string, { cluster }: DeedParts): Deed {
  const weight = [0, 10, 50, 100, 100][Math.floor(lot * 5)] ?? 100
  const run = async (): Promise<void> => {
    await order(cluster, 'PUT', `/workers/${encodeURIComponent(node)}/weight`, { weight })
  }
  return { ...passing('weight', `${node} ${weight}`), run }
}

/** A worker more; it goes again by a drain. */
function scale(fault: Fault, parts: DeedParts): Deed | undefined {
  const { cluster, world } = parts
  const node = nodeOf('worker', WORKERS_MAX)
  const program = cluster.program(node)
  if (program === undefined || program.state !== 'down') return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    await cluster.revive(node)
    await order(cluster, 'PUT', '/cluster/workers', { min: WORKERS, max: WORKERS_MAX })
    await world.wait(fault.lastsMs, stop)
    await order(cluster, 'PUT', '/cluster/workers', { min: WORKERS, max: WORKERS })
    cluster.mean(node)
    await program.stop(ORDERLY_MS)
  }
  return { ...passing('scale', node), lastsMs: fault.lastsMs, run }
}

/** Asks one coordinator after the other; that all refuse is a part of chaos, too. */
async function order(
  { urls }: Cluster,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<void> {
  for (const url of urls) {
    const text = JSON.stringify(body)
    const { status } = await ask({ method, url: url + path, body: text, timeoutMs: ORDER_MS })
    if (status >= 200 && status < 300) return
  }
}
