/**
 * cli/seeing: what shows a program to people and to Prometheus: an Observer, metrics and probes.
 *
 * Both have usual ports. One that is taken is no reason not to start: a free one is used instead,
 * and the line that is printed says so.
 */
import { type MetricsOptions, metrics } from '@troupe/metrics'
import { type ObserverOptions, type StartedObserver, startObserver } from '@troupe/observer'
import { type Node, TroupeError } from 'troupe'

/** Where the Observer answers, and metrics of a program that is alone. */
export const OBSERVER_PORT = 9_911

/** The value of a flag: a port, 0 for a free one, or none. */
export type SeeingPort = number | 'off'

/** Reads such a value; undefined: it is none. */
export function readSeeingPort(value: string): SeeingPort | undefined {
  if (value === 'off') return value
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  return port <= 65_535 ? port : undefined
}

/** Something that is shown, and the line that tells people where. */
export interface Shown {
  readonly line: string
  stop(): Promise<void>
}

/** Serves the Observer of the cluster from a node. */
export async function showCluster(
  node: Node,
  port: number,
  options: ObserverOptions = {},
): Promise<Shown> {
  const { value, isOther } = await atPort<StartedObserver>(port, (at) =>
    startObserver(node, { ...options, port: at }),
  )
  const [address = ''] = value.addresses
  return { line: `Observer  ${address}/${why(port, isOther)}`, stop: value.stop }
}

/** Serves metrics and probes of a node, until it stops; the line that tells where. */
export async function showFigures(
  node: Node,
  port: number,
  options: MetricsOptions = {},
): Promise<string> {
  const { isOther } = await atPort(port, async (at) => {
    node.loadApplication(metrics({ health: true, ...options, port: at }))
    try {
      await node.startApplication('metrics')
    } catch (thrown) {
      node.unloadApplication('metrics')
      throw thrown
    }
  })
  const tags = node.applicationInfo('metrics')?.tags ?? []
  const address = tags.map((tag) => /^metrics-at=(.*)$/.exec(tag)?.[1]).find((one) => one) ?? ''
  return `metrics   ${address}${why(port, isOther)}`
}

const why = (port: number, isOther: boolean): string => (isOther ? ` (${port} is taken)` : '')

interface AtPort<T> {
  readonly value: T
  /** The port that was asked for is in use: it is a free one. */
  readonly isOther: boolean
}

async function atPort<T>(port: number, start: (port: number) => Promise<T>): Promise<AtPort<T>> {
  try {
    return { value: await start(port), isOther: false }
  } catch (thrown) {
    if (port === 0 || !isTaken(thrown)) throw thrown
    return { value: await start(0), isOther: true }
  }
}

/** A port in use, also as what kept an application from starting. */
function isTaken(thrown: unknown): boolean {
  if (!TroupeError.is(thrown)) return false
  return thrown.code === 'PORT_IN_USE' || isTaken(thrown.cause)
}
