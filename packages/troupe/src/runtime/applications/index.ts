/**
 * runtime/applications: what the node takes from this room.
 */
export { ApplicationTable } from './application-table.js'
export type { ApplicationVerbs, Launch, StartedMember } from './verbs.js'
