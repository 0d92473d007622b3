/**
 * bench/network/peers: who is measured between two processes, and how both are started.
 *
 * Set-up and versions are those of `bench -- local`. Variants of Troupe are its other transports.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PEERS_LOCAL } from '../lib/peers.mjs'
import { has, install } from '../lib/setup.mjs'

const BENCH = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE = [process.execPath, '--max-old-space-size=4096']

const local = (id) => PEERS_LOCAL.find((peer) => peer.id === id)

const node = (script) => ({
  far: () => [...NODE, join(BENCH, 'peers', script), 'far'],
  near: (work, count, address) => [
    ...[...NODE, join(BENCH, 'peers', script), 'near'],
    ...[work, String(count), address],
  ],
})

const erl = (...more) => [
  ...['erl', '+S', '1:1', '+SDcpu', '1:1', '+SDio', '1', '-noshell', '-setcookie', 'bench'],
  ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}', '-start_epmd', 'false'],
  ...['-pa', join(BENCH, 'dist', 'peers', 'erlang'), ...more],
]

/** A port for Erlang: without epmd both nodes have to know it beforehand. */
const ERLANG_PORT = String(20_000 + (process.pid % 10_000))

const erlang = {
  ...local('erlang'),
  far: () =>
    erl(
      ...['-erl_epmd_port', ERLANG_PORT, '-sname', 'far@localhost'],
      ...['-s', 'bench_network', 'far'],
    ),
  near: (work, count) =>
    erl(
      ...['-erl_epmd_port', ERLANG_PORT, '-dist_listen', 'false', '-sname', 'near@localhost'],
      ...['-s', 'bench_network', 'near', '-extra', work, String(count)],
    ),
}

const troupe = { ...local('troupe'), ...node(join('troupe', 'network.mjs')) }

const ERGO_FOLDER = join(BENCH, 'peers', 'ergo-network')
const ERGO = join(BENCH, 'dist', 'peers', 'ergo-network')

const ergo = {
  ...local('ergo'),
  setUp(options) {
    if (!has('go')) return 'go is missing: apt-get install golang (1.21 or later)'
    mkdirSync(dirname(ERGO), { recursive: true })
    if (!options.mayInstall && existsSync(ERGO)) return undefined
    const need = 'go build in bench/peers/ergo-network (fetches ergo.services/ergo)'
    return install(options, need, ['go', 'build', '-mod=mod', '-o', ERGO, '.'], ERGO_FOLDER)
  },
  far: () => [ERGO, 'far'],
  near: (work, count) => [ERGO, 'near', work, String(count)],
}

/** In the order in which they take turns. */
export const NETWORK_PEERS = [
  { ...troupe, variants: ['unix', 'tls'] },
  { ...erlang, variants: [] },
  { ...ergo, variants: [] },
  { ...local('moleculer'), ...node(join('node', 'moleculer-network.mjs')), variants: [] },
  { ...local('raw'), ...node(join('node', 'raw-network.mjs')), variants: [] },
]

/** A certificate for this run; false when there is nobody to make one. */
function certify(folder) {
  if (existsSync(join(folder, 'tls.crt'))) return true
  if (!has('openssl')) return false
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const out = ['-keyout', join(folder, 'tls.key'), '-out', join(folder, 'tls.crt')]
  execFileSync('openssl', ['req', '-x509', ...key, ...name, '-days', '2', ...out], {
    stdio: 'ignore',
  })
  return true
}

/** Everybody who takes part in one kind of work: peers, and Troupe's other transports. */
export function entrantsFor(peers, _work, folder) {
  return peers.flatMap((peer) => {
    const variants = peer.variants.filter((variant) => variant !== 'tls' || certify(folder))
    return [undefined, ...variants].map((variant) => ({
      peer,
      label: variant === undefined ? peer.id : `${peer.id} ${variant}`,
      version: peer.version(),
      far: peer.far,
      near: peer.near,
      env: { ...peer.env, BENCH_TRANSPORT: variant ?? 'tcp' },
    }))
  })
}
