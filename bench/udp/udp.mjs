/**
 * bench/udp: how many packets a second come in without loss, and what the whole traffic system
 * takes at the rates of the article.
 *
 * `npm run bench -- udp`; needs Linux and a C compiler for the sender. Rows of the JSON file are
 * those of every bench.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PEERS_LOCAL } from '../lib/peers.mjs'
import { markdown, summary, table } from '../lib/report.mjs'
import { attempt, has } from '../lib/setup.mjs'
import { ceiling, KINDS } from './ceiling.mjs'
import { load } from './load.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const BUILT = join(dirname(HERE), 'dist')
const FLOOD = join(BUILT, 'flood')

/** `[packets a second, CPU, memory, errors]` of the article, on a laptop of 2019. */
const ARTICLE = [
  [0, '0.2 %', '12-18 MB', 'none'],
  [50, '3-4 %', '25 MB', 'none'],
  [500, '30-35 %', '27 MB', 'none'],
  [5_000, '145-150 %', '37 MB', 'none, with larger mailboxes'],
  [15_000, '300 %+', '90 MB+', 'the client fails'],
]
const QUERIED_RATE = 5_000
const RAISED_BYTES = 4_194_304

const rate = (name, title, budget) => ({
  ...{ name, title, unit: 'packets/s', kind: 'rate', better: 'higher', handledPerOp: 1, budget },
})
const CEILINGS = [
  { row: rate('udp-default', 'to an actor without loss, default buffer', 60_000), buffer: 0 },
  {
    row: rate('udp-raised', 'to an actor without loss, buffer of 4 MB', 250_000),
    buffer: RAISED_BYTES,
  },
]

/** The sender's core is the first, what is measured has the last. */
function coresHere() {
  const count = availableParallelism()
  return has('taskset') && count > 1 ? { sender: '0', receiver: String(count - 1) } : {}
}

/** The flood, built; a sentence when that cannot be. */
function buildFlood() {
  if (process.platform !== 'linux') return 'the sender uses sendmmsg, which only Linux has'
  if (!has('cc')) return 'cc is missing: apt-get install gcc libc6-dev'
  mkdirSync(BUILT, { recursive: true })
  return attempt('cc', ['cc', '-O2', '-o', FLOOD, 'flood.c'], HERE)
}

async function measureCeiling({ row, buffer }, { runs, say, peers, cores }) {
  const samples = new Map(peers.map(({ id }) => [id, []]))
  for (let run = 1; run <= runs; run += 1) {
    for (const { id } of peers) {
      const command = KINDS[id](String(buffer), join(BUILT, 'peers', 'erlang'))
      const { rate: value, cpuMicros, bufferBytes } = await ceiling(command, FLOOD, cores)
      const told = `${Math.round(value)} packets/s, buffer of ${bufferBytes} bytes`
      say(`  ${row.name} ${run}/${runs} ${id}: ${told}`)
      samples.get(id).push({ value, cpuMicrosPerOp: cpuMicros })
    }
  }
  const results = peers.map((peer) => summary(row, peer.id, peer.version(), samples.get(peer.id)))
  const own = results.find(({ peer }) => peer === 'troupe')
  const verdict = own.median >= row.budget ? 'met' : 'MISSED'
  return { results, notes: [`budget ${verdict}: at least ${row.budget} packets/s`] }
}

const fixed = (value, digits) =>
  value === null || value === undefined ? '' : value.toFixed(digits)

const LOAD_HEAD = [
  ...['packets/s', 'CPU % of a core', 'MB', 'sent', 'lost', 'us/packet', 'query p50 / p99 ms'],
  ...['article: CPU', 'memory', 'errors'],
]

function loadTable(figures) {
  const lines = figures.map((one) => {
    const article = ARTICLE.find(([rate]) => rate === one.rate)
    const query = one.p99Ms === undefined ? '' : `${fixed(one.p50Ms, 2)} / ${fixed(one.p99Ms, 2)}`
    const own = [fixed(one.cpuPercent, 1), fixed(one.residentMB, 0), one.sent, one.lost]
    const cells = [one.rate, ...own, fixed(one.cpuMicros, 1), query, ...article.slice(1)]
    return `| ${cells.join(' | ')} |`
  })
  return [
    `| ${LOAD_HEAD.join(' | ')} |`,
    '|---:|---:|---:|---:|---:|---:|---:|---|---|---|',
    ...lines,
  ]
}

async function measureLoad(seconds, cores, say) {
  const figures = []
  for (const [rate] of ARTICLE) {
    say(`  load of ${rate} packets/s for ${seconds} s`)
    const withQueries = rate === QUERIED_RATE
    figures.push(await load({ program: FLOOD, rate, seconds, cores, withQueries }))
  }
  return figures
}

/** The load table as rows of the JSON file: one measurement each. */
function loadRows(figures, version) {
  const row = (name, unit, value, cpuMicrosPerOp) => ({
    ...{ row: name, peer: 'troupe', version, unit, better: 'lower' },
    ...{ median: value, min: value, max: value, runs: 1, cpuMicrosPerOp, node: process.version },
  })
  return figures.flatMap((one) => [
    row(`traffic-cpu-${one.rate}`, '% of a core', one.cpuPercent, one.cpuMicros),
    row(`traffic-memory-${one.rate}`, 'MB', one.residentMB, null),
    row(`traffic-lost-${one.rate}`, 'packets', one.lost, null),
    ...(one.p99Ms === undefined
      ? []
      : [row(`traffic-query-${one.rate}`, 'ms p99', one.p99Ms, null)]),
  ])
}

/** Who is measured: those that were asked for and can be had. */
function peersFor(values, say) {
  const wanted = values.peers?.split(',') ?? Object.keys(KINDS)
  return PEERS_LOCAL.filter((peer) => {
    if (!(peer.id in KINDS) || !wanted.includes(peer.id)) return false
    const absent = peer.setUp({ mayInstall: !values['no-install'], say })
    if (absent !== undefined) say(`${peer.id} is left out: ${absent}`)
    return absent === undefined
  })
}

async function benchCeiling(values, cores, say) {
  const peers = peersFor(values, say)
  const [rows, sections] = [[], []]
  for (const one of CEILINGS) {
    const setting = { runs: Number(values.runs), say, peers, cores }
    const { results, notes } = await measureCeiling(one, setting)
    const row = { ...one.row, budget: [] }
    say(`\n${table(row, results, notes).join('\n')}\n`)
    rows.push(...results)
    sections.push(markdown(row, results, notes))
  }
  return { rows, sections }
}

async function benchLoad(values, cores, say) {
  const figures = await measureLoad(Number(values.seconds ?? 60), cores, say)
  const lines = loadTable(figures)
  say(`\n${lines.join('\n')}\n`)
  const [own] = PEERS_LOCAL
  const title = '### load: the whole traffic system at the rates of the article\n'
  return { rows: loadRows(figures, own.version()), sections: [[title, ...lines, ''].join('\n')] }
}

const PARTS = { ceiling: benchCeiling, load: benchLoad }

/** Runs the parts that `--rows` names, `ceiling` and `load`; both without it. */
export async function benchUdp(values, say) {
  const missing = buildFlood()
  if (missing !== undefined) {
    say(`bench udp cannot run: ${missing}`)
    return false
  }
  const cores = coresHere()
  const most = readFileSync('/proc/sys/net/core/rmem_max', 'latin1').trim()
  say(`net.core.rmem_max is ${most}; sender and receiver on cores ${JSON.stringify(cores)}`)
  const [rows, sections] = [[], []]
  for (const name of values.rows?.split(',') ?? Object.keys(PARTS)) {
    const part = await PARTS[name]?.(values, cores, say)
    if (part === undefined) {
      say(`no row ${name}; there are ${Object.keys(PARTS).join(', ')}`)
      return false
    }
    rows.push(...part.rows)
    sections.push(...part.sections)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`)
  if (values.markdown !== undefined) writeFileSync(values.markdown, sections.join('\n'))
  return true
}
