/**
 * observer: one node of a mill, as a program of its own: it is started by `fork`, killed by a
 * signal, and told to look at itself by messages of its parent.
 *
 * All three take part in one election and offer the service `mill`, which each of them uses; the
 * service `sieve` of the third never answers, so that breakers open. What it is asked for it reads
 * from the node itself, and not from what the node tells an Observer.
 */
import { join } from 'node:path'
import {
  actor,
  application,
  consoleSink,
  embeddedRegistrar,
  leader,
  message,
  type Node,
  protocol,
  request,
  service,
  startNode,
  supervisor,
} from 'troupe'
import { MILL, type MillLook } from './mill-names.js'

const [name = '', folder = ''] = process.argv.slice(2)
const isThird = name === MILL[2]

const Mill = protocol('mill', {
  grind: request<number, number>(),
  sift: request<number, number>(),
  reign: request<void, { readonly leads: boolean; readonly term: number }>(),
})

/** A machine that is busy with a browser must not look like a leader that is lost. */
const CALM = { electionTimeoutMinMs: 4_000, electionTimeoutMaxMs: 6_000, heartbeatMs: 200 }

const miller = leader(Mill, {
  name: 'miller',
  election: () => ({ clusterId: 'mill', voters: MILL, ...CALM }),
  on: {
    grind: () => 0,
    sift: () => 0,
    reign: (_state, _nothing, { leadership }) => ({
      leads: leadership.isLeader,
      term: leadership.term,
    }),
  },
})

const stone = actor(Mill, {
  name: 'stone',
  init: () => ({ ground: 0 }),
  on: {
    grind: (state, grain) => {
      state.ground += grain
      return state.ground
    },
    sift: () => new Promise<number>(() => {}),
    reign: () => ({ leads: false, term: 0 }),
  },
  inspect: ({ ground }) => ({ ground }),
})

const mill = service('mill', Mill)
const sieve = service('sieve', Mill, { retry: 'off', tryTimeoutMs: 20 })
const Hopper = protocol('hopper', { fill: message<void>() })

const hopper = actor(Hopper, {
  name: 'hopper',
  started: (_state, context) => {
    context.every(40, function fill() {
      void context.call(mill, 'grind', 1).catch(() => {})
      void context.call(sieve, 'sift', 1).catch(() => {})
    })
  },
  on: { fill: () => {} },
})

const millApplication = application({
  name: 'mill',
  description: 'Grinds what comes',
  version: '3.1.0',
  tags: ['river'],
  roles: { stones: 'stone' },
  members: [
    {
      name: 'mill-tree',
      start: supervisor({
        children: [
          { name: 'miller', start: miller },
          { name: 'stone', start: stone },
          { name: 'hopper', start: hopper },
        ],
      }),
    },
  ],
})

const sieveApplication = application({
  name: 'sieve',
  roles: { meshes: 'mesh' },
  members: [{ name: 'mesh', start: stone }],
})

const cart = application({
  name: 'cart',
  description: 'What nobody depends on',
  members: [{ name: 'cart', start: actor(Hopper, { name: 'cart', on: { fill: () => {} } }) }],
})

const node = await startNode(name, {
  applications: [millApplication, cart, ...(isThird ? [sieveApplication] : [])],
  cronJobs: [
    { name: 'sweep', spec: '@daily', action: { kind: 'run', run: () => {} }, enabled: false },
  ],
  env: { miller: 'Menocchio' },
  // A sink that has a level of its own; nothing is logged that it would show.
  logLevel: 'warning',
  logSinks: [consoleSink({ level: 'error' })],
  handleSignals: false,
  // A sieve never ends what it has begun.
  stopTimeoutMs: 1_000,
  network: {
    ...{ cookie: 'a-cookie-of-the-mill', acceptors: [{ port: 0 }], unixSocket: false },
    registrar: embeddedRegistrar({ folder, configFile: join(folder, 'mill.json') }),
  },
  system: { manage: ['desk@localhost'], payloads: true, envValues: true, perSecondMax: 1_000 },
})

/** What the node says of itself, each read by the API of its own program. */
const LOOKS: Readonly<Record<MillLook, (node: Node) => unknown>> = {
  applications: () =>
    Object.fromEntries(
      node
        .applications()
        .filter(({ own }) => !own)
        .map(({ name: called, state, weight }) => [called, `${state} ${weight}`]),
    ),
  config: () => node.cluster.config(),
  cron: () => node.cron.jobs().map(({ name: called, enabled }) => `${called} ${enabled}`),
  env: () => [node.env('miller'), node.env('colour')],
  levels: () => [node.log.level, ...node.log.sinks().map(({ level }) => level)],
  peers: () => node.network.peers().map(({ node: peer }) => peer),
  phase: () => node.info().phase,
  /** Questions and answers that have come to the process that answers who looks. */
  questions: () => {
    const pid = node.whereis('system')
    return pid === undefined ? 0 : node.processInfo(pid)?.messagesIn
  },
  reign: () => node.call('miller', 'reign'),
  samplers: () => node.tracing.info().samplers,
}

process.on('message', ({ id, look }: { readonly id: number; readonly look: MillLook }) => {
  void Promise.resolve(LOOKS[look](node)).then(
    (told) => process.send?.({ id, told }),
    (thrown: unknown) => process.send?.({ id, told: String(thrown) }),
  )
})
void node.stopped.then(() => process.exit())
process.once('disconnect', () => process.exit())
process.send?.({ id: 0, told: node.creation })
