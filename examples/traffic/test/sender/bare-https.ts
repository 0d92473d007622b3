/**
 * test/bare-https: a program with nothing but Node's HTTPS server, to measure the machine by.
 *
 * Prints its port. What it takes to answer is what any server takes here at this moment.
 */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { LOCAL_HOSTS, selfSigned } from '#traffic/tls/self-signed'

const { pair } = await selfSigned(LOCAL_HOSTS, Date.now())
const server = createServer(pair, (_request, response) => response.end('[]'))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
