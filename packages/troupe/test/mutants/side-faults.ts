/**
 * Faults in the thread beside the loop and what runs there.
 */
import type { Mutant } from './mutant.js'

const SERVICES = ['unit/network/liveness/side-services.test']

export const SIDE_FAULTS: readonly Mutant[] = Object.freeze([
  {
    name: 'services are not started again with their thread',
    file: 'network/liveness/side-services',
    find: 'void service.startIn(worker)',
    replace: 'void Promise.resolve()',
    caughtBy: SERVICES,
    tests: 'started again from its data',
  },
  {
    name: 'a service is cut off when its network is stopped',
    file: 'network/liveness/liveness-server',
    find: 'await this.side.stop();',
    replace: '',
    caughtBy: SERVICES,
    tests: 'ended in order',
  },
])
