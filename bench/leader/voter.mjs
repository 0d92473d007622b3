/**
 * bench/leader/voter: one voter of the bench, which tells when it leads and when it does no longer.
 *
 * Started with its name, a folder and the voters. Prints lines of JSON with the wall clock in
 * milliseconds, fractions included; `end` stops its node.
 */
import { createInterface } from 'node:readline'
import { ballotFile, embeddedRegistrar, leader, protocol, startNode } from 'troupe'

const [name, folder, voters] = process.argv.slice(2)
const nowMs = () => performance.timeOrigin + performance.now()
const tell = (kind, more = {}) =>
  process.stdout.write(`${JSON.stringify({ kind, atMs: nowMs(), ...more })}\n`)

const voter = leader(protocol('voter', {}), {
  election: () => ({
    clusterId: 'bench',
    voters: voters.split(' '),
    storage: ballotFile({ path: `${folder}/${name}.ballot` }),
  }),
  on: {},
  handleBecomeLeader: (_state, term) => tell('leads', { term }),
  handleBecomeFollower: (_state, pid) => tell('follows', { leader: pid?.node ?? '' }),
  terminate: () => tell('ends'),
})

const node = await startNode(name, {
  logLevel: 'error',
  network: {
    cookie: 'a cookie of the bench alone',
    acceptors: [{ port: 0 }],
    registrar: embeddedRegistrar({ folder }),
  },
})
await node.spawn(voter)
tell('ready')
createInterface({ input: process.stdin }).on('line', async () => {
  await node.stop()
  process.exit(0)
})
