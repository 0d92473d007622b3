/**
 * coordinator/node-verbs: what a coordinator sees of worker nodes, and does there, by its node.
 */
import { type ApplicationRoute, type MemberState, type Node, TroupeError } from 'troupe'
import { WORKER_APPLICATION } from '#jobs/worker/worker-protocol'
import type { ReignWorld, WorkerPlace } from './reign-world.js'

export type NodeVerbs = Pick<ReignWorld, 'isHere' | 'places' | 'start' | 'stop'>

/** The longest wait for an application to start or to stop, in milliseconds. */
const START_MS = 10_000
const STOP_MS = 20_000

export function nodeVerbs(node: Node): NodeVerbs {
  return {
    isHere: (name) => {
      const state = node.cluster.member(name)?.state
      return name === node.name || (state !== undefined && state !== 'gone' && state !== 'suspect')
    },
    places: () =>
      node.cluster
        .applications(WORKER_APPLICATION)
        .map((route) => placeOf(route, node.cluster.member(route.node)?.state)),
    start: async (name) => {
      try {
        await node.peer(name).startApplication(WORKER_APPLICATION, { timeoutMs: START_MS })
      } catch (problem) {
        // Whoever led before has begun with it.
        if (!TroupeError.is(problem, 'APPLICATION_RUNNING')) throw problem
      }
    },
    stop: (name) => node.peer(name).stopApplication(WORKER_APPLICATION, { timeoutMs: STOP_MS }),
  }
}

function placeOf(route: ApplicationRoute, member: MemberState | undefined): WorkerPlace {
  const { node, state, weight, version, nodeState } = route
  return { node, state, weight, version, reach: reachOf(nodeState, member) }
}

function reachOf(
  route: ApplicationRoute['nodeState'],
  member: MemberState | undefined,
): WorkerPlace['reach'] {
  if (member === 'gone') return 'away'
  if (route === 'leaving') return 'leaving'
  const isDoubtful = route === 'suspect' || member === 'suspect' || member === 'unresponsive'
  return isDoubtful ? 'doubtful' : 'well'
}
