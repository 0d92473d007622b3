/**
 * system/lookout: the Observer of the launcher: one page for the whole cluster.
 *
 * It is served from a hidden node of its own, so that it lives on whichever program is killed, and
 * the cluster stays as it is: a hidden node is not registered, and serves no registrar.
 */
import { showCluster } from '@troupe-examples/traffic/cli/seeing'
import { describeThrown, startNode } from 'troupe'
import type { Flags } from '#jobs/cli/flags'
import { backingOf } from './backing.js'
import { observerOf } from './names.js'
import { meetingOf } from './program-node.js'

/** What people are told of it, and its end. */
export interface Lookout {
  readonly line: string | undefined
  stop(): Promise<void>
}

const NONE: Lookout = Object.freeze({ line: undefined, stop: async () => {} })

/** Settles when it serves, or why it does not: the cluster runs all the same. */
export async function openLookout(flags: Flags): Promise<Lookout> {
  const { observerPort: port, name, allowsManage } = flags
  if (port === 'off') return NONE
  try {
    const registrar = backingOf({ ...flags, servesRegistrar: false }).registrar()
    const node = await startNode(observerOf(name), {
      ...{ logSinks: [], handleSignals: false },
      network: { ...meetingOf(flags, registrar), mode: 'hidden' },
    })
    try {
      const capabilities = allowsManage ? ALL : LOOKING
      const { line } = await showCluster(node, port, { capabilities })
      return { line, stop: () => node.stop() }
    } catch (thrown) {
      await node.stop()
      throw thrown
    }
  } catch (thrown) {
    return { ...NONE, line: `the Observer could not be started: ${describeThrown(thrown)}` }
  }
}

const LOOKING = ['inspect', 'profile'] as const
const ALL = [...LOOKING, 'payloads', 'trace', 'config', 'manage'] as const
