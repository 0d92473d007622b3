/**
 * tracing: which way a cause takes through processes and nodes. Imports contract and base only.
 */
export { makeTracer } from './tracer.js'
