/**
 * faults/deeds: what is done for each kind of fault, and how it is undone.
 *
 * A deed ends with the program running and everything open, also when the run is stopped before.
 */
import { writeFileSync } from 'node:fs'
import { ask } from '#chaos/client/http'
import { between, type Direction } from '#chaos/net/walls'
import type { Cluster } from '#chaos/system/cluster'
import { nodeOf, WORKERS, WORKERS_MAX } from '#chaos/system/places'
import { Wiring } from '#chaos/system/wiring'
import type { World } from '#chaos/world/world'
import type { Fault } from './fault.js'
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
}

/** The longest an orderly end may take before it is made an end. */
const ORDERLY_MS = 10_000
const DRAIN_MS = 4_000
const ORDER_MS = 3_000

/** The deed for a fault; undefined: it cannot be done here and now. */
export function deedFor(fault: Fault, node: string, parts: DeedParts): Deed | undefined {
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
  const directions = directionsOf(fault, node, others)
  const [first] = directions
  if (first === undefined || !Wiring.isPossible) return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    const fall = wiring.walls.build(directions)
    await world.wait(fault.lastsMs, stop)
    fall()
  }
  const target = fault.kind === 'pair' ? `${first.from} and ${first.to}` : node
  return { ...standing(fault, node, parts), target, run }
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

function configure({ lot }: Fault, { cluster }: DeedParts): Deed {
  const values = { 'jobs.concurrency': 1 + Math.floor(lot * 3) }
  const run = async (): Promise<void> => {
    writeFileSync(cluster.configFile, `${JSON.stringify({ global: values })}\n`)
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
