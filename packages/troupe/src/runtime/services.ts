/**
 * runtime/services: the calendar and the applications of a node, plugged into its kernel.
 */
import {
  type ClusterHome,
  eventName,
  isNodeName,
  isOwnApplication,
  NODE_EVENT,
  type Node,
  type Pid,
  type RoutingHome,
  TroupeError,
} from '#contract'
import { ApplicationTable, type Launch } from './applications/index.js'
import { CronTable } from './cron/index.js'
import type { Kernel } from './kernel.js'
import { type Lineage, withEnv } from './lineage.js'
import { DEAD } from './process.js'
import { sendKill } from './sending.js'
import { VERSION } from './version.js'

/** What the cluster of a node is given of it. */
export const clusterHome = (kernel: Kernel, node: Node): ClusterHome => ({
  node,
  clock: kernel.clock,
  random: kernel.random,
  version: VERSION,
  lineageOf: (parent) => {
    const process = parent === undefined ? undefined : kernel.table.find(parent)
    const { application, logLevel, env } = process?.lineage ?? kernel.rootLineage
    return { application, logLevel, env: Object.fromEntries(env) }
  },
  spawnFor: (asked) => kernel.farBirths.spawn(asked),
  settleSpawn: (asker, pid, keep) => kernel.farBirths.settle(asker, pid, keep),
  adopt: (parent, child, { link, monitor }) => {
    const process = kernel.table.find(parent)
    if (process === undefined || (process.flags & DEAD) !== 0) return false
    if (link) kernel.relations.link(process, child)
    if (monitor) kernel.relations.monitor(process, child)
    return true
  },
})

/** What the routing of a node is given of it. */
export const routingHome = (kernel: Kernel, node: Node): RoutingHome => ({
  node,
  clock: kernel.clock,
  random: kernel.random,
  applications: (name) => kernel.cluster.control.applications(name),
  stateOf: (other) => kernel.cluster.control.member(other)?.state,
})

export function makeCron(kernel: Kernel): CronTable {
  return new CronTable({
    node: kernel.name,
    clock: kernel.clock,
    log: kernel.log,
    send: (to, message, payload) => kernel.post.send(undefined, to, message, payload),
    spawn: (start, options) => kernel.births.spawn(undefined, start, options),
    ended: (pid) => kernel.deaths.whenEnded(kernel.table.find(pid)),
  })
}

export function makeApplications(kernel: Kernel): ApplicationTable {
  return new ApplicationTable({
    node: kernel.name,
    clock: kernel.clock,
    logFor: (application) =>
      kernel.log.forProcess(() => ({ kind: 'application', node: kernel.name, application })),
    spawnMember: async (launch, member) => {
      const options = {
        ...member.options,
        ...(member.args === undefined ? {} : { args: member.args }),
        ...(member.name === undefined ? {} : { name: member.name }),
      }
      const lineage = lineageOf(kernel, launch)
      const pid = await kernel.births.spawn(undefined, member.start, options, lineage)
      return { pid, ended: kernel.deaths.whenEnded(pid) }
    },
    exit: (pid, reason) => {
      const process = kernel.table.find(pid)
      const node = { kind: 'node' as const, node: kernel.name }
      if (process !== undefined) kernel.relations.exit(process, node, reason, 'stop')
    },
    kill: (pid) => sendKill(kernel, undefined, pid),
    ended: (pid) => kernel.deaths.whenEnded(kernel.table.find(pid)),
    processesOf: (application) => processesOf(kernel, application),
    env: (key) => kernel.rootLineage.env.get(key.toLowerCase()),
    phase: () => kernel.phase,
    notify: (notice) => {
      if (isOwnApplication(notice.name)) return
      kernel.topics.publish(undefined, eventName(NODE_EVENT), notice)
    },
    changed: (change) => {
      const { name } = change.kind === 'application-changed' ? change.route : change
      if (isOwnApplication(name)) return
      for (const told of [kernel.routing, kernel.cluster]) told.noticed(change)
    },
  })
}

const processesOf = (kernel: Kernel, application: string): readonly Pid[] =>
  kernel.table.all().filter((process) => {
    const isAlive = (process.flags & DEAD) === 0
    return isAlive && process.lineage.application === application
  })

function lineageOf(kernel: Kernel, launch: Launch): Lineage {
  return {
    ...kernel.rootLineage,
    application: launch.application,
    env: withEnv(kernel.rootLineage.env, launch.env),
    logLevel: launch.logLevel,
  }
}

/** NODE_NAME_INVALID unless it is of the form name@host, of characters that are seen. */
export function requireNodeName(name: unknown): void {
  if (typeof name === 'string' && isNodeName(name)) return
  throw new TroupeError('NODE_NAME_INVALID', { name: String(name) })
}
