/**
 * system/program-node: the node of one program of the cluster, as all of them start it.
 *
 * It finds the others by the registrar; the end of whoever started it is its own.
 */
import { showFigures } from '@troupe-examples/traffic/cli/seeing'
import {
  consoleSink,
  type LogRecord,
  type LogSink,
  type NetworkOptions,
  type Node,
  type NodeOptions,
  type Registrar,
  startNode,
} from 'troupe'
import { type Flags, LEVELS, type Level } from '#jobs/cli/flags'
import type { Backing } from './backing.js'
import { nodeOf, observerOf, type Role } from './names.js'
import { telemetryOf } from './telemetry.js'

/** Set for programs that the launcher starts: they end when their input does. */
export const CHILD_VARIABLE = 'JOBS_CHILD'

/** The longest orderly end of one program, in milliseconds. */
export const STOP_TIMEOUT_MS = 1_500

const isLevel = (given: string): given is Level => LEVELS.some((level) => level === given)

/** Starts it; its level follows the item `log.level` of the configuration. */
export async function startProgramNode(
  role: Role,
  flags: Flags,
  { registrar }: Backing,
  print: (line: string) => void,
): Promise<Node> {
  const name = nodeOf(role, flags.name, flags.index)
  const telemetry = await telemetryOf(name)
  const traced = telemetry === undefined ? {} : { tracing: telemetry.tracing }
  const node = await startNode(name, { ...optionsOf(flags, registrar()), ...traced })
  if (telemetry !== undefined) void node.stopped.then(() => telemetry.stop()).catch(() => {})
  const { metricsPort: port = 'off' } = flags
  if (port !== 'off') {
    const line = await showFigures(node, port)
    // At its own port it is as everybody knows it.
    if (!line.endsWith(`:${port}/metrics`)) print(line)
  }
  node.cluster.followConfig('log.level', flags.level, (level) => {
    if (isLevel(level)) node.log.setLevel(level)
    else node.log.warning('the configuration has a level that is not known', { level })
  })
  return node
}

/** How a node of the cluster meets the others. */
export function meetingOf(flags: Flags, registrar: Registrar): NetworkOptions {
  const { cookie, usesUnixSocket: unixSocket } = flags
  return { ...(cookie === undefined ? {} : { cookie }), unixSocket, registrar }
}

function optionsOf(flags: Flags, registrar: Registrar): NodeOptions {
  const { port, advertisedPort, livenessPort, livenessAdvertisedPort } = flags
  return {
    logLevel: flags.level,
    logSinks: [calm(consoleSink({ format: 'plain', stream: process.stderr }))],
    stopTimeoutMs: STOP_TIMEOUT_MS,
    network: {
      ...meetingOf(flags, registrar),
      acceptors: [{ port, ...(advertisedPort === undefined ? {} : { advertisedPort }) }],
      liveness: {
        port: livenessPort,
        ...(livenessAdvertisedPort === undefined ? {} : { advertisedPort: livenessAdvertisedPort }),
      },
    },
    ...(flags.allowsManage ? { system: { manage: [observerOf(flags.name)] } } : {}),
  }
}

/** What it means that another program is not there, or leaves at the same moment. */
const ABSENCES: readonly unknown[] = ['NO_ROUTE', 'NO_CONNECTION', 'PORT_FAILED']

/** That programs of the cluster come and go is told by who starts them, and by the page. */
function isOfComingAndGoing({ level, source, fields }: LogRecord): boolean {
  if (level !== 'warning' || source.kind === 'process') return false
  return ABSENCES.includes(fields['code']) || 'limitMs' in fields
}

const calm = (sink: LogSink): LogSink => ({
  ...sink,
  write: (record) => {
    if (!isOfComingAndGoing(record)) sink.write(record)
  },
})

/** Runs until the node has stopped, asked by a signal or by the end of whoever started it. */
export async function untilStopped(node: Node): Promise<void> {
  const stop = (): void => void node.stop()
  const isChild = process.env[CHILD_VARIABLE] !== undefined
  if (isChild) process.stdin.once('close', stop).resume()
  try {
    await node.stopped
  } finally {
    if (isChild) process.stdin.off('close', stop).pause()
  }
}
