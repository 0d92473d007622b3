/**
 * bench/http/client: asks a server of ours as fast as it answers, and tells what that gave.
 *
 * `client.mjs PORT METHOD CONNECTIONS SECONDS`: each connection asks again when it has its answer;
 * nothing is asked ahead. After a warm-up of a fifth prints `begin`, then measures, then prints
 * { requests, seconds, p50Ms, p99Ms, maxMs, wrong }. Raw sockets, so that the client costs less
 * than what is measured: the first answer is taken apart, and each later one must be as long.
 */
import { connect } from 'node:net'

const [port, method, connections, seconds] = process.argv.slice(2)
const BODY = 'x'.repeat(1_000)
const HEAD = `host: 127.0.0.1:${port}\r\nuser-agent: bench\r\naccept: */*\r\n`
const TYPE = 'content-type: text/plain\r\n'
const ASKED = Buffer.from(
  method === 'GET'
    ? `GET /a/path HTTP/1.1\r\n${HEAD}\r\n`
    : `POST /a/path HTTP/1.1\r\n${HEAD}${TYPE}content-length: ${BODY.length}\r\n\r\n${BODY}`,
)
const OK = Buffer.from('HTTP/1.1 200 ')

let isMeasuring = false
let isOver = false
let requests = 0
let wrong = 0
/** Microseconds, in steps of 10 up to 100 ms; the last one holds all that is above. */
const STEP_US = 10
const histogram = new Uint32Array(10_001)
let maxMs = 0

function note(sinceMs) {
  if (!isMeasuring) return
  const ms = performance.now() - sinceMs
  requests += 1
  if (ms > maxMs) maxMs = ms
  histogram[Math.min(histogram.length - 1, Math.floor((ms * 1_000) / STEP_US))] += 1
}

function percentileMs(share) {
  let left = Math.ceil(requests * share)
  for (let step = 0; step < histogram.length; step += 1) {
    left -= histogram[step]
    if (left <= 0) return ((step + 1) * STEP_US) / 1_000
  }
  return maxMs
}

/** How long a whole answer is; undefined while its headers are not complete. */
function lengthOf(answer) {
  const text = answer.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  return end + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1])
}

function open() {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  let length
  let got = 0
  let sinceMs = 0
  const ask = () => {
    if (isOver) return
    got = 0
    sinceMs = performance.now()
    socket.write(ASKED)
  }
  socket.on('connect', ask)
  socket.on('data', (chunk) => {
    length ??= lengthOf(chunk)
    if (got === 0 && chunk.compare(OK, 0, OK.length, 0, OK.length) !== 0) wrong += 1
    got += chunk.length
    if (got < length) return
    if (got > length) wrong += 1
    note(sinceMs)
    ask()
  })
  const broken = () => {
    if (!isOver) wrong += 1
  }
  socket.on('error', broken)
  socket.on('close', broken)
  return socket
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const sockets = Array.from({ length: Number(connections) }, open)
await wait(Number(seconds) * 200)
console.log('begin')
isMeasuring = true
const startMs = performance.now()
await wait(Number(seconds) * 1_000)
isMeasuring = false
const tookSeconds = (performance.now() - startMs) / 1_000
isOver = true
for (const socket of sockets) socket.destroy()
const percentiles = { p50Ms: percentileMs(0.5), p99Ms: percentileMs(0.99) }
console.log(JSON.stringify({ requests, seconds: tookSeconds, ...percentiles, maxMs, wrong }))
