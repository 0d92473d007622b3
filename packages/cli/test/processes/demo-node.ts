/**
 * demo-node: a node with a little of everything, and some that is hostile; run as a child process.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  actor,
  application,
  loadCertificates,
  message,
  protocol,
  request,
  startNode,
  supervisor,
} from 'troupe'

const Stock = protocol('stock', {
  add: message<number>(),
  left: request<void, number>(),
  fail: request<void, void>(),
  refuse: request<void, void>().fails<'sold-out'>(),
  /** Answers what no terminal should be given as it is. */
  hostile: request<void, unknown>(),
  huge: request<number, string>(),
  say: message<{ readonly level: 'info' | 'warning'; readonly text: string }>(),
  flood: message<number>(),
  /** Ends the program without a word. */
  die: message<void>(),
})

export const HOSTILE = 'red\u001b[31m\u009b2J\u202eforged\nline'

const stock = actor(Stock, {
  init: () => ({ left: 3 }),
  on: {
    add(state, by) {
      state.left += by
    },
    left: ({ left }) => left,
    fail() {
      throw new Error(HOSTILE)
    },
    refuse: () => ({ kind: 'failure', error: 'sold-out' }) as const,
    hostile: () => ({ [HOSTILE]: HOSTILE, list: [HOSTILE] }),
    huge: (_state, length) => 'x'.repeat(length),
    say: (_state, { level, text }, context) => context.log[level](text, { field: HOSTILE }),
    flood(_state, times, context) {
      for (let at = 0; at < times; at += 1) context.log.info(`flood ${at}`)
    },
    die: () => process.kill(process.pid, 'SIGKILL'),
  },
  inspect: ({ left }) => ({ left, hostile: HOSTILE }),
})

const spare = application({
  name: 'spare',
  members: [{ name: 'spare-top', start: supervisor({ children: [] }) }],
})
const shop = application({
  name: 'shop',
  members: [
    { name: 'shop-top', start: supervisor({ children: [{ name: 'stock', start: stock }] }) },
  ],
})

/** Only when it is run. */
const [, , name = '', cookie = '', socket = '', tlsFolder = ''] = process.argv
if (process.send !== undefined && name !== '') {
  const [certFile, keyFile, caFile] = ['tls.crt', 'tls.key', 'ca.crt'].map((file) =>
    join(tlsFolder, file),
  ) as [string, string, string]
  const tls =
    tlsFolder === ''
      ? undefined
      : {
          certificates: await loadCertificates({ certFile, keyFile }),
          ca: readFileSync(caFile, 'utf8'),
          mutual: true,
        }
  const node = await startNode(name, {
    network: {
      ...{ cookie, acceptors: [{ port: 0 }], unixSocket: socket !== 'none' },
      ...(tls === undefined ? {} : { tls }),
    },
    logSinks: [],
    system: { manage: ['ops@localhost'] },
    applications: [shop],
  })
  node.loadApplication(spare)
  node.remote.allowSpawn('worker', stock)
  node.remote.allowApplication('spare')
  process.on('disconnect', () => process.exit(0))
  const [address] = node.network.addresses
  process.send({ port: address?.port })
}
