/**
 * testing: the public test kit, `troupe/testing`. Above all other rooms; none imports it.
 */
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.js'
export { VIRTUAL_CLOCK_DEFAULTS, virtualClock } from './virtual-clock.js'
