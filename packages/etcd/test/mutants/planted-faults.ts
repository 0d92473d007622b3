/**
 * All faults that are planted in this package.
 */

import type { Fault, Field } from '@troupe/tools/planting'
import { CLIENT_FAULTS } from './client-faults.js'
import { LEADER_FAULTS } from './leader-faults.js'
import { MEMORY_ETCD_FAULTS } from './memory-etcd-faults.js'
import { REGISTRAR_FAULTS } from './registrar-faults.js'

const PLANTED_FAULTS: readonly Fault[] = Object.freeze([
  ...CLIENT_FAULTS,
  ...LEADER_FAULTS,
  ...REGISTRAR_FAULTS,
  ...MEMORY_ETCD_FAULTS,
])

export const FIELD: Field = {
  folder: 'packages/etcd',
  parts: ['proto'],
  faults: PLANTED_FAULTS,
}
