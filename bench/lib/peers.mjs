/**
 * bench/peers: who is measured, how each is set up and started, and with how many operations.
 *
 * Counts are chosen so that one measurement lasts about one to three seconds here. A row that is
 * in `absent` has a reason that is printed instead of a figure. `variants` are further ways of the
 * same peer to do a row, shown as peers of their own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attempt, has, install } from './setup.mjs'

const BENCH = dirname(dirname(fileURLToPath(import.meta.url)))
const PEERS = join(BENCH, 'peers')
const BUILT = join(BENCH, 'dist', 'peers')
const NODE_FLAGS = ['--expose-gc', '--max-old-space-size=12288']

const M = 1_000_000
const K = 1_000

const NO_MAILBOX = 'no mailbox: what is sent is handled within the send'

const node = (script) => (row, count) => [
  process.execPath,
  ...NODE_FLAGS,
  join(PEERS, script),
  row,
  String(count),
]

/** The version of a package as it lies in a folder. */
function packageVersion(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

function npmPeer(id, details) {
  const folder = join(PEERS, 'node')
  return {
    id,
    setUp(options) {
      const need = `npm ci --prefix ${join('bench', 'peers', 'node')}`
      if (existsSync(join(folder, 'node_modules', id))) return undefined
      return install(options, need, ['npm', 'ci', '--no-audit', '--no-fund'], folder)
    },
    version: () => packageVersion(join(folder, 'node_modules', id)),
    command: node(join('node', `${id}.mjs`)),
    absent: {},
    variants: {},
    ...details,
  }
}

const troupe = {
  id: 'troupe',
  setUp() {
    const built = createRequire(import.meta.url).resolve.paths('troupe')
    const found = built.some((path) => existsSync(join(path, 'troupe', 'dist', 'index.js')))
    return found ? undefined : 'Troupe is not built: npm run build'
  },
  version: () => packageVersion(join(BENCH, '..', 'packages', 'troupe')),
  command: node(join('troupe', 'local.mjs')),
  counts: {
    send: 20 * M,
    'ping-pong': 8 * M,
    call: 3 * M,
    'call-100': 3 * M,
    spawn: 1 * M,
    memory: 1 * M,
    'memory-supervised': 1 * M,
    'fanout-100k': 200,
    'fanout-1m': 20,
    'pairs-8': 20 * M,
    'pairs-100': 20 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 200 * K,
  },
  absent: {},
  variants: {},
}

const erlang = {
  id: 'erlang',
  setUp(options) {
    if (!has('erl') || !has('erlc')) {
      const missing = install(
        options,
        'apt-get install erlang-base',
        ['apt-get', 'install', '-y', '--no-install-recommends', 'erlang-base'],
        BENCH,
      )
      if (missing !== undefined) return missing
    }
    const folder = join(PEERS, 'erlang')
    const out = join(BUILT, 'erlang')
    mkdirSync(out, { recursive: true })
    const files = readdirSync(folder).filter((name) => name.endsWith('.erl'))
    return attempt('erlc', ['erlc', '-o', out, ...files], folder)
  },
  version: () => erlangVersion(),
  command: (row, count) => [
    'erl',
    ...['+S', '1:1', '+SDcpu', '1:1', '+SDio', '1', '+P', '4000000', '-noshell'],
    ...['-pa', join(BUILT, 'erlang'), '-s', 'bench_local', 'main', '-extra', row, String(count)],
  ],
  counts: {
    send: 20 * M,
    cast: 8 * M,
    'ping-pong': 3 * M,
    call: 1.5 * M,
    'call-100': 1.5 * M,
    spawn: 2 * M,
    memory: 1 * M,
    hibernated: 1 * M,
    'memory-supervised': 500 * K,
    'fanout-100k': 30,
    'fanout-1m': 3,
    'pairs-8': 16 * M,
    'pairs-100': 16 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 20 * K,
  },
  absent: {},
  variants: { send: ['cast'], memory: ['hibernated'] },
}

function erlangVersion() {
  const script =
    'F = filename:join([code:root_dir(), "releases", erlang:system_info(otp_release),' +
    ' "OTP_VERSION"]), {ok, V} = file:read_file(F), io:put_chars(V), halt().'
  return attempt.output(['erl', '-noshell', '-eval', script], BENCH).trim()
}

const ergo = {
  id: 'ergo',
  setUp(options) {
    if (!has('go')) return 'go is missing: apt-get install golang (1.21 or later)'
    const out = join(BUILT, 'ergo')
    mkdirSync(BUILT, { recursive: true })
    if (!options.mayInstall && existsSync(out)) return undefined
    const need = 'go build in bench/peers/ergo (fetches ergo.services/ergo)'
    return install(options, need, ['go', 'build', '-mod=mod', '-o', out, '.'], join(PEERS, 'ergo'))
  },
  version: () => {
    const required = readFileSync(join(PEERS, 'ergo', 'go.mod'), 'utf8')
    return /ergo\.services\/ergo (\S+)/.exec(required)?.[1] ?? 'unknown'
  },
  command: (row, count) => [join(BUILT, 'ergo'), row, String(count)],
  env: { GOMAXPROCS: '1' },
  counts: {
    send: 5 * M,
    'ping-pong': 600 * K,
    call: 1 * M,
    'call-100': 1 * M,
    spawn: 200 * K,
    memory: 1 * M,
    'fanout-100k': 3,
    'fanout-1m': 1,
    'pairs-8': 5 * M,
    'pairs-100': 5 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 50 * K,
  },
  absent: {
    'memory-supervised': 'its supervisor starts named children from specs, one spec a name',
  },
  variants: {},
}

const nact = npmPeer('nact', {
  counts: {
    send: 1 * M,
    'ping-pong': 600 * K,
    call: 400 * K,
    'call-100': 400 * K,
    spawn: 200 * K,
    memory: 1 * M,
    'fanout-100k': 10,
    'fanout-1m': 1,
    'pairs-8': 1.5 * M,
    'pairs-100': 1.5 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 300 * K,
  },
  absent: { 'memory-supervised': 'every nact actor is named and under its parent: see memory' },
})

const effect = npmPeer('effect', {
  counts: {
    send: 40 * M,
    single: 6 * M,
    'ping-pong': 1 * M,
    call: 800 * K,
    'call-100': 3 * M,
    spawn: 1 * M,
    memory: 200 * K,
    'fanout-100k': 4,
    'fanout-1m': 1,
    'pairs-8': 40 * M,
    'pairs-100': 40 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 300 * K,
  },
  absent: { 'memory-supervised': 'no supervisor and no names' },
  variants: { send: ['single'] },
})

const xstate = npmPeer('xstate', {
  counts: {
    send: 10 * M,
    'ping-pong': 4 * M,
    spawn: 1 * M,
    memory: 200 * K,
    'fanout-100k': 20,
    'fanout-1m': 2,
    'pairs-8': 10 * M,
    'pairs-100': 10 * M,
  },
  absent: {
    call: 'no request with an answer between actors',
    'call-100': 'no request with an answer between actors',
    'memory-supervised': 'no supervisor',
    timer: `${NO_MAILBOX}, so an endless load never lets a timer run`,
    backlog: NO_MAILBOX,
    restart: 'no supervisor',
  },
})

const moleculer = npmPeer('moleculer', {
  counts: { send: 800 * K, call: 5 * M, 'call-100': 5 * M },
  absent: Object.fromEntries([
    ...['ping-pong', 'pairs-8', 'pairs-100', 'timer', 'backlog'].map((row) => [row, NO_MAILBOX]),
    ...['spawn', 'memory', 'memory-supervised', 'fanout-100k', 'fanout-1m', 'restart'].map(
      (row) => [row, 'services are made once at the start, not by the thousand'],
    ),
  ]),
})

const raw = {
  id: 'raw',
  setUp: () => undefined,
  version: () => `Node ${process.version}`,
  command: node(join('node', 'raw.mjs')),
  counts: {
    send: 200 * M,
    'ping-pong': 60 * M,
    call: 30 * M,
    'call-100': 30 * M,
    spawn: 8 * M,
    memory: 1 * M,
    'fanout-100k': 1_000,
    'fanout-1m': 100,
    'pairs-8': 200 * M,
    'pairs-100': 200 * M,
    timer: 20 * K,
    backlog: 1 * M,
    restart: 500 * K,
  },
  absent: { 'memory-supervised': 'nothing supervises a plain object' },
  variants: {},
}

/** In the order in which they take turns. */
export const PEERS_LOCAL = [troupe, erlang, ergo, nact, effect, xstate, moleculer, raw]
