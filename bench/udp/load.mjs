/**
 * bench/udp/load: the load table of the article: the whole traffic system at a steady rate.
 *
 * The system runs as a user runs it, with its defaults, storage on disk included, in a data folder
 * of its own; packets come from another process. CPU and memory are read from the kernel's process
 * table, what was stored from the system's own account, what was sent from the sender: the two must
 * agree. Queries come meanwhile, 100 a second, each on a connection that is kept.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get as httpGet } from 'node:http'
import { get as httpsGet, Agent as TlsAgent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { flood } from './ceiling.mjs'
import { Child } from './child.mjs'

const SYSTEM = fileURLToPath(new URL('../../examples/traffic/dist/main.js', import.meta.url))
const VEHICLES = 1_000
const QUERIES_PER_SECOND = 100
const WARM_UP_SECONDS = 3

/** A client that keeps its connections; the certificate was made by the system a moment ago. */
class Client {
  #base
  #agent
  #get

  constructor(base) {
    const isTls = base.startsWith('https:')
    const options = { keepAlive: true, maxSockets: 16, rejectUnauthorized: false }
    this.#base = base
    this.#agent = isTls ? new TlsAgent(options) : new Agent(options)
    this.#get = isTls ? httpsGet : httpGet
  }

  ask(path) {
    return new Promise((resolve, reject) => {
      const asked = this.#get(new URL(path, this.#base), { agent: this.#agent }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, body }))
      })
      asked.on('error', reject)
    })
  }

  async stats() {
    return JSON.parse((await this.ask('/stats')).body)
  }

  end() {
    this.#agent.destroy()
  }
}

/** Asks for the nearest vehicles at a steady rate; gives how long each answer took. */
async function askSteadily(client, seconds) {
  const took = []
  let failed = 0
  const asking = []
  const began = performance.now()
  for (let asked = 0; asked < seconds * QUERIES_PER_SECOND; asked += 1) {
    const dueMs = (asked * 1_000) / QUERIES_PER_SECOND - (performance.now() - began)
    if (dueMs > 0) await wait(dueMs)
    const [lat, lon] = [((asked * 37) % 180) - 90, ((asked * 59) % 360) - 180]
    const startMs = performance.now()
    const answer = client.ask(`/?lat=${lat}&lon=${lon}`).then(
      ({ status }) => {
        if (status === 200) took.push(performance.now() - startMs)
        else failed += 1
      },
      () => {
        failed += 1
      },
    )
    asking.push(answer)
  }
  await Promise.all(asking)
  took.sort((left, right) => left - right)
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? null
  return { queries: took.length, failed, p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** Waits until the account does not change any more, and gives it. */
async function settledStats(client) {
  let before = await client.stats()
  for (;;) {
    await wait(200)
    const now = await client.stats()
    if (now.sent === before.sent && now.stored === before.stored) return now
    before = now
  }
}

async function started(folder, cores) {
  const flags = ['--no-fleet', '--udp-port', '0', '--https-port', '0', '--tcp-port', '0']
  const command = [process.execPath, SYSTEM, ...flags, '--data', join(folder, 'data')]
  const system = new Child(command, { core: cores.receiver })
  const [, port] = await system.find(/udp\s+127\.0\.0\.1:(\d+)/)
  const [, base] = await system.find(/(https?:\/\/127\.0\.0\.1:\d+)/)
  await system.find(/^ready$/)
  return { system, port, client: new Client(base) }
}

/** One row of the table: `{ rate, cpuPercent, residentMB, sent, stored, lost, … }`. */
export async function load({ program, rate, seconds, cores, withQueries }) {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  const { system, port, client } = await started(folder, cores)
  const send = (time) =>
    rate === 0
      ? wait(time * 1_000, { sent: 0, failed: 0 })
      : flood(program, { port, rate, seconds: time, vehicles: VEHICLES, core: cores.sender })
  try {
    await send(WARM_UP_SECONDS)
    const before = await settledStats(client)
    const [cpuBefore, beganMs] = [system.cpuSeconds(), performance.now()]
    const asking = withQueries ? askSteadily(client, seconds) : undefined
    const { sent, failed } = await send(seconds)
    const passed = (performance.now() - beganMs) / 1_000
    const cpu = system.cpuSeconds() - cpuBefore
    const residentMB = system.residentBytes() / 1e6
    const answers = await asking
    const stored = (await settledStats(client)).stored - before.stored
    const figures = { cpuPercent: (cpu / passed) * 100, residentMB, sent, failed, stored }
    const cpuMicros = sent === 0 ? null : (cpu * 1e6) / sent
    return { rate, ...figures, lost: sent - stored, cpuMicros, ...answers }
  } finally {
    client.end()
    await system.end()
    rmSync(folder, { recursive: true, force: true })
  }
}
