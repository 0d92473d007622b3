/**
 * All faults that are planted in this package.
 */
import { CLIENT_FAULTS } from './client-faults.js'
import { LEADER_FAULTS } from './leader-faults.js'
import { MEMORY_ETCD_FAULTS } from './memory-etcd-faults.js'
import type { Fault } from './planting.js'
import { REGISTRAR_FAULTS } from './registrar-faults.js'

export const PLANTED_FAULTS: readonly Fault[] = Object.freeze([
  ...CLIENT_FAULTS,
  ...LEADER_FAULTS,
  ...REGISTRAR_FAULTS,
  ...MEMORY_ETCD_FAULTS,
])
