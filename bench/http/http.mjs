/**
 * bench/http: requests a second and their p99 of our web port, beside node:http and Fastify.
 *
 * `npm run bench -- http`: for each row all take turns, each time a fresh server on the last core
 * and a fresh client on the first. Ratios are to bare node:http in the same run.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { has } from '../lib/setup.mjs'
import { Child } from '../udp/child.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const BUDGET = 0.8
const SECONDS = '4'
const CONNECTIONS = '50'

const KINDS = {
  bare: 'node:http alone',
  fastify: 'Fastify alone',
  actor: 'web port, actor',
  serve: 'web port, serve',
  value: 'web port, fetch that answers a value',
  light: 'web port, fetch that answers a LightResponse',
  fetch: 'web port, fetch that answers a Response',
  'hono-light': 'web port, Hono with LightResponse',
  hono: 'web port, Hono',
}
const ROWS = {
  'http-get': { method: 'GET', title: 'GET, a small JSON object, 50 connections' },
  'http-post': { method: 'POST', title: 'POST of 1,000 bytes, read whole, 50 connections' },
}

const coresHere = () => {
  const count = availableParallelism()
  return has('taskset') && count > 1 ? { client: '0', server: String(count - 1) } : {}
}

async function measureOnce(kind, method, seconds, cores) {
  const server = new Child([process.execPath, join(HERE, 'server.mjs'), kind], {
    core: cores.server,
  })
  try {
    const [, port] = await server.find(/^port (\d+)$/)
    const script = join(HERE, 'client.mjs')
    const command = [process.execPath, script, port, method, CONNECTIONS, seconds]
    const client = new Child(command, { core: cores.client })
    await client.find(/^begin$/)
    const before = await server.ask()
    const told = JSON.parse(await client.line())
    const after = await server.ask()
    const cpuMicros = ((after.cpuSeconds - before.cpuSeconds) * 1e6) / told.requests
    if (told.wrong > 0) throw new Error(`${told.wrong} answers of ${kind} were wrong`)
    return { ...told, rate: told.requests / told.seconds, cpuMicros }
  } finally {
    await server.end()
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const medianOf = (samples, key) => median(samples.map((sample) => sample[key]))

function summarised(row, kind, samples) {
  const rates = samples.map(({ rate }) => rate)
  return {
    row,
    peer: kind,
    version: kind === 'fastify' ? versionOf('fastify') : process.version,
    unit: 'requests/s',
    better: 'higher',
    median: median(rates),
    min: Math.min(...rates),
    max: Math.max(...rates),
    runs: samples.length,
    cpuMicrosPerOp: medianOf(samples, 'cpuMicros'),
    p50Ms: medianOf(samples, 'p50Ms'),
    p99Ms: medianOf(samples, 'p99Ms'),
    node: process.version,
  }
}

function versionOf(name) {
  const entry = createRequire(import.meta.url).resolve(name)
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`))
  const path = join(folder, 'node_modules', name, 'package.json')
  return JSON.parse(readFileSync(path, 'utf8')).version
}

const fixed = (value, digits) => value.toFixed(digits)

function tableOf(results) {
  const bare = results.find(({ peer }) => peer === 'bare')
  const lines = results.map((one) => {
    const ratio = bare === undefined ? '' : `${fixed(one.median / bare.median, 2)} x`
    const byCpu =
      bare === undefined ? '' : `${fixed(bare.cpuMicrosPerOp / one.cpuMicrosPerOp, 2)} x`
    const rates = [one.median, one.min, one.max].map((rate) => Math.round(rate))
    const rest = [fixed(one.cpuMicrosPerOp, 1), fixed(one.p50Ms, 2), fixed(one.p99Ms, 2)]
    return `| ${[KINDS[one.peer], ...rates, ...rest, ratio, byCpu].join(' | ')} |`
  })
  return [
    '| server | requests/s | min | max | CPU us/request | p50 ms | p99 ms | of bare | by CPU |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ]
}

function verdictsOf(results) {
  const bare = results.find(({ peer }) => peer === 'bare')
  if (bare === undefined) return []
  return results
    .filter(({ peer }) => peer !== 'bare' && peer !== 'fastify')
    .map(({ peer, median: own }) => {
      const verdict = own / bare.median >= BUDGET ? 'met' : 'MISSED'
      return `- budget ${verdict}: ${KINDS[peer]}, at least ${BUDGET} x bare`
    })
}

async function measureRow(name, kinds, { runs, seconds, cores, say }) {
  const samples = new Map(kinds.map((kind) => [kind, []]))
  for (let run = 1; run <= runs; run += 1) {
    for (const kind of kinds) {
      const sample = await measureOnce(kind, ROWS[name].method, seconds, cores)
      const told = `${Math.round(sample.rate)} requests/s, p99 ${fixed(sample.p99Ms, 2)} ms`
      say(`  ${name} ${run}/${runs} ${kind}: ${told}, ${fixed(sample.cpuMicros, 1)} us of CPU`)
      samples.get(kind).push(sample)
    }
  }
  return kinds.map((kind) => summarised(name, kind, samples.get(kind)))
}

/** Runs the rows and servers that `--rows` and `--peers` name; all without them. */
export async function benchHttp(values, say) {
  const rows = values.rows?.split(',') ?? Object.keys(ROWS)
  const kinds = values.peers?.split(',') ?? Object.keys(KINDS)
  const wrong = [...rows.filter((row) => !(row in ROWS)), ...kinds.filter((one) => !(one in KINDS))]
  if (wrong.length > 0) {
    say(
      `bench http knows no ${wrong.join(', ')}; rows ${Object.keys(ROWS)}, peers ${Object.keys(KINDS)}`,
    )
    return false
  }
  const cores = coresHere()
  say(`client and server on cores ${JSON.stringify(cores)}, Node ${process.version}`)
  const setting = { runs: Number(values.runs), seconds: values.seconds ?? SECONDS, cores, say }
  const [all, sections] = [[], []]
  for (const name of rows) {
    const results = await measureRow(name, kinds, setting)
    const told = [...tableOf(results), '', ...verdictsOf(results)]
    say(`\n${told.join('\n')}\n`)
    all.push(...results)
    sections.push(`### ${name}: ${ROWS[name].title}\n\n${told.join('\n')}\n`)
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`)
  if (values.markdown !== undefined) writeFileSync(values.markdown, sections.join('\n'))
  return true
}
