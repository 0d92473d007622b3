/**
 * apps/system/application: what every node with a network runs, with nothing deployed on it.
 *
 * @source design 8; ergo-features 27
 */
import { REMOTE_NAME, type ServingParts } from '#cluster'
import type { ApplicationSpec } from '#contract'
import { remoteActor } from './remote-actor.js'

/** The application `system`. */
export const systemApplication = (parts: ServingParts): ApplicationSpec => ({
  name: 'system',
  description: 'answers other nodes',
  members: [{ name: REMOTE_NAME, start: remoteActor(parts) }],
})
