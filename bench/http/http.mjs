/**
 * bench/http: requests a second and their p99 of our web port, beside node:http and Fastify.
 *
 * `npm run bench -- http`: all servers run on the last core; one at a time is asked, by a fresh
 * client on the first core. Each measurement has one of bare node:http right before it; a ratio is
 * the median of those pairs: what else goes on on a machine then hurts both.
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
const SECONDS = '2'
const WARM_SECONDS = '3'
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

async function serverOf(kind, cores) {
  const command = [process.execPath, join(HERE, 'server.mjs'), kind]
  const child = new Child(command, { core: cores.server })
  const [, port] = await child.find(/^port (\d+)$/)
  return { kind, child, port }
}

async function measureOnce({ kind, child, port }, method, seconds, cores) {
  const command = [process.execPath, join(HERE, 'client.mjs'), port, method, CONNECTIONS, seconds]
  const client = new Child(command, { core: cores.client })
  await client.find(/^begin$/)
  const before = await child.ask()
  const told = JSON.parse(await client.line())
  const after = await child.ask()
  await client.closed
  const cpuMicros = ((after.cpuSeconds - before.cpuSeconds) * 1e6) / told.requests
  if (told.wrong > 0) throw new Error(`${told.wrong} answers of ${kind} were wrong`)
  return { ...told, rate: told.requests / told.seconds, cpuMicros }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const medianOf = (samples, key) => median(samples.map((sample) => sample[key]))

/** `samples` of one kind, each with the one of bare right before it. */
function summarised(row, kind, samples) {
  const rates = samples.map(({ rate }) => rate)
  const pairs = samples.filter(({ bare }) => bare !== undefined)
  const ratios = pairs.map(({ rate, bare }) => rate / bare.rate)
  const cpuRatios = pairs.map(({ cpuMicros, bare }) => bare.cpuMicros / cpuMicros)
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
    ratio: kind === 'bare' ? 1 : median(ratios),
    ratioByCpu: kind === 'bare' ? 1 : median(cpuRatios),
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
  const lines = results.map((one) => {
    const rates = [one.median, one.min, one.max].map((rate) => Math.round(rate))
    const rest = [fixed(one.cpuMicrosPerOp, 1), fixed(one.p50Ms, 2), fixed(one.p99Ms, 2)]
    const ratios = [`${fixed(one.ratio, 2)} x`, `${fixed(one.ratioByCpu, 2)} x`]
    return `| ${[KINDS[one.peer], ...rates, ...rest, ...ratios].join(' | ')} |`
  })
  return [
    '| server | requests/s | min | max | CPU us/request | p50 ms | p99 ms | of bare | by CPU |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ]
}

const verdictsOf = (results) =>
  results
    .filter(({ peer }) => peer !== 'bare' && peer !== 'fastify')
    .map(({ peer, ratio, ratioByCpu }) => {
      const verdict = ratio >= BUDGET ? 'met' : 'MISSED'
      const byCpu = ratioByCpu >= BUDGET ? 'met' : 'missed'
      return `- budget ${verdict} (by CPU ${byCpu}): ${KINDS[peer]}, at least ${BUDGET} x bare`
    })

async function measureRow(name, kinds, { runs, seconds, cores, say }) {
  const { method } = ROWS[name]
  const servers = []
  const samples = new Map(['bare', ...kinds].map((kind) => [kind, []]))
  try {
    for (const kind of samples.keys()) servers.push(await serverOf(kind, cores))
    // Until the compiler has had its say; bare is asked far more often than the others later on.
    for (const server of servers) await measureOnce(server, method, WARM_SECONDS, cores)
    const [bareServer, ...others] = servers
    for (let run = 1; run <= runs; run += 1) {
      for (const server of others) {
        const bare = await measureOnce(bareServer, method, seconds, cores)
        const own = await measureOnce(server, method, seconds, cores)
        const told = `${Math.round(own.rate)} requests/s, bare ${Math.round(bare.rate)}`
        const cpu = `CPU ${fixed(own.cpuMicros, 1)} us, bare ${fixed(bare.cpuMicros, 1)}`
        say(`  ${name} ${run}/${runs} ${server.kind}: ${told}; ${cpu}`)
        samples.get('bare').push(bare)
        samples.get(server.kind).push({ ...own, bare })
      }
    }
  } finally {
    for (const { child } of servers) await child.end()
  }
  return [...samples].map(([kind, own]) => summarised(name, kind, own))
}

/** Runs the rows and servers that `--rows` and `--peers` name; all without them. */
export async function benchHttp(values, say) {
  const rows = values.rows?.split(',') ?? Object.keys(ROWS)
  const named = values.peers?.split(',') ?? Object.keys(KINDS)
  const kinds = named.filter((kind) => kind !== 'bare')
  const wrong = [...rows.filter((row) => !(row in ROWS)), ...kinds.filter((one) => !(one in KINDS))]
  if (wrong.length > 0) {
    const known = `rows ${Object.keys(ROWS)}, peers ${Object.keys(KINDS)}`
    say(`bench http knows no ${wrong.join(', ')}; ${known}`)
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
