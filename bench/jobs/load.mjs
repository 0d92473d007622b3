/**
 * bench/jobs/load: posts the same jobs to whoever takes them over HTTP, and times the answers.
 *
 * So many requests are open at a time, on connections that are kept; each job is a text of about
 * two kilobytes. A job counts as accepted with its 201, as finished when the server says that it
 * is done.
 */
import { Agent, request } from 'node:http'

const POLL_MS = 20
const LIMIT_MS = 180_000
const RETRY_MS = 50
const RETRIES_MAX = 100

/** A text of about `bytes` bytes, another one for each number. */
export function textOf(number, bytes = 2_000) {
  const words = ['the', 'actor', 'sends', 'a', 'message', 'and', 'waits', 'for', 'no', 'answer']
  let text = `job ${number}`
  let seed = number + 1
  while (text.length < bytes) {
    seed = (seed * 48_271) % 2_147_483_647
    text += ` ${words[seed % words.length]}${seed % 97}`
  }
  return text
}

function ask(agent, base, method, path, body) {
  return new Promise((resolve, reject) => {
    const url = new URL(path, base)
    const headers = { 'content-type': 'text/plain', 'x-requested-with': 'bench' }
    if (body !== undefined) headers['content-length'] = Buffer.byteLength(body)
    const asked = request(url, { agent, method, headers }, (answer) => {
      let told = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        told += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode, told }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Posts one job until it is taken; a 503 says that it may be sent again. How often it was. */
async function post(agent, base, path, body) {
  for (let retries = 0; ; retries += 1) {
    const { status, told } = await ask(agent, base, 'POST', path, body)
    if (status === 201 || status === 200) return retries
    if (status !== 503 || retries === RETRIES_MAX) {
      throw new Error(`POST /jobs answered ${status}: ${told}`)
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

export async function doneAt(agent, base) {
  const { status, told } = await ask(agent, base, 'GET', '/cluster')
  if (status !== 200) throw new Error(`GET /cluster answered ${status}: ${told}`)
  return JSON.parse(told).jobs.done
}

/**
 * Posts `count` jobs with `open` at a time, spread over the servers, and waits until all are done.
 *
 * @returns figures: accepted and finished per second, latencies of the 201s in milliseconds
 */
export async function loadJobs(bases, { count, open, first = 0 }) {
  const agent = new Agent({ keepAlive: true, maxSockets: open })
  const latencies = []
  const before = await doneAt(agent, bases[0])
  let next = 0
  let retries = 0
  const begin = performance.now()
  const one = async () => {
    while (next < count) {
      const number = first + next++
      const body = textOf(number)
      const sent = performance.now()
      const path = `/jobs?kind=word-count&id=bench-${process.pid}-${number}`
      retries += await post(agent, bases[number % bases.length], path, body)
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: open }, one))
  const acceptedMs = performance.now() - begin
  while ((await doneAt(agent, bases[0])) - before < count) {
    if (performance.now() - begin > LIMIT_MS) throw new Error('not all jobs were done in time')
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  const finishedMs = performance.now() - begin
  agent.destroy()
  latencies.sort((left, right) => left - right)
  const at = (share) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]
  return {
    acceptedPerSecond: (count / acceptedMs) * 1_000,
    finishedPerSecond: (count / finishedMs) * 1_000,
    retries,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}
