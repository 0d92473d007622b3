/**
 * cli/seeing: what shows a program to people and to Prometheus: an Observer, metrics and probes.
 *
 * Both have usual ports. One that is taken is no reason not to start: a free one is used instead,
 * and the line that is printed says so. A program that shows neither does not load them: it starts
 * a quarter of a second earlier.
 */
import type { MetricsOptions } from '@troupe/metrics'
import type { ObserverOptions, StartedObserver } from '@troupe/observer'
import { describeThrown, type NetworkOptions, type Node, startNode, TroupeError } from 'troupe'

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
  const { startObserver } = await import('@troupe/observer')
  const { value, isOther } = await atPort<StartedObserver>(port, (at) =>
    startObserver(node, { ...options, port: at }),
  )
  const [address = ''] = value.addresses
  return { line: `Observer  ${address}/${why(port, isOther)}`, stop: value.stop }
}

/** What people are told of an Observer, and its end. */
export interface Lookout {
  readonly line: string | undefined
  stop(): Promise<void>
}

interface LookoutParts {
  readonly port: SeeingPort
  /** Its own figures are gathered like those of the others, at a free port; default not. */
  readonly hasMetrics?: boolean
  /** The node that serves it, and how it meets the others. */
  readonly name: string
  network(): NetworkOptions | Promise<NetworkOptions>
  readonly options?: ObserverOptions
}

const NONE: Lookout = Object.freeze({ line: undefined, stop: async () => {} })

/**
 * Serves the Observer of several programs from a hidden node of its own: it lives on whichever of
 * them ends, and they stay as they are. Settles when it serves, or with the line that says why it
 * does not: the programs run all the same.
 */
export async function openLookout(parts: LookoutParts): Promise<Lookout> {
  const { port, name, network, hasMetrics = false, options = {} } = parts
  if (port === 'off') return NONE
  try {
    const node = await startNode(name, {
      ...{ logSinks: [], handleSignals: false },
      network: { ...(await network()), mode: 'hidden' },
    })
    try {
      if (hasMetrics) await showFigures(node, 0)
      const { line } = await showCluster(node, port, options)
      return { line, stop: () => node.stop() }
    } catch (thrown) {
      await node.stop()
      throw thrown
    }
  } catch (thrown) {
    return { ...NONE, line: `the Observer could not be started: ${describeThrown(thrown)}` }
  }
}

/** Prints what comes meanwhile once it is known where the Observer is, behind the line for that. */
export function inTurn(
  lookout: Promise<Lookout>,
  print: (line: string) => void,
): (line: string) => void {
  let isTold = false
  const first = lookout.then(({ line }) => {
    if (line !== undefined) print(line)
    isTold = true
  })
  return (line) => {
    if (isTold) print(line)
    else void first.then(() => print(line))
  }
}

/** Serves metrics and probes of a node, until it stops; the line that tells where. */
export async function showFigures(
  node: Node,
  port: number,
  options: MetricsOptions = {},
): Promise<string> {
  const { metrics } = await import('@troupe/metrics')
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
