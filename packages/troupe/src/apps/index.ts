/**
 * apps: what every node runs.
 */
export { systemApplication } from './system/application.js'
