/**
 * bench/codec: nanoseconds of CPU to encode and to decode one value, beside msgpackr and JSON.
 *
 * `npm run bench -- codec`: every measurement is a fresh process on the last core, and each of
 * ours has one of msgpackr (records, both ways) right before it; a ratio is the median of those
 * pairs: what else goes on on a machine then hurts both.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { has } from '../lib/setup.mjs'
import { SUBJECTS } from './subjects.mjs'

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url))
const BASE = 'msgpackr'
const PEERS = ['troupe', 'json']
const DIRECTIONS = ['encode', 'decode']

function pinned() {
  const count = availableParallelism()
  return has('taskset') && count > 1 ? ['taskset', '-c', String(count - 1)] : []
}

/** One measurement: nanoseconds a value, and bytes where it encodes. */
function measure(peer, subject, direction, factor) {
  const command = [...pinned(), process.execPath, '--expose-gc', WORKER]
  const [program, ...args] = [...command, peer, subject, direction, factor]
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' }))
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

function measureRow(subject, direction, peers, { runs, factor, say }) {
  const samples = new Map([BASE, ...peers].map((peer) => [peer, []]))
  for (let run = 1; run <= runs; run += 1) {
    for (const peer of peers) {
      const base = measure(BASE, subject, direction, factor)
      const own = measure(peer, subject, direction, factor)
      const told = `${own.nanos.toFixed(1)} ns, ${BASE} ${base.nanos.toFixed(1)} ns`
      say(`  ${subject} ${direction} ${run}/${runs} ${peer}: ${told}`)
      samples.get(BASE).push({ ...base, ratio: 1 })
      samples.get(peer).push({ ...own, ratio: own.nanos / base.nanos })
    }
  }
  return [...samples].map(([peer, all]) => summarised(subject, direction, peer, all))
}

function summarised(subject, direction, peer, samples) {
  const nanos = samples.map((sample) => sample.nanos)
  return {
    row: `codec-${subject}-${direction}`,
    peer,
    version: peer === BASE ? versionOf(BASE) : process.version,
    unit: 'ns/value',
    better: 'lower',
    median: median(nanos),
    min: Math.min(...nanos),
    max: Math.max(...nanos),
    runs: samples.length,
    bytes: samples[0].bytes,
    ratio: median(samples.map(({ ratio }) => ratio)),
    budget: peer === 'troupe' ? SUBJECTS[subject].budget : undefined,
    node: process.version,
  }
}

function versionOf(name) {
  const entry = createRequire(import.meta.url).resolve(name)
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`))
  return createRequire(import.meta.url)(join(folder, 'node_modules', name, 'package.json')).version
}

function tableOf(results) {
  const lines = results.map(({ row, peer, median, min, max, bytes, ratio }) => {
    const times = [median, min, max].map((value) =>
      Number(value.toPrecision(3)).toLocaleString('en'),
    )
    const size = bytes === undefined ? '' : Math.round(bytes).toLocaleString('en')
    const [, , direction] = row.split('-')
    return `| ${[direction, peer, ...times, size, `${ratio.toFixed(2)} x`].join(' | ')} |`
  })
  return [
    `| | codec | ns CPU/value | min | max | bytes | of the time of ${BASE} |`,
    '|---|---|---:|---:|---:|---:|---:|',
    ...lines,
  ]
}

const verdictsOf = (results) =>
  results
    .filter(({ budget }) => budget !== undefined)
    .map(({ row, ratio, budget }) => {
      const verdict = ratio <= budget ? 'met' : 'MISSED'
      return `- budget ${verdict}: ${row}, at most ${budget} x the time of ${BASE}`
    })

/** Runs the rows and peers that `--rows` and `--peers` name; all without them. */
export async function benchCodec(values, say) {
  const rows = values.rows?.split(',') ?? Object.keys(SUBJECTS)
  const peers = (values.peers?.split(',') ?? PEERS).filter((peer) => peer !== BASE)
  const wrong = [
    ...rows.filter((row) => !(row in SUBJECTS)),
    ...peers.filter((peer) => !PEERS.includes(peer)),
  ]
  if (wrong.length > 0) {
    say(`bench codec knows no ${wrong.join(', ')}; rows ${Object.keys(SUBJECTS)}, peers ${PEERS}`)
    return false
  }
  const setting = { runs: Number(values.runs), factor: values.seconds ?? '1', say }
  const [all, sections] = [[], []]
  for (const row of rows) {
    const results = DIRECTIONS.flatMap((direction) => measureRow(row, direction, peers, setting))
    const told = [...tableOf(results), '', ...verdictsOf(results)]
    say(`\n${told.join('\n')}\n`)
    all.push(...results)
    sections.push(`### codec-${row}: ${SUBJECTS[row].title}\n\n${told.join('\n')}\n`)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`)
  if (values.markdown !== undefined) writeFileSync(values.markdown, sections.join('\n'))
  return true
}
