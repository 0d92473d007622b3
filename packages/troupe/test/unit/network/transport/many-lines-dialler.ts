/**
 * The program that dials ten thousand lines, has each answer a few times, and reports.
 */
import { tcpTransport } from '#network/transport/tcp'
import { End } from '#testing/conformance/transport-stage'
import { DIAL, LOOPBACK } from './lines-kit.js'

const [port = 0, lines = 0, rounds = 0] = process.argv.slice(2).map(Number)
const address = { transport: 'tcp', host: LOOPBACK.host, port, path: '' }
/** So many dials at a time. */
const AT_ONCE = 250

const tcp = tcpTransport()
const before = process.memoryUsage().rss
const ends: End[] = []
while (ends.length < lines) {
  const dials = Array.from({ length: Math.min(AT_ONCE, lines - ends.length) }, () =>
    tcp.dial(address, { timeoutMs: 10 * DIAL.timeoutMs }),
  )
  for (const line of await Promise.all(dials)) ends.push(new End(line).start())
}

let answered = 0
for (let round = 1; round <= rounds; round += 1) {
  for (const end of ends) end.line.write(Buffer.from([round]))
  for (const end of ends) {
    await end.got(round)
    if (end.received[round - 1] === round) answered += 1
  }
}

const bytesPerLine = Math.round((process.memoryUsage().rss - before) / lines)
const closed = ends.filter((end) => end.times('closed') > 0).length
process.once('message', () => {
  for (const end of ends) end.line.close()
  process.disconnect()
})
process.send?.({ answered, closed, bytesPerLine })
