/**
 * bench/leader/voter: one voter of the bench, which tells when it leads and when it does no longer.
 *
 * Started with its name, a folder and the voters; with an etcd, where that is and for how long its
 * lease lasts. Prints lines of JSON with the wall clock in milliseconds, fractions included; `end`
 * stops its node.
 */
import { createInterface } from 'node:readline'
import { ballotFile, embeddedRegistrar, leader, protocol, startNode } from 'troupe'

const [name, folder, voters, endpoints, leaseMs] = process.argv.slice(2)
const nowMs = () => performance.timeOrigin + performance.now()
const tell = (kind, more = {}) =>
  process.stdout.write(`${JSON.stringify({ kind, atMs: nowMs(), ...more })}\n`)

/** Who decides: an etcd, or a vote with a ballot that is kept. */
async function decider() {
  if (endpoints === undefined) {
    return { storage: ballotFile({ path: `${folder}/${name}.ballot` }) }
  }
  const { etcdArbiter } = await import('@troupe/etcd')
  const options = { endpoints: endpoints.split(','), leaseTtlMs: Number(leaseMs) }
  return { arbiter: etcdArbiter(options) }
}

const decides = await decider()
const voter = leader(protocol('voter', {}), {
  election: () => ({
    clusterId: 'bench',
    voters: voters.split(' '),
    ...decides,
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
