/**
 * system/places: which programs a cluster consists of, and on which ports.
 */
import { createServer } from 'node:net'

/** Coordinators; their number never changes. */
export const COORDINATORS = 3
/** Workers that run from the beginning, and the most there can be. */
export const WORKERS = 3
export const WORKERS_MAX = 4

export type Role = 'coordinator' | 'worker'

/** Where one program is. */
export interface Place {
  readonly role: Role
  /** From 1 in each role. */
  readonly index: number
  readonly node: string
  readonly port: number
  readonly livenessPort: number
  /** Of a coordinator's web; 0 for a worker. */
  readonly webPort: number
}

/** The places of all programs; ports are free ones, and stay the same over all restarts. */
export async function makePlaces(): Promise<readonly Place[]> {
  const ports = await freePorts(3 * (COORDINATORS + WORKERS_MAX))
  const next = (): number => ports.pop() ?? 0
  const place = (role: Role, index: number): Place => ({
    ...{ role, index, node: nodeOf(role, index), port: next(), livenessPort: next() },
    webPort: role === 'coordinator' ? next() : 0,
  })
  return [
    ...Array.from({ length: COORDINATORS }, (_, at) => place('coordinator', at + 1)),
    ...Array.from({ length: WORKERS_MAX }, (_, at) => place('worker', at + 1)),
  ]
}

export const nodeOf = (role: Role, index: number): string =>
  `${role === 'coordinator' ? 'jobs' : 'worker'}${index}@localhost`

/**
 * Below those that the kernel gives to lines that go out: one of these, while its program is down,
 * could be somebody's source port when it comes back.
 */
const PORT_MIN = 20_000
const PORT_MAX = 32_000

/** So many ports that nobody has now, all different. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  const span = PORT_MAX - PORT_MIN
  const first = (process.pid * 31) % span
  for (let step = 0; step < span && ports.length < count; step += 1) {
    const port = PORT_MIN + ((first + step) % span)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
