/**
 * system/lookout: the Observer of the launcher: what it may do, and how it meets the cluster.
 */
import { type Lookout, openLookout } from '@troupe-examples/traffic/cli/seeing'
import type { Flags } from '#jobs/cli/flags'
import { backingOf } from './backing.js'
import { observerOf } from './names.js'
import { meetingOf } from './program-node.js'

const LOOKING = ['inspect', 'profile'] as const
const ALL = [...LOOKING, 'payloads', 'trace', 'config', 'manage'] as const

export function lookoutOf(flags: Flags): Promise<Lookout> {
  const { observerPort: port, name, allowsManage } = flags
  return openLookout({
    ...{ port, name: observerOf(name) },
    network: () => meetingOf(flags, backingOf({ ...flags, servesRegistrar: false }).registrar()),
    options: { capabilities: allowsManage ? ALL : LOOKING },
  })
}
