/**
 * bench/peers/node/network-work: the near side of `bench -- network`, for every peer on Node.
 *
 * The peer gives verbs; this file does the work with them, warms up with a fifth of it twice, and
 * tells clock and latencies of the measured round. Knows nothing of how the far side is reached.
 */

/** One message of the row `object`: about 200 bytes as JSON, a fresh one each time. */
export const objectOf = (n) => ({
  id: 123_456 + (n & 1_023),
  lon: 2.29448123 + (n & 255) * 1e-5,
  lat: 48.85837009,
  speed: 13.5,
  heading: n % 360,
  emergency: (n & 1) === 0,
  at: 1_700_000_000_123 + n,
  unit: 'ambulance-17',
  note: 'on its way to the north gate, expected in four minutes',
})

const SMALL = (n) => ({ by: 1, n })
const PER_TURN = 1_000
const BYTES = { '64k': 65_536, '10m': 10_000_000 }
const BESIDE_BYTES = 100_000_000

/** Fails the measurement when the far side did not handle what was sent. */
export function expectEqual(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`)
}

/** Gives the event loop a turn. */
export const turn = () => new Promise((resolve) => setImmediate(resolve))

/**
 * What a peer gives: `send(pair, value)` answers false when there is no room now, `handled(pair)`
 * asks how many were handled since it was asked last, `call(value)` is answered with `value.by`.
 */
async function sendAll(peer, pair, count, make, perTurn) {
  for (let sent = 0; sent < count; ) {
    const end = Math.min(count, sent + perTurn)
    while (sent < end && peer.send(pair, make(sent)) !== false) sent += 1
    await turn()
  }
  expectEqual('handled', await peer.handled(pair), count)
}

async function oneWay(peer, work, count) {
  const [kind, pairsText = '1'] = work.split('-')
  const pairs = Number(pairsText)
  const size = BYTES[kind]
  const bytes = size === undefined ? undefined : new Uint8Array(size).fill(7)
  const make = bytes !== undefined ? () => bytes : kind === 'object' ? objectOf : SMALL
  const perTurn = bytes === undefined ? PER_TURN : 8
  const each = Math.floor(count / pairs)
  const all = Array.from({ length: pairs }, (_, pair) => sendAll(peer, pair, each, make, perTurn))
  await Promise.all(all)
  return { ops: each * pairs }
}

async function calls(peer, work, count) {
  const callers = Number(work.split('-')[1] ?? 1)
  const each = Math.floor(count / callers)
  const micros = new Float64Array(each * callers)
  const caller = async (number) => {
    for (let n = 0; n < each; n += 1) {
      const startMs = performance.now()
      expectEqual('answer', await peer.call({ by: 1 }), 1)
      micros[number * each + n] = (performance.now() - startMs) * 1_000
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)))
  return { ops: micros.length, ...shares(micros) }
}

function shares(micros) {
  micros.sort()
  const at = (share) => micros[Math.min(micros.length - 1, Math.floor(micros.length * share))]
  return { p50Micros: at(0.5), p99Micros: at(0.99), maxMicros: at(1) }
}

/** One caller asks and asks while large messages are on their way, one after another. */
async function beside(peer, _work, count) {
  const bytes = new Uint8Array(BESIDE_BYTES).fill(7)
  const micros = []
  let isOver = false
  const asking = async () => {
    while (!isOver) {
      const startMs = performance.now()
      expectEqual('answer', await peer.call({ by: 1 }), 1)
      micros.push((performance.now() - startMs) * 1_000)
      await turn()
    }
  }
  const asked = asking()
  for (let sent = 0; sent < count; sent += 1) {
    while (peer.send(0, bytes) === false) await turn()
    expectEqual('handled', await peer.handled(0), 1)
  }
  isOver = true
  await asked
  return { ops: count, pings: micros.length, ...shares(Float64Array.from(micros)) }
}

/** Does the work of the command line with a peer that is connected; ends the program. */
export async function near(peer) {
  const [, work, countText] = process.argv.slice(2)
  const count = Number(countText)
  const play = work === 'beside' ? beside : work.startsWith('call') ? calls : oneWay
  for (let round = 0; round < 2; round += 1) await play(peer, work, Math.ceil(count / 50) * 10)
  console.log('begin')
  const startMs = performance.now()
  const told = await play(peer, work, count)
  const seconds = (performance.now() - startMs) / 1_000
  console.log(JSON.stringify({ ...told, seconds }))
  process.exit(0)
}
