/**
 * bench/udp/ceiling: the highest rate at which next to nothing is lost.
 *
 * Per receiver and buffer: a warm-up, then two seconds at each rate of a rising row, until less
 * than 99.9 % of what the kernel took from the sender came in. Sender and receiver have a core
 * each. The value is the highest rate that passed, with the receiver's CPU a packet at it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Child } from './child.mjs'

const RECEIVER = fileURLToPath(new URL('receiver.mjs', import.meta.url))

/** Packets a second; each a fifth above the one before. */
const RATES = Array.from({ length: 20 }, (_, step) => Math.round(20_000 * 1.2 ** step))
const PROBE_SECONDS = 2
const WARM_UP = { rate: 20_000, seconds: 2 }
const LOSS_MAX = 0.001
const VEHICLES = 1_000
/** A rate is given up after so many probes that lost too much: one may be bad luck. */
const TRIES = 2

/**
 * What Linux gives a socket that asks for nothing, as it must be asked for: the kernel doubles it.
 * Erlang asks for 16 KiB unless told otherwise, which would compare buffers, not receivers.
 */
const KERNEL_DEFAULT_BYTES = '106496'

/** What a receiver is, by name: its command. */
export const KINDS = {
  troupe: (buffer) => [process.execPath, RECEIVER, 'actor', buffer],
  raw: (buffer) => [process.execPath, RECEIVER, 'raw', buffer],
  erlang: (buffer, built) => {
    const asked = buffer === '0' ? KERNEL_DEFAULT_BYTES : buffer
    const flags = ['+S', '1:1', '+A', '1', '-noshell', '-pa', built]
    return ['erl', ...flags, '-s', 'bench_udp', 'main', asked]
  },
}

/** Sends for a while; gives how many packets the kernel took, and in how many seconds. */
export async function flood(program, { port, rate, seconds, vehicles = VEHICLES, core }) {
  const args = [port, rate, seconds, vehicles].map(String)
  const sender = new Child([program, ...args], { core })
  const { sent, failed, seconds: took } = JSON.parse(await sender.line())
  await sender.closed
  return { sent, failed, took }
}

/** Waits until a receiver has not taken anything more for a while, and gives its figures. */
async function settled(receiver) {
  let before = await receiver.ask()
  for (;;) {
    await wait(100)
    const now = await receiver.ask()
    if (now.received === before.received) return now
    before = now
  }
}

async function probe(receiver, program, { port, rate, seconds, cores }) {
  const before = await settled(receiver)
  const { sent, took } = await flood(program, { port, rate, seconds, core: cores.sender })
  const after = await settled(receiver)
  const received = after.received - before.received
  const cpuMicros = ((after.cpuSeconds - before.cpuSeconds) * 1e6) / received
  // A sender that cannot keep its pace goes on until all is sent: this is the rate it reached.
  return {
    loss: 1 - received / sent,
    rate: sent / took,
    cpuMicros,
    bufferBytes: after.bufferBytes,
  }
}

async function bestOf(receiver, program, where) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await probe(receiver, program, where)
    if (found.loss <= LOSS_MAX) return found
  }
  return undefined
}

/** One measurement: `{ rate, cpuMicros, bufferBytes }`; rate 0 when even the lowest was lost. */
export async function ceiling(command, program, cores) {
  const receiver = new Child(command, { core: cores.receiver })
  try {
    const [, port] = await receiver.find(/^port (\d+)$/)
    await probe(receiver, program, { port, cores, ...WARM_UP })
    let best = { rate: 0, cpuMicros: null, bufferBytes: 0 }
    for (const rate of RATES) {
      const found = await bestOf(receiver, program, { port, rate, seconds: PROBE_SECONDS, cores })
      if (found === undefined) return best
      // A sender at its end would only be measured again.
      if (found.rate < rate * 0.9) return found.rate > best.rate ? found : best
      best = found
    }
    return best
  } finally {
    await receiver.end()
  }
}
