/**
 * many-nodes-dialler: thousands of nodes in one program, each one line that has proven itself and
 * then only gives signs of life; and, when told so, strangers without end.
 */
import { systemClock } from '#base/clock'
import { FRAME, FRAME_HEAD_BYTES, writeFrameHead } from '#network/frame/line-frame'
import { handshakeKey } from '#network/handshake/proof'
import { runHandshake } from '#network/handshake/run-handshake'
import { tcpTransport } from '#network/transport/tcp'
import { settingsOf } from '#test/unit/network/handshake/handshake-kit'

const [port = 0, count = 0] = process.argv.slice(2, 4).map(Number)
const key = handshakeKey(process.argv[4] ?? '')
/** Tells the nodes of several such programs apart. */
const prefix = process.argv[5] ?? ''
const address = { transport: 'tcp', host: '127.0.0.1', port, path: '' }
/** So many handshakes, or strangers, at a time. */
const AT_ONCE = 200
const DIAL = { timeoutMs: 30_000 }
const PING_BYTES = FRAME_HEAD_BYTES + 4

const tcp = tcpTransport()
let closed = 0

/** One pong for each ping in what came; a ping is never cut in two here, being all that comes. */
function pongs(bytes: Uint8Array): Buffer {
  const all: Buffer[] = []
  for (let at = 0; at + PING_BYTES <= bytes.length; at += PING_BYTES) {
    if (bytes[at] !== FRAME.ping) break
    const pong = Buffer.alloc(FRAME_HEAD_BYTES + 8)
    writeFrameHead(pong, 0, FRAME.pong, 8)
    pong.set(bytes.subarray(at + FRAME_HEAD_BYTES, at + PING_BYTES), FRAME_HEAD_BYTES)
    all.push(pong)
  }
  return Buffer.concat(all)
}

async function node(name: string): Promise<void> {
  const line = await tcp.dial(address, DIAL)
  const role = { kind: 'dialler', wanted: undefined, resume: undefined } as const
  const result = await runHandshake(
    line,
    settingsOf(name, { key, timeoutMs: 60_000 }),
    role,
    systemClock,
  )
  if (result.kind !== 'agreed') throw result.refusal.error
  result.start({
    data: (bytes) => void line.write(pongs(bytes)),
    drained: () => {},
    closed: () => {
      closed += 1
    },
  })
}

let isFlooding = false
let strangers = 0

/** Dials, says what is no handshake, and dials again. */
async function stranger(): Promise<void> {
  while (isFlooding) {
    strangers += 1
    const line = await tcp.dial(address, DIAL).catch(() => undefined)
    // It was reset before it was any.
    if (line === undefined) continue
    await new Promise<void>((ended) => {
      line.start({ data: () => {}, drained: () => {}, closed: () => ended() })
      line.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    })
  }
}

process.on('message', (what) => {
  if (what === 'count') process.send?.({ closed, strangers })
  isFlooding = what === 'flood'
  if (isFlooding) for (let i = 0; i < AT_ONCE; i += 1) void stranger()
})
process.on('disconnect', () => process.exit(0))
for (let from = 0; from < count; from += AT_ONCE) {
  const names = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i)
  await Promise.all(names.map((i) => node(`n${prefix}${i}@many`)))
}
process.send?.('ready')
