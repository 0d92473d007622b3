/**
 * setup/ports: ports of loopback on which nobody listens, for what has to know one beforehand.
 *
 * They lie below those that the machine gives to whoever dials or asks for any port, so that no
 * other test gets one between the look and its use. Each program of tests begins elsewhere.
 */
import { createServer } from 'node:net'

/** Behind the ports on which nodes listen that were given none. */
const LOWEST = 12_000
/** What etcd and the systems of the examples choose from begins here. */
const BEHIND = 16_000
/** Programs that run side by side have process numbers that are near each other. */
const STEP = 61

/** How many were given out by this program. */
let given = 0

/**
 * @param {number} count
 * @returns {Promise<readonly number[]>} all different
 */
export async function freePorts(count) {
  const room = BEHIND - LOWEST
  /** @type {number[]} */
  const ports = []
  for (let tried = 0; tried < room && ports.length < count; tried += 1) {
    const port = LOWEST + ((process.pid * STEP + given) % room)
    given += 1
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

/** @returns {Promise<number>} one on which nobody listens */
export async function freePort() {
  const [port = 0] = await freePorts(1)
  return port
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
