/**
 * system/lookout: the Observer of the launcher: what it may do, and how it meets the cluster.
 */
import { type Lookout, openLookout } from '@troupe-examples/traffic/cli/seeing'
import type { Flags } from '#jobs/cli/flags'
import { backingOf } from './backing.js'
import { observerOf } from './names.js'
import { meetingOf } from './program-node.js'

/** Programs take profiles, too, only for whom their `system.manage` names. */
const LOOKING = ['inspect'] as const
const ALL = [...LOOKING, 'profile', 'payloads', 'trace', 'config', 'manage'] as const

export function lookoutOf(flags: Flags): Promise<Lookout> {
  const { observerPort: port, metricsPort, name, allowsManage } = flags
  return openLookout({
    ...{ port, name: observerOf(name), hasMetrics: metricsPort !== 'off' },
    network: async () => {
      const { registrar } = await backingOf({ ...flags, servesRegistrar: false })
      return meetingOf(flags, registrar())
    },
    options: { capabilities: allowsManage ? ALL : LOOKING },
  })
}
