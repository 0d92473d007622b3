/**
 * busy-node-child: a node with one process that can block the loop of the whole program.
 */
import { actor, message, protocol, request, startNode } from 'troupe'

/** What the process of the child understands. */
export const Busy = protocol('busy', {
  /** Blocks the loop for so many milliseconds. */
  block: message<number>(),
  add: request<number, number>(),
})

/** What the child tells: where it is reached. */
export interface Ready {
  readonly host: string
  readonly port: number
}

const busy = actor(Busy, {
  init: () => ({ sum: 0 }),
  on: {
    block(_state, ms) {
      // Nothing runs in this thread meanwhile, and no core is burnt.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    },
    add(state, by) {
      state.sum += by
      return state.sum
    },
  },
})

/** Only when it is run, not when its protocol is imported. */
const [, , name = '', cookie = ''] = process.argv
if (process.send !== undefined && name !== '') {
  const network = {
    cookie,
    acceptors: [{ port: 0 }],
    unixSocket: false,
    registrar: 'none',
  } as const
  const node = await startNode(name, { network, logSinks: [] })
  await node.spawn(busy, { name: 'busy' })
  process.on('disconnect', () => process.exit(0))
  const [address] = node.network.addresses
  process.send({ host: address?.host, port: address?.port })
}
