/**
 * runtime/cron: what the node takes from this room.
 */
export type { CronVerbs } from './cron-table.js'
export { CronTable } from './cron-table.js'
