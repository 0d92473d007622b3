/**
 * faults/etcd-deeds: what is done to an etcd for each kind of fault, and how it is undone.
 *
 * While its majority is gone the client's log has a line before and after it, between which no
 * job may be confirmed that was not asked for before, and every coordinator is asked how it bears
 * that.
 */
import type { Ledger } from '#chaos/client/ledger'
import type { Engine } from '#chaos/etcd/engine'
import { until, type World } from '#chaos/world/world'
import type { Deed } from './deeds.js'
import { ETCD } from './etcd-guard.js'
import type { EtcdKind, Fault } from './fault.js'

export interface EtcdParts {
  readonly engine: Engine
  readonly ledger: Pick<Ledger, 'write' | 'inFlight'>
  readonly world: World
  /** Asks the coordinators until the signal is given. */
  readonly probe?: (stop: AbortSignal) => Promise<void>
}

/** One that was mended counts as away for so long: it has to catch up, and etcd to elect. */
export const ETCD_RECOVERY_MS = 3_000
/** A signal is sent at once, and obeyed a moment later. */
const SETTLED_MS = 500
/** The majority is taken when so many jobs are in flight: there will be no more for long. */
const IN_FLIGHT_MIN = 30
const PATIENCE = Object.freeze({ limitMs: 15_000, everyMs: 50 })

type Kind = Exclude<EtcdKind, 'etcd-wall'>

/** The deed for a fault of etcd; `member`: the one it meets; `leader`: the one that leads now. */
export function etcdDeedFor(
  fault: Fault & { readonly kind: Kind },
  { member, leader }: { readonly member: string; readonly leader: string | undefined },
  parts: EtcdParts,
): Deed | undefined {
  const suffix = member !== '' && member === leader ? ' of the leader' : ''
  switch (fault.kind) {
    case 'etcd-kill':
    case 'etcd-freeze':
      return away(fault, { member, name: fault.kind + suffix }, parts)
    case 'etcd-restart':
      return restart(fault, parts)
    case 'quorum-loss':
      return loseQuorum(fault, parts)
    case 'compact':
      return passing('compact', '', async () => void (await parts.engine.compact()))
    case 'defrag':
      return passing(`defrag${suffix}`, member, async () => {
        await parts.engine.defragment(member)
      })
  }
}

const passing = (name: string, target: string, run: () => Promise<void>): Deed => ({
  ...{ name, target: target || ETCD, lastsMs: 0, away: [], untilMs: undefined, recoveryMs: 0 },
  run,
})

/** Nobody knows how long etcd takes to be back. */
const standing = ({ lastsMs }: Fault, name: string, target: string) => ({
  ...{ name, target, lastsMs, untilMs: undefined, recoveryMs: ETCD_RECOVERY_MS },
})

function away(
  fault: Fault & { readonly kind: Kind },
  { member, name }: { readonly member: string; readonly name: string },
  { engine, world }: EtcdParts,
): Deed | undefined {
  if (engine.stateOf(member) !== 'up') return undefined
  const run = async (stop: AbortSignal): Promise<void> => {
    if (fault.kind === 'etcd-kill') await engine.kill(member)
    else await engine.freeze(member)
    await world.wait(fault.lastsMs, stop)
    await engine.mend(member)
  }
  const untilMs = world.nowMs() + fault.lastsMs + ETCD_RECOVERY_MS
  return { ...standing(fault, name, member), away: [member], untilMs, run }
}

function restart(fault: Fault, { engine, world }: EtcdParts): Deed {
  const run = async (stop: AbortSignal): Promise<void> => {
    await engine.whole()
    await Promise.all(engine.names.map((name) => engine.kill(name)))
    await world.wait(fault.lastsMs, stop)
    await Promise.all(engine.names.map((name) => engine.mend(name)))
    await engine.whole()
  }
  return { ...standing(fault, 'etcd-restart', 'all members'), away: [ETCD], run }
}

function loseQuorum(fault: Fault, parts: EtcdParts): Deed {
  const { engine, ledger, world, probe } = parts
  const { lost, how } = lotOf(fault, engine.names)
  const run = async (stop: AbortSignal): Promise<void> => {
    await engine.whole()
    await until(world, PATIENCE, () => ledger.inFlight().length >= IN_FLIGHT_MIN || stop.aborted)
    if (stop.aborted) return
    await Promise.all(lost.map((name) => engine[how](name)))
    await world.wait(SETTLED_MS, stop)
    // An order of lines decides: what stands between both was said without a majority.
    ledger.write({ kind: 'quorum', is: 'lost' })
    const over = new AbortController()
    const probed = probe?.(over.signal)
    await world.wait(fault.lastsMs - SETTLED_MS, stop)
    over.abort()
    ledger.write({ kind: 'quorum', is: 'back' })
    await Promise.all(lost.map((name) => engine.mend(name)))
    await probed
    await engine.whole()
  }
  const told = `${lost.join(' and ')} ${how === 'kill' ? 'killed' : 'frozen'}`
  return { ...standing(fault, 'quorum-loss', told), away: [ETCD], run }
}

/** Which two of three, and how. */
function lotOf({ lot }: Fault, names: readonly string[]) {
  const drawn = Math.floor(lot * names.length * 2)
  const how = drawn % 2 === 0 ? ('freeze' as const) : ('kill' as const)
  const stays = Math.floor(drawn / 2)
  return { lost: names.filter((_, at) => at !== stays), how }
}
