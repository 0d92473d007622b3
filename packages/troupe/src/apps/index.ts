/**
 * apps: what every node runs.
 */
export { type SystemParts, systemApplication } from './system/application.js'
